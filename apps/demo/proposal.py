"""The proposal for the welders: drafted, submitted with evidence, revised, granted in part."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from apps.composition.client import Failed
from apps.demo.desk import until
from apps.demo.figures import ALIGNED
from apps.demo.goods import CHECKS, GOODS, JUSTIFICATION, JUSTIFIED, quantities
from apps.demo.year import HEAD, MINISTRY, REVIEWER, Year

_SERVICE = "equipment"

Demand = Counter[tuple[str, str]]


class Proposal:
    """Plays the BLK's head and the ministry's reviewer."""

    def __init__(self, year: Year) -> None:
        self._year, self._desk, self._tell = year, year.desk, year.tell

    async def demand(self) -> Demand:
        """The ministry's evidence: how many applied, by field and district."""
        rows = await self._desk.rows(REVIEWER, _SERVICE, "/v1/demand")
        return Counter({(row["kejuruan"], row["kecamatan"]): row["applicants"] for row in rows})

    async def gathered(self, expected: Demand) -> None:
        """Task until the ministry has counted them."""
        await until(
            MINISTRY,
            f"demand of {_sums(expected)}",
            self.demand,
            lambda found: +found == +expected,
            _sums,
        )

    async def draft(self) -> None:
        """The BLK writes it down first: nobody else reads a draft yet."""
        body = self._body(JUSTIFICATION)
        done = await self._desk.ask(HEAD, _SERVICE, "/v1/proposals", body)
        self._year.proposal = done.id
        for good in GOODS:
            self._tell.say(
                f"{good.asked:>3} × {good.name} à {_rupiah(good.price)}"
                f" = {_rupiah(good.asked * good.price)}"
            )

    def _body(self, justification: str) -> dict[str, Any]:
        items = [
            {"item": g.item, "name": g.name, "quantity": g.asked, "unit_price": g.price}
            for g in GOODS
        ]
        return {"kejuruan": ALIGNED, "items": items, "justification": justification}

    async def submit(self, evidence: Demand) -> None:
        """What speaks for it is frozen into the proposal."""
        done = await self._desk.ask(HEAD, _SERVICE, f"{self._path}/submission")
        submitted = done.event("ProposalSubmitted")
        frozen = sum(row["applicants"] for row in submitted["demand"])
        expected = sum(count for (field, _), count in evidence.items() if field == ALIGNED)
        if frozen != expected:
            raise Failed(f"{MINISTRY}: the proposal's evidence is {frozen}, expected {expected}")
        self._tell.say(f"Total {_rupiah(submitted['total'])}; {frozen} applicants speak for it.")

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
        checks: list[dict[str, Any]] = [{"point": point, "met": True} for point in CHECKS]
        unmet = checks[-1] | {"met": False, "note": "Harga satuan belum ada pembandingnya."}
        body = {"checks": [*checks[:-1], unmet]}
        await self._desk.ask(REVIEWER, _SERVICE, f"{self._path}/checklist", body)
        why = str(unmet["note"])
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
        approved = done.event("ProposalApproved")
        same("granted", approved["items"], quantities(GOODS, "granted"))
        same("not granted", approved["missing"], quantities(GOODS, "missing"))
        for good in GOODS:
            words = f"disetujui {good.granted} dari {good.asked}. {good.reason or ''}".rstrip()
            self._tell.told(good.item, words, good=not good.missing)

    def _decisions(self) -> list[dict[str, Any]]:
        return [
            {"item": g.item, "approved_quantity": g.granted}
            | ({"reason": g.reason} if g.reason else {})
            for g in GOODS
        ]

    @property
    def _path(self) -> str:
        return f"/v1/proposals/{self._year.proposal}"

    async def state(self) -> str:
        found = await self._desk.read(REVIEWER, _SERVICE, self._path)
        return f"{found['status']}, {'in part' if found['missing'] else 'in full'}"


def same(what: str, found: Any, expected: Sequence[Mapping[str, Any]]) -> None:
    """Raises Failed unless the ministry's list is the expected one."""
    if list(found) != list(expected):
        raise Failed(f"{MINISTRY}: {what} should be {expected}, but is {found}")


def _rupiah(amount: int) -> str:
    return "Rp" + f"{amount:,}".replace(",", ".")


def _sums(demand: Demand) -> str:
    sums: Counter[str] = Counter()
    for (field, _), count in demand.items():
        sums[field] += count
    return ", ".join(f"{count} for {field}" for field, count in sorted(sums.items())) or "nobody"
