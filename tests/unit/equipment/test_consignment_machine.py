"""Whatever is done with a consignment in whatever order: every unit is counted, none twice."""

from collections.abc import Mapping
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.equipment.domain.consignment.aggregate import (
    DECIDER,
    CommissionEquipment,
    DeliverEquipment,
    NoteAsset,
    ReturnEquipment,
    ShipEquipment,
    SignHandover,
)
from services.equipment.domain.consignment.goods import Consignment, numbered
from shared.events.base import Event
from shared.events.equipment.consignment import (
    EquipmentCommissioned,
    EquipmentDelivered,
    HandoverSigned,
)
from shared.events.equipment.values import Asset, Delivered
from shared.events.values import Item
from shared.eventsourcing.decider import Command
from tests.unit.equipment.samples import ALLOCATED
from tests.unit.given import BLK, MINISTRY, Given, given

ITEMS = ("smaw-machine", "helmet", "lathe")
items = st.sampled_from(ITEMS)
agencies = st.sampled_from([BLK, MINISTRY])


class ConsignmentMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.state: Consignment = given(DECIDER, ALLOCATED).state
        self.events: list[Event] = []

    def ask(self, command: Command, agency: str = BLK) -> None:
        outcome = Given(DECIDER, self.state).when(command, agency=agency, actor=agency)
        self.events += outcome.events
        self.state = outcome.state

    @rule(item=items, quantity=st.integers(1, 10))
    def ships(self, item: str, quantity: int) -> None:
        self.ask(ShipEquipment(items=(Item(item=item, quantity=quantity),)), MINISTRY)

    @rule(item=items, counts=st.tuples(st.integers(0, 8), st.integers(0, 3), st.integers(0, 3)))
    def delivers(self, item: str, counts: tuple[int, int, int]) -> None:
        good, damaged, missing = counts
        line = Delivered(item=item, good=good, damaged=damaged, missing=missing)
        self.ask(DeliverEquipment(items=(line,)))

    @rule(item=items, quantity=st.integers(1, 3))
    def sends_back(self, item: str, quantity: int) -> None:
        goods = (Item(item=item, quantity=quantity),)
        self.ask(ReturnEquipment(items=goods, reason="Rusak."))

    @rule(agency=agencies)
    def signs(self, agency: str) -> None:
        self.ask(SignHandover(), agency)

    @rule(item=items, numbers=st.lists(st.integers(1, 30), max_size=12))
    def numbers_units(self, item: str, numbers: list[int]) -> None:
        for number in numbers:
            self.ask(NoteAsset(asset=Asset(item=item, number=f"{item}.{number}")), "system")

    @rule(agency=agencies)
    def commissions(self, agency: str) -> None:
        self.ask(CommissionEquipment(), agency)

    @invariant()
    def no_more_is_shipped_than_allocated_returned_and_missing(self) -> None:
        state = self.state
        for item in ITEMS:
            at = _counts(state, item)
            assert at["shipped"] <= at["allocated"] + at["returned"] + at["missing"]
            assert at["returned"] <= at["damaged"]

    @invariant()
    def nothing_arrives_twice(self) -> None:
        for item in ITEMS:
            at = _counts(self.state, item)
            assert at["good"] + at["damaged"] + at["missing"] <= at["shipped"]
            # What is here in order never exceeds what was granted.
            assert at["good"] <= at["allocated"]

    @invariant()
    def commissioned_is_handed_over_is_good(self) -> None:
        for item in ITEMS:
            at = _counts(self.state, item)
            numbers = numbered(self.state.assets).get(item, 0)
            assert at["commissioned"] <= at["handed_over"] <= at["good"]
            assert at["commissioned"] <= numbers <= at["good"]

    @invariant()
    def the_events_say_the_same(self) -> None:
        assert _sums(self.events, "good") == _positive(self.state.good)
        assert _sums(self.events, "handed_over") == _positive(self.state.handed_over)
        assert _sums(self.events, "commissioned") == _positive(self.state.commissioned)

    @invariant()
    def each_asset_is_commissioned_once_with_its_unit(self) -> None:
        seen: list[Asset] = []
        for event in self.events:
            if isinstance(event, EquipmentCommissioned):
                assert numbered(event.assets) == {i.item: i.quantity for i in event.items}
                seen += event.assets
        assert len(seen) == len({asset.number for asset in seen})

    @invariant()
    def two_agencies_sign_each_round(self) -> None:
        signed = [event for event in self.events if isinstance(event, HandoverSigned)]
        for first, second in zip(signed[::2], signed[1::2], strict=False):
            assert (first.complete, second.complete) == (False, True)
            assert first.items == second.items
            assert {first.agency, second.agency} == {BLK, MINISTRY}


def _counts(state: Consignment, item: str) -> dict[str, int]:
    steps = (
        "allocated",
        "shipped",
        "good",
        "damaged",
        "missing",
        "returned",
        "handed_over",
        "commissioned",
    )
    return {step: getattr(state, step).get(item, 0) for step in steps}


def _sums(events: list[Event], step: str) -> dict[str, int]:
    sums: dict[str, int] = {}
    for event in events:
        counted: list[tuple[str, int]] = []
        match event:
            case EquipmentDelivered() if step == "good":
                counted = [(line.item, line.good) for line in event.items]
            case HandoverSigned(complete=True) if step == "handed_over":
                counted = [(line.item, line.quantity) for line in event.items]
            case EquipmentCommissioned() if step == "commissioned":
                counted = [(line.item, line.quantity) for line in event.items]
        for item, count in counted:
            sums[item] = sums.get(item, 0) + count
    return _positive(sums)


def _positive(counts: Mapping[str, int]) -> dict[str, int]:
    return {item: count for item, count in counts.items() if count}


TestConsignmentMachine: Any = ConsignmentMachine.TestCase
TestConsignmentMachine.settings = settings(max_examples=60, stateful_step_count=50, deadline=None)
