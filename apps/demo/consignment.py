"""The grant on its way: delivered, handed over by two people, numbered, put into service."""

from collections.abc import Sequence

from apps.demo.answers import Consignment as State
from apps.demo.desk import each, until
from apps.demo.goods import Good, Quantity, quantities
from apps.demo.proposal import same
from apps.demo.year import HEAD, MINISTRY, OFFICER, REVIEWER, WAREHOUSE, Year
from shared.events.equipment.consignment import EquipmentCommissioned

_SERVICE = "equipment"


class Consignment:
    """Plays the ministry's warehouse and the BLK that receives."""

    def __init__(self, year: Year) -> None:
        self._year, self._desk, self._tell = year, year.desk, year.tell
        self._round = 0

    async def deliver(self) -> None:
        """Allocated, shipped, delivered with a damaged machine; delivered is not yet accepted."""
        body = {"proposal": self._year.proposal, "workshop": "Bengkel Las UPTD BLK Paser"}
        done = await self._desk.ask(WAREHOUSE, _SERVICE, "/v1/consignments", body)
        self._year.consignment = done.id
        granted = {"items": quantities(self._year.goods, "granted")}
        await self._desk.ask(WAREHOUSE, _SERVICE, f"{self._path}/shipments", granted)
        arrived = [
            {"item": g.item, "good": g.good, "damaged": g.damaged}
            for g in self._year.goods
            if g.granted
        ]
        await self._desk.ask(OFFICER, _SERVICE, f"{self._path}/deliveries", {"items": arrived})
        for good in self._year.goods:
            if good.damaged:
                self._tell.told(good.item, f"{good.good} tiba baik, {good.damaged} rusak")
        words = await self._desk.refused(
            HEAD, _SERVICE, f"{self._path}/commissioning", rule="not-handed-over"
        )
        self._tell.told("Commissioning before the hand-over", words)

    async def accept(self) -> None:
        """Sign for what arrived in order, number it and put it into service."""
        await self._hand_over()
        words = await self._desk.refused(
            HEAD, _SERVICE, f"{self._path}/commissioning", rule="assets-missing"
        )
        self._tell.told("Commissioning without asset numbers", words)
        await self._commission(quantities(self._year.goods, "good"))

    async def replace(self) -> None:
        """The damaged machine goes back; another one comes, in a second round."""
        damaged = quantities(self._year.goods, "damaged")
        body: dict[str, object] = {
            "items": damaged,
            "reason": "Rangka mesin bengkok karena kemasan jatuh di pelabuhan.",
        }
        await self._desk.ask(OFFICER, _SERVICE, f"{self._path}/returns", body)
        await self._desk.ask(WAREHOUSE, _SERVICE, f"{self._path}/shipments", {"items": damaged})
        arrived = [{"item": item["item"], "good": item["quantity"]} for item in damaged]
        await self._desk.ask(OFFICER, _SERVICE, f"{self._path}/deliveries", {"items": arrived})
        await self._hand_over()
        await self._commission(damaged)

    async def _hand_over(self) -> None:
        self._round += 1
        run, today = self._year.run.upper(), self._year.today
        bast = f"BA-{run}-{self._round}/HIBAH-BMN/{today:%m/%Y}"
        for account in (WAREHOUSE, HEAD):
            await self._desk.ask(account, _SERVICE, f"{self._path}/signatures", {"bast": bast})
        self._tell.say(f"{bast} is signed by {WAREHOUSE} and {HEAD}.")

    async def _commission(self, items: Sequence[Quantity]) -> None:
        """Each unit gets its asset number first."""
        numbers = [
            {"item": item["item"], "number": self._number(item["item"], unit)}
            for item in items
            for unit in range(1, item["quantity"] + 1)
        ]

        async def attach(asset: dict[str, str]) -> None:
            await self._desk.ask(OFFICER, _SERVICE, f"{self._path}/assets", asset)

        await each(numbers, attach)
        await until(
            MINISTRY,
            f"{len(numbers)} more units have an asset number",
            self._unnumbered,
            lambda found: found == 0,
        )
        done = await self._desk.ask(HEAD, _SERVICE, f"{self._path}/commissioning")
        same("commissioned", done.event(EquipmentCommissioned).items, items)
        self._tell.say(f"{len(numbers)} units are numbered, {numbers[0]['number']} and on.")

    def _number(self, item: str, unit: int) -> str:
        code = next(number for number, good in enumerate(self._year.goods, 1) if good.item == item)
        return f"3.05.01.{code:02}-{self._year.run}.{self._round}{unit:03}"

    @property
    def _path(self) -> str:
        return f"/v1/consignments/{self._year.consignment}"

    # -- reading --------------------------------------------------------------------------------

    async def state(self) -> str:
        found = await self._desk.read(State, REVIEWER, _SERVICE, self._path)
        commissioned = sum(found.commissioned.values())
        return f"{found.status}, {commissioned} units"

    async def loan_state(self) -> str:
        """The consignment that the ministry's service made of Makassar's support."""
        path = f"/v1/consignments/{self._year.proposal}.1"
        found = await self._desk.find(State, REVIEWER, _SERVICE, path)
        return f"{found.status} by {found.origin}" if found else "absent"

    async def _unnumbered(self) -> int:
        """Count the units that were handed over and have no asset number yet."""
        found = await self._desk.read(State, REVIEWER, _SERVICE, self._path)
        return sum(found.handed_over.values()) - len(found.assets)


def granted_units(goods: Sequence[Good]) -> int:
    return sum(good.granted for good in goods)
