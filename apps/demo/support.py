"""Help of the centres: equipment that was not granted, a visiting instructor, seats."""

from functools import partial

from apps.composition.client import Failed
from apps.demo.answers import Anything, Application, Keyed
from apps.demo.answers import Support as Request
from apps.demo.desk import each, until
from apps.demo.figures import ALIGNED, LENT, REFERRED, VISITED, WILLING
from apps.demo.goods import PARTNERS, Quantity, quantities
from apps.demo.year import BLK, HEAD, NETWORK, PUBLIC, Applicant, Year, centre
from shared.events.partners.support import SupportOffered

_SERVICE = "partners"
OUTSIDE = "no-agreement"
_WELDERS, _TAILORS, _MECHANICS = "makassar", "semarang", "bandung"


class Support:
    """Plays the three centres that help, and the BLK that accepts."""

    def __init__(self, year: Year) -> None:
        self._year, self._desk, self._tell = year, year.desk, year.tell
        self._lent = 0

    async def _asked(self, partner: str, kejuruan: str, support: str) -> Request:
        """Return the request, as soon as it is in the partner's worklist."""
        account = centre(partner)
        key, inbox = f"{kejuruan}/{support}", f"/v1/support-by-field?kejuruan={kejuruan}"
        await until(
            NETWORK,
            f"a support request {support} for {kejuruan}",
            lambda: self._desk.rows(Keyed, account, _SERVICE, inbox),
            lambda rows: any(row.key == key for row in rows),
            lambda rows: f"{len(rows)} other requests",
        )
        return await self._desk.read(Request, account, _SERVICE, f"/v1/support/{support}")

    async def _offer(
        self, partner: str, support: str, items: list[Quantity], note: str, **more: object
    ) -> int:
        """Offer to help; return the number of the offer."""
        agreement = self._year.agreements[partner]
        body = {"partner": partner, "agreement": agreement, "items": items, "note": note, **more}
        path = f"/v1/support/{support}/offers"
        done = await self._desk.ask(centre(partner), _SERVICE, path, body)
        self._tell.told(f"BPVP {PARTNERS[partner]['city']} offers", note, good=True)
        return done.event(SupportOffered).offer

    async def _accept(self, support: str, offer: int) -> None:
        path = f"/v1/support/{support}/acceptance"
        await self._desk.ask(HEAD, _SERVICE, path, {"offer": offer})

    async def _fulfil(self, partner: str, support: str, offer: int, evidence: str) -> None:
        body = {"offer": offer, "evidence": self._year.paper(evidence)}
        path = f"/v1/support/{support}/fulfilment"
        await self._desk.ask(centre(partner), _SERVICE, path, body)

    # -- equipment ------------------------------------------------------------------------------

    async def lend(self) -> None:
        """Offer what was not granted: centres for welding are asked, and Makassar promises it."""
        support = self._year.supports["equipment"] = self._year.proposal
        request = await self._asked(_WELDERS, ALIGNED, support)
        missing = quantities(self._year.goods, "missing")
        asked = [Quantity(item=wanted.item, quantity=wanted.quantity) for wanted in request.items]
        if asked != missing:
            raise Failed(f"{NETWORK}: requested should be {missing}, but is {asked}")
        listed = ", ".join(f"{item['quantity']} {item['item']}" for item in missing)
        self._tell.say(f"In the inbox of the centres for {ALIGNED}: {listed}")
        body = {
            "partner": _MECHANICS,
            "agreement": self._year.agreements[_MECHANICS],
            "items": missing,
        }
        path = f"/v1/support/{support}/offers"
        account = centre(_MECHANICS)
        words = await self._desk.refused(account, _SERVICE, path, body, rule=OUTSIDE)
        self._tell.told("BPVP Bandung offers", words)
        note = "Dipinjamkan dua tahun; dikirim dengan kapal dari Makassar ke Balikpapan."
        self._lent = await self._offer(_WELDERS, support, missing, note)
        await self._accept(support, self._lent)

    async def arrives(self) -> None:
        """Makassar's loan is there, with a signed receipt."""
        await self._fulfil(_WELDERS, self._year.supports["equipment"], self._lent, "receipt")

    # -- a visiting instructor ------------------------------------------------------------------

    async def visit(self) -> None:
        """An instructor from Semarang for the class of tailors; the days are booked there."""
        year, teacher = self._year, f"{_TAILORS}.{self._year.run}"
        account = centre(_TAILORS)
        until_ = year.today.replace(year=year.today.year + 2, day=1)
        valid = {"valid_until": until_.isoformat()}
        listing = {
            "fields": [VISITED],
            "methodology": {"number": f"MET.{year.run}", **valid},
            "competency": {"number": f"KOM.{year.run}", **valid},
        }
        await self._desk.ask(account, _SERVICE, f"/v1/instructors/{teacher}", listing)
        intake = await year.intake(VISITED)
        days = {"starts_on": intake.starts_on, "ends_on": intake.ends_on}
        body = {
            "kind": "instructor",
            "kejuruan": VISITED,
            "quantity": 1,
            "intake": year.intakes[VISITED],
            "note": "Instruktur kami mengajar roti dan kue pada hari yang sama.",
            **days,
        }
        done = await self._desk.ask(HEAD, _SERVICE, "/v1/support", body)
        support = year.supports["instructor"] = done.id
        await self._asked(_TAILORS, VISITED, support)
        items = [Quantity(item="instructor", quantity=1)]
        visit = {"instructor": teacher, **days}
        note = "Instruktur menjahit kami datang selama seluruh pelatihan."
        offer = await self._offer(_TAILORS, support, items, note, visit=visit)
        await self._accept(support, offer)
        await until(
            NETWORK,
            "the days of the visit are booked",
            partial(self._desk.read, Request, account, _SERVICE, f"/v1/support/{support}"),
            lambda found: found.offers[str(offer)].status == "secured",
        )
        await self._fulfil(_TAILORS, support, offer, "assignment-letter")
        year.visitor = f"{support}.{offer}"
        await until(
            BLK,
            "the visiting instructor can be assigned",
            partial(
                self._desk.find, Anything, HEAD, "registration", f"/v1/instructors/{year.visitor}"
            ),
            lambda found: found is not None,
        )

    # -- seats ----------------------------------------------------------------------------------

    async def seats(self) -> None:
        """Bandung lends seats to the waiting mechanics: the willing go, best-ranked first."""
        year = self._year
        support = year.supports["seats"] = f"{year.intakes[REFERRED]}.seats"
        request = await self._asked(_MECHANICS, REFERRED, support)
        needed = request.items[0].quantity
        self._tell.say(f"{REFERRED}: seats for {needed} are asked of the centres by themselves")
        items = [Quantity(item="seats", quantity=LENT)]
        offer = await self._offer(_MECHANICS, support, items, "Asrama dan makan ditanggung.")
        await self._accept(support, offer)
        waiting = sorted(year.of(REFERRED, "waitlisted", "reserve"), key=lambda a: a.rank)
        await until(
            BLK,
            f"{len(waiting)} waiting applicants are asked",
            partial(self._questions, REFERRED),
            lambda found: found == len(waiting),
        )
        willing = [a for number, a in enumerate(waiting) if number % WILLING == 0]

        async def answer(applicant: Applicant) -> None:
            await self._answer(applicant, willing=applicant in willing)

        await each(waiting, answer)
        referred = willing[:LENT]
        for applicant in referred:
            applicant.status = "referred"
        year.move_up(REFERRED)
        self._tell.say(
            f"{len(willing)} of {len(waiting)} are willing; of {LENT} seats the best-ranked get"
            f" {len(referred)}"
        )
        await self._year.noted(REFERRED)
        await self._fulfil(_MECHANICS, support, offer, "list-of-trainees")
        body = {"reason": "Yang lain menunggu kursi di BLK sendiri."}
        await self._desk.ask(HEAD, _SERVICE, f"/v1/support/{support}/withdrawal", body)

    async def _answer(self, applicant: Applicant, *, willing: bool) -> None:
        body: dict[str, object] = {"willing": willing}
        if applicant.account == PUBLIC:
            birth_date = applicant.person.birth_date.isoformat()
            body |= {"code": applicant.code, "birth_date": birth_date}
            await self._desk.ask(PUBLIC, "registration", "/v1/follow/referral", body)
        else:
            path = f"/v1/applications/{applicant.application}/referral"
            await self._desk.ask(applicant.hand, "registration", path, body)

    async def _questions(self, kejuruan: str) -> int:
        """Count the applications of the field that have been asked."""
        applicants = self._year.of(kejuruan, "waitlisted", "reserve")
        count = 0
        for applicant in applicants:
            path = f"/v1/applications/{applicant.application}"
            found = await self._desk.read(Application, HEAD, "registration", path)
            count += bool(found.questions)
        return count

    # -- reading --------------------------------------------------------------------------------

    async def fulfilled(self, kind: str) -> int:
        """Count the fulfilled offers to help with this."""
        path = f"/v1/support/{self._year.supports[kind]}"
        offers = (await self._desk.read(Request, HEAD, _SERVICE, path)).offers
        return sum(offer.status == "fulfilled" for offer in offers.values())
