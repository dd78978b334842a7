"""Equipment aid: the ministry grants part of a proposal, a centre of the network lends the rest."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.client import Failed
from services.demo.desk import Desk, until
from services.demo.figures import GOODS, JUSTIFICATION, PARTNERS, Good, partner_form
from services.demo.narrator import Narrator
from services.demo.training import HEAD, OFFICER

REVIEWER, WAREHOUSE = "peninjau-kemenaker", "gudang-kemenaker"
SECRETARIAT, MAKASSAR, BANDUNG = "sekretariat-bpvp", "bpvp-makassar", "bpvp-bandung"
MINISTRY, NETWORK = "Kemenaker", "BPVP"
_FIELD = "las"

Demand = Counter[tuple[str, str]]


class Aid:
    """Plays the ministry, the network's secretariat, two of its centres, and the BLK's head."""

    def __init__(self, desk: Desk, narrator: Narrator, run: str, today: date) -> None:
        self._desk, self._tell = desk, narrator
        self._bast = f"BA-{run.upper()}/HIBAH-BMN/{today:%m/%Y}"
        self.proposal = ""
        self.consignment = ""

    async def join(self) -> None:
        """The five centres, where they have not joined before."""
        for code in PARTNERS:
            path = f"/v1/partners/{code}"
            known = await self._desk.find(SECRETARIAT, "partners", path)
            if known is None:
                await self._desk.ask(SECRETARIAT, "partners", path, partner_form(code))
                continue
            self._tell.say(f"{known['unit']} is a member: {', '.join(known['fields'])}")
            if not set(PARTNERS[code]["fields"]) <= set(known["fields"]):
                raise Failed(
                    f"{NETWORK}: {known['unit']} is registered without"
                    f" {', '.join(PARTNERS[code]['fields'])}; the demo needs a system of its own"
                )

    # -- the ministry ---------------------------------------------------------------------------

    async def demand(self) -> Demand:
        """The ministry's evidence: how many applied, by field and district."""
        found = await self._desk.read(REVIEWER, "equipment", "/v1/demand")
        return Counter(
            {(row["kejuruan"], row["kecamatan"]): row["applicants"] for row in found["items"]}
        )

    async def gathered(self, expected: Demand) -> None:
        """Waits until the ministry has counted them."""
        await until(
            MINISTRY,
            f"demand of {_sums(expected)}",
            self.demand,
            lambda found: found == expected,
            _sums,
        )

    async def propose(self, evidence: Demand) -> None:
        """The BLK asks; what speaks for it is frozen into the proposal."""
        items = [
            {"item": g.item, "name": g.name, "quantity": g.asked, "unit_price": g.price}
            for g in GOODS
        ]
        body = {"kejuruan": _FIELD, "items": items, "justification": JUSTIFICATION}
        done = await self._desk.ask(HEAD, "equipment", "/v1/proposals", body)
        self.proposal = done.id
        submitted = done.event("ProposalSubmitted")
        for good in GOODS:
            self._tell.say(
                f"{good.asked:>3} × {good.name} à {_rupiah(good.price)}"
                f" = {_rupiah(good.asked * good.price)}"
            )
        frozen = sum(row["applicants"] for row in submitted["demand"])
        expected = sum(count for (field, _), count in evidence.items() if field == _FIELD)
        if frozen != expected:
            raise Failed(f"{MINISTRY}: the proposal's evidence is {frozen}, expected {expected}")
        self._tell.say(f"Total {_rupiah(submitted['total'])}; {frozen} applicants speak for it.")

    async def decide(self) -> None:
        """The ministry grants part and says why not all."""
        path = f"/v1/proposals/{self.proposal}"
        await self._desk.ask(REVIEWER, "equipment", f"{path}/review")
        decisions = [
            {"item": g.item, "approved_quantity": g.granted}
            | ({"reason": g.reason} if g.reason else {})
            for g in GOODS
        ]
        done = await self._desk.ask(
            REVIEWER, "equipment", f"{path}/decision", {"decisions": decisions}
        )
        approved = done.event("ProposalApproved")
        _same(MINISTRY, "granted", approved["items"], _items(GOODS, "granted"))
        _same(MINISTRY, "not granted", approved["missing"], _items(GOODS, "missing"))
        for good in GOODS:
            words = f"disetujui {good.granted} dari {good.asked}. {good.reason or ''}".rstrip()
            self._tell.told(good.item, words, good=not good.missing)

    async def deliver(self) -> None:
        """Allocated, shipped, delivered with a damaged machine; delivered is not yet accepted."""
        body = {"proposal": self.proposal, "workshop": "Bengkel Las UPTD BLK Paser"}
        done = await self._desk.ask(WAREHOUSE, "equipment", "/v1/consignments", body)
        self.consignment = done.id
        path = f"/v1/consignments/{done.id}"
        granted = {"items": _items(GOODS, "granted")}
        await self._desk.ask(WAREHOUSE, "equipment", f"{path}/shipments", granted)
        arrived = [
            {"item": g.item, "good": g.good, "damaged": g.damaged} for g in GOODS if g.granted
        ]
        await self._desk.ask(OFFICER, "equipment", f"{path}/deliveries", {"items": arrived})
        for good in GOODS:
            if good.damaged:
                self._tell.told(good.item, f"{good.good} tiba baik, {good.damaged} rusak")
        words = await self._desk.refused(
            HEAD, "equipment", f"{path}/commissioning", rule="not-handed-over"
        )
        self._tell.told("Commissioning before the hand-over", words)

    async def hand_over(self) -> None:
        """Two people of the two agencies sign the BAST, then the goods go into service."""
        path = f"/v1/consignments/{self.consignment}"
        for account in (WAREHOUSE, HEAD):
            await self._desk.ask(account, "equipment", f"{path}/signatures", {"bast": self._bast})
        self._tell.say(f"{self._bast} is signed by {WAREHOUSE} and {HEAD}.")
        done = await self._desk.ask(HEAD, "equipment", f"{path}/commissioning")
        commissioned = done.event("EquipmentCommissioned")["items"]
        _same(MINISTRY, "commissioned", commissioned, _items(GOODS, "good"))

    # -- the network ----------------------------------------------------------------------------

    async def support(self) -> None:
        """What was not granted is asked of the centres for welding; Makassar lends it."""
        key = f"{_FIELD}/{self.proposal}"
        inbox = f"/v1/support-by-field?kejuruan={_FIELD}"
        await until(
            NETWORK,
            f"a support request for proposal {self.proposal}",
            lambda: self._desk.rows(MAKASSAR, "partners", inbox),
            lambda rows: any(row["key"] == key for row in rows),
            lambda rows: f"{len(rows)} other requests",
        )
        path = f"/v1/support/{self.proposal}"
        request = await self._desk.read(MAKASSAR, "partners", path)
        missing = _items(GOODS, "missing")
        _same(NETWORK, "requested", request["items"], missing)
        listed = ", ".join(f"{item['quantity']} {item['item']}" for item in missing)
        self._tell.say(f"In the inbox of the centres for {_FIELD}: {listed}")
        words = await self._desk.refused(
            BANDUNG,
            "partners",
            f"{path}/offers",
            {"partner": "bandung", "items": missing},
            rule="partner-field",
        )
        self._tell.told("BPVP Bandung offers", words)
        note = "Dipinjamkan dua tahun; dikirim dengan kapal dari Makassar ke Balikpapan."
        body = {"partner": "makassar", "items": missing, "note": note}
        done = await self._desk.ask(MAKASSAR, "partners", f"{path}/offers", body)
        offer = {"offer": done.event("SupportOffered")["offer"]}
        self._tell.told("BPVP Makassar offers all of it", note, good=True)
        await self._desk.ask(HEAD, "partners", f"{path}/acceptance", offer)
        await self._desk.ask(MAKASSAR, "partners", f"{path}/fulfilment", offer)

    # -- reading --------------------------------------------------------------------------------

    async def proposal_state(self) -> str:
        found = await self._desk.read(REVIEWER, "equipment", f"/v1/proposals/{self.proposal}")
        return f"{found['status']}, {'in part' if found['missing'] else 'in full'}"

    async def consignment_state(self) -> str:
        path = f"/v1/consignments/{self.consignment}"
        found = await self._desk.read(REVIEWER, "equipment", path)
        return f"{found['status']}, {sum(found['damaged'].values())} damaged"

    async def loan_state(self) -> str:
        """The consignment that the ministry's service made of Makassar's support."""
        path = f"/v1/consignments/{self.proposal}.1"
        found = await self._desk.find(REVIEWER, "equipment", path)
        return f"{found['status']} by {found['origin']}" if found else "absent"

    async def support_state(self) -> str:
        found = await self._desk.read(MAKASSAR, "partners", f"/v1/support/{self.proposal}")
        return str(found["status"])

    async def members(self) -> int:
        """How many of the five centres are members."""
        rows = await self._desk.rows(SECRETARIAT, "partners", "/v1/partners")
        return len({row["id"] for row in rows} & set(PARTNERS))


def _items(goods: Sequence[Good], which: str) -> list[dict[str, Any]]:
    return [
        {"item": good.item, "quantity": quantity}
        for good in goods
        if (quantity := getattr(good, which))
    ]


def _same(agency: str, what: str, found: Any, expected: Sequence[Mapping[str, Any]]) -> None:
    if list(found) != list(expected):
        raise Failed(f"{agency}: {what} should be {expected}, but is {found}")


def _rupiah(amount: int) -> str:
    return "Rp" + f"{amount:,}".replace(",", ".")


def _sums(demand: Demand) -> str:
    sums: Counter[str] = Counter()
    for (field, _), count in demand.items():
        sums[field] += count
    return ", ".join(f"{count} for {field}" for field, count in sorted(sums.items())) or "nobody"
