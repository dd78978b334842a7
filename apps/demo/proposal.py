"""The proposal for the welders: drafted, submitted with evidence, revised, granted in part."""

from collections import Counter
from collections.abc import Sequence

from apps.composition.client import Failed
from apps.demo.answers import DemandRow
from apps.demo.answers import Proposal as State
from apps.demo.desk import until
from apps.demo.figures import ALIGNED
from apps.demo.goods import CHECKS, JUSTIFICATION, JUSTIFIED, Quantity, quantities
from apps.demo.year import HEAD, MINISTRY, REVIEWER, Year
from shared.events.equipment.proposal import ProposalApproved, ProposalSubmitted
from shared.events.values import Item

_SERVICE = "equipment"

Demand = Counter[tuple[str, str]]


class Proposal:
    """Plays the BLK's head and the ministry's reviewer."""

    def __init__(self, year: Year) -> None:
        self._year, self._desk, self._tell = year, year.desk, year.tell

    async def demand(self) -> Demand:
        """Read the ministry's evidence: how many applied, by field and district, in all."""
        rows = await self._desk.rows(DemandRow, REVIEWER, _SERVICE, "/v1/demand")
        return Counter({(row.kejuruan, row.kecamatan): row.applicants for row in rows})

    async def own_demand(self) -> Demand:
        """Return how many of this run's applicants the ministry can have counted: others' too are
        in its sums."""
        return await self.demand() & self._year.standing()

    async def gathered(self) -> None:
        """Wait until the ministry has counted all applicants of this run."""
        expected = self._year.standing()
        await until(
            MINISTRY,
            f"demand of {_sums(expected)} and more",
            self.own_demand,
            lambda found: found == expected,
            _sums,
        )

    async def draft(self) -> None:
        """The BLK writes it down first: nobody else reads a draft yet."""
        body = self._body(JUSTIFICATION)
        done = await self._desk.ask(HEAD, _SERVICE, "/v1/proposals", body)
        self._year.proposal = done.id
        for good in self._year.goods:
            self._tell.say(
                f"{good.asked:>3} × {good.name} à {_rupiah(good.price)}"
                f" = {_rupiah(good.asked * good.price)}"
            )

    def _body(self, justification: str) -> dict[str, object]:
        items = [
            {"item": g.item, "name": g.name, "quantity": g.asked, "unit_price": g.price}
            for g in self._year.goods
        ]
        return {"kejuruan": ALIGNED, "items": items, "justification": justification}

    async def submit(self) -> None:
        """Submit it; the evidence is frozen into the proposal."""
        done = await self._desk.ask(HEAD, _SERVICE, f"{self._path}/submission")
        submitted = done.event(ProposalSubmitted)
        frozen = sum(row.applicants for row in submitted.demand)
        standing = self._year.standing()
        own = sum(count for (field, _), count in standing.items() if field == ALIGNED)
        if frozen < own:
            raise Failed(f"{MINISTRY}: the proposal's evidence is {frozen}, less than {own}")
        self._tell.say(f"Total {_rupiah(submitted.total)}; {frozen} applicants speak for it.")

    async def review(self) -> None:
        """A checklist with one point not met, a revision, the answer, the point met."""
        await self._desk.ask(REVIEWER, _SERVICE, f"{self._path}/review")
        words = await self._desk.refused(
            REVIEWER,
            _SERVICE,
            f"{self._path}/decision",
            {"decisions": self._decisions()},
            rule="checklist-incomplete",
        )
        self._tell.told("A decision before the checklist", words)
        checks: list[dict[str, object]] = [{"point": point, "met": True} for point in CHECKS]
        why = "Harga satuan belum ada pembandingnya."
        unmet = checks[-1] | {"met": False, "note": why}
        body: dict[str, object] = {"checks": [*checks[:-1], unmet]}
        await self._desk.ask(REVIEWER, _SERVICE, f"{self._path}/checklist", body)
        asked = {"reason": why, "points": [CHECKS[-1]]}
        await self._desk.ask(REVIEWER, _SERVICE, f"{self._path}/revision-request", asked)
        self._tell.told("Revision requested", why)
        answer = "Harga diambil dari e-katalog bulan ini; tangkapan layarnya dilampirkan."
        body = self._body(JUSTIFIED) | {"answer": answer}
        body.pop("kejuruan")
        await self._desk.ask(HEAD, _SERVICE, f"{self._path}/revision", body)
        self._tell.told("The BLK answers", answer, good=True)
        body = {"checks": [checks[-1]]}
        await self._desk.ask(REVIEWER, _SERVICE, f"{self._path}/checklist", body)

    async def decide(self) -> None:
        """The ministry grants part and says why not all."""
        body = {"decisions": self._decisions()}
        done = await self._desk.ask(REVIEWER, _SERVICE, f"{self._path}/decision", body)
        approved = done.event(ProposalApproved)
        same("granted", approved.items, quantities(self._year.goods, "granted"))
        same("not granted", approved.missing, quantities(self._year.goods, "missing"))
        for good in self._year.goods:
            words = f"disetujui {good.granted} dari {good.asked}. {good.reason or ''}".rstrip()
            self._tell.told(good.item, words, good=not good.missing)

    def _decisions(self) -> list[dict[str, object]]:
        return [
            {"item": g.item, "approved_quantity": g.granted}
            | ({"reason": g.reason} if g.reason else {})
            for g in self._year.goods
        ]

    @property
    def _path(self) -> str:
        return f"/v1/proposals/{self._year.proposal}"

    async def state(self) -> str:
        found = await self._desk.read(State, REVIEWER, _SERVICE, self._path)
        return f"{found.status}, {'in part' if found.missing else 'in full'}"


def same(what: str, found: Sequence[Item], expected: Sequence[Quantity]) -> None:
    """Raise Failed unless the ministry's list is the expected one."""
    if [(i.item, i.quantity) for i in found] != [(q["item"], q["quantity"]) for q in expected]:
        raise Failed(f"{MINISTRY}: {what} should be {expected}, but is {found}")


def _rupiah(amount: int) -> str:
    return "Rp" + f"{amount:,}".replace(",", ".")


def _sums(demand: Demand) -> str:
    sums: Counter[str] = Counter()
    for (field, _), count in demand.items():
        sums[field] += count
    return ", ".join(f"{count} for {field}" for field, count in sorted(sums.items())) or "nobody"
