"""The network of the ministry's centres: its members and their agreements with the BLK."""

from datetime import timedelta

from apps.composition.client import Failed
from apps.demo.answers import Partner, Row, Status
from apps.demo.goods import AGREED, PARTNERS, partner_form
from apps.demo.year import BLK, HEAD, NETWORK, SECRETARIAT, Year, centre

_SERVICE = "partners"
_OWN_SIDE = "same-side"


class Network:
    """Plays the secretariat, the five centres, and the head of the BLK who signs."""

    def __init__(self, year: Year) -> None:
        self._year, self._desk, self._tell = year, year.desk, year.tell

    async def join(self) -> None:
        """The five centres, where they have not joined before."""
        for code in PARTNERS:
            path = f"/v1/partners/{code}"
            known = await self._desk.find(Partner, SECRETARIAT, _SERVICE, path)
            if known is None:
                known = await self._register(code)
            if known is None:
                continue
            self._tell.say(f"{known.unit} is a member: {', '.join(known.fields)}")
            if not set(PARTNERS[code]["fields"]) <= set(known.fields):
                raise Failed(
                    f"{NETWORK}: {known.unit} is registered without"
                    f" {', '.join(PARTNERS[code]['fields'])}; the demo needs a system of its own"
                )

    async def _register(self, code: str) -> Partner | None:
        """Register a centre; return the member where another run was faster. Raises Failed."""
        path = f"/v1/partners/{code}"
        try:
            await self._desk.ask(SECRETARIAT, _SERVICE, path, partner_form(code))
        except Failed:
            if (known := await self._desk.find(Partner, SECRETARIAT, _SERVICE, path)) is None:
                raise
            return known
        return None

    async def agree(self) -> None:
        """Each centre and the BLK sign: three proposed by the BLK, two by the centres."""
        today = self._year.today
        for number, (code, kinds) in enumerate(AGREED.items(), 1):
            body = {
                "partner": code,
                "centre": "urn:sinergi:blk-paser",
                "kinds": list(kinds),
                "fields": PARTNERS[code]["fields"],
                "starts_on": today.isoformat(),
                "ends_on": (today + timedelta(days=3 * 365)).isoformat(),
                "number": f"560/{number:02}/BLK-PSR/{self._year.run.upper()}/{today.year}",
            }
            sides = (HEAD, centre(code)) if number <= 3 else (centre(code), HEAD)
            done = await self._desk.ask(sides[0], _SERVICE, "/v1/agreements", body)
            self._year.agreements[code] = done.id
            path = f"/v1/agreements/{done.id}/signature"
            if number == 1:
                words = await self._desk.refused(sides[0], _SERVICE, path, rule=_OWN_SIDE)
                self._tell.told("The BLK signs for both sides", words)
            await self._desk.ask(sides[1], _SERVICE, path)
        self._tell.say(f"{len(AGREED)} agreements between {BLK} and the centres are in force.")

    # -- reading --------------------------------------------------------------------------------

    async def members(self) -> int:
        """Count the members among the five centres."""
        rows = await self._desk.rows(Row, SECRETARIAT, _SERVICE, "/v1/partners")
        return len({row.id for row in rows} & set(PARTNERS))

    async def agreed(self) -> int:
        """Count the signed agreements of this run."""
        ids = self._year.agreements.values()
        found = [
            await self._desk.read(Status, HEAD, _SERVICE, f"/v1/agreements/{id_}") for id_ in ids
        ]
        return sum(agreement.status == "signed" for agreement in found)
