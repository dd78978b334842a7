from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.equipment.domain.consignment import (
    DECIDER,
    AllocateEquipment,
    CommissionEquipment,
    DeliverEquipment,
    ReceiveSupport,
    ShipEquipment,
    SignHandover,
)
from shared.events.base import Event
from shared.events.equipment import (
    Delivered,
    EquipmentCommissioned,
    EquipmentDelivered,
    EquipmentShipped,
    HandoverSigned,
)
from shared.events.values import Item
from shared.stream import Command, Timeout
from tests.unit.given import BLK, MAKASSAR, MINISTRY, NOW, Given, given

from .samples import ALLOCATED, ASKED, GRANTED

SHIPPED = EquipmentShipped(kejuruan="las", items=ASKED)
ARRIVED = (
    Delivered(item="smaw-machine", good=7, damaged=1),
    Delivered(item="helmet", good=16),
)
DELIVERED = EquipmentDelivered(kejuruan="las", items=ARRIVED)
IN_ORDER = (Item(item="smaw-machine", quantity=7), Item(item="helmet", quantity=16))
GIVEN = HandoverSigned(agency=MINISTRY, signer="reviewer-1", bast="BAST/12/2022", items=IN_ORDER)
TAKEN = HandoverSigned(agency=BLK, signer="officer-1", bast="BAST/12/2022", items=IN_ORDER)
COMMISSIONED = EquipmentCommissioned(
    kejuruan="las", receiver=BLK, items=IN_ORDER, origin="grant", proposal="p1"
)
ALLOCATE = AllocateEquipment(proposal="p1", workshop=ALLOCATED.workshop, granted=GRANTED)
ONE_HELMET = Item(item="helmet", quantity=1)


def ship(*items: Item) -> ShipEquipment:
    return ShipEquipment(items=items)


def deliver(*items: Delivered) -> DeliverEquipment:
    return DeliverEquipment(items=items)


class TestAllocating:
    def test_the_ministry_allocates(self) -> None:
        given(DECIDER).when(ALLOCATE, agency=MINISTRY).then(ALLOCATED)

    def test_once(self) -> None:
        given(DECIDER, ALLOCATED).when(ALLOCATE, agency=MINISTRY).refused("already-allocated")

    def test_the_receiver_does_not(self) -> None:
        given(DECIDER).when(ALLOCATE, agency=BLK).refused("not-the-giver", status=403)


class TestShipping:
    def test_all_at_once_or_in_turn(self) -> None:
        given(DECIDER, ALLOCATED).when(ship(*ASKED)).then(SHIPPED)
        first = EquipmentShipped(kejuruan="las", items=(ONE_HELMET,))
        fifteen = Item(item="helmet", quantity=15)
        given(DECIDER, ALLOCATED, first).when(ship(fifteen)).then_types(EquipmentShipped)

    def test_no_more_than_allocated(self) -> None:
        given(DECIDER, ALLOCATED, SHIPPED).when(ship(ONE_HELMET)).refused(
            "more-than-allocated", "items.0.quantity", 422
        )
        given(DECIDER, ALLOCATED).when(ship(ONE_HELMET, Item(item="lathe", quantity=1))).refused(
            "more-than-allocated", "items.1.quantity", 422
        )

    def test_something_and_each_item_once(self) -> None:
        given(DECIDER, ALLOCATED).when(ship()).refused("no-items", "items", 422)
        given(DECIDER, ALLOCATED).when(ship(ONE_HELMET, ONE_HELMET)).refused(
            "repeated-item", "items.1.item", 422
        )


class TestDelivering:
    def test_good_and_damaged(self) -> None:
        outcome = given(DECIDER, ALLOCATED, SHIPPED).when(deliver(*ARRIVED)).then(DELIVERED)
        assert outcome.state.in_order() == IN_ORDER

    @pytest.mark.parametrize(
        ("good", "damaged", "field"), [(9, 0, "good"), (8, 1, "damaged"), (0, 9, "damaged")]
    )
    def test_no_more_than_shipped(self, good: int, damaged: int, field: str) -> None:
        command = deliver(Delivered(item="smaw-machine", good=good, damaged=damaged))
        given(DECIDER, ALLOCATED, SHIPPED).when(command).refused(
            "more-than-shipped", f"items.0.{field}", 422
        )

    def test_not_before_it_is_shipped_and_not_again(self) -> None:
        command = deliver(Delivered(item="helmet", good=1))
        for history in ([ALLOCATED], [ALLOCATED, SHIPPED, DELIVERED]):
            given(DECIDER, *history).when(command).refused("more-than-shipped", "items.0.good", 422)

    def test_something_and_each_item_once(self) -> None:
        helmet = Delivered(item="helmet", good=1)
        started = given(DECIDER, ALLOCATED, SHIPPED)
        started.when(deliver()).refused("no-items", "items", 422)
        started.when(deliver(helmet, helmet)).refused("repeated-item", "items.1.item", 422)
        started.when(deliver(Delivered(item="helmet", good=0))).refused(
            "nothing-arrived", "items.0.good", 422
        )


class TestHandover:
    bast = SignHandover(bast="BAST/12/2022")
    delivered = (ALLOCATED, SHIPPED, DELIVERED)

    def sign(self, *history: Event, command: SignHandover = bast, **who: Any) -> Any:
        return given(DECIDER, *history).when(command, **who)

    def test_both_sides_sign_in_either_order(self) -> None:
        ministry: Any = {"agency": MINISTRY, "actor": "reviewer-1"}
        self.sign(*self.delivered, **ministry).then(GIVEN)
        self.sign(*self.delivered, agency=BLK).then(TAKEN)
        done = self.sign(*self.delivered, TAKEN, **ministry).then(GIVEN)
        assert done.state.status == "handed-over"

    def test_the_second_need_not_repeat_the_number(self) -> None:
        self.sign(*self.delivered, GIVEN, command=SignHandover(), agency=BLK).then(TAKEN)

    def test_the_number_is_the_same(self) -> None:
        other = SignHandover(bast="BAST/13/2022")
        self.sign(*self.delivered, GIVEN, command=other, agency=BLK).refused("bast-differs", "bast")

    def test_not_before_something_arrived_in_order(self) -> None:
        broken = EquipmentDelivered(
            kejuruan="las", items=(Delivered(item="helmet", good=0, damaged=16),)
        )
        for history in ((ALLOCATED,), (ALLOCATED, SHIPPED), (ALLOCATED, SHIPPED, broken)):
            self.sign(*history).refused("not-delivered")

    def test_only_by_the_two_agencies(self) -> None:
        self.sign(*self.delivered, agency=MAKASSAR).refused("not-a-party", status=403)

    def test_each_agency_once(self) -> None:
        self.sign(*self.delivered, TAKEN, agency=BLK, actor="officer-2").refused("already-signed")
        self.sign(*self.delivered, TAKEN, GIVEN, agency=BLK).refused("already-signed")

    def test_two_different_people(self) -> None:
        self.sign(*self.delivered, GIVEN, agency=BLK, actor="reviewer-1").refused("same-signer")

    def test_nothing_is_added_once_signed(self) -> None:
        signed = given(DECIDER, *self.delivered, GIVEN)
        signed.when(ship(ONE_HELMET)).refused("being-handed-over")
        signed.when(deliver(*ARRIVED)).refused("being-handed-over")


class TestCommissioning:
    history = (ALLOCATED, SHIPPED, DELIVERED, GIVEN, TAKEN)

    def test_only_what_is_in_order_counts(self) -> None:
        given(DECIDER, *self.history).when(CommissionEquipment()).then(COMMISSIONED)

    @pytest.mark.parametrize("until", [1, 2, 3, 4])
    def test_not_before_both_signed(self, until: int) -> None:
        given(DECIDER, *self.history[:until]).when(CommissionEquipment()).refused("not-handed-over")

    def test_only_by_the_two_agencies(self) -> None:
        given(DECIDER, *self.history).when(CommissionEquipment(), agency=MAKASSAR).refused(
            "not-a-party", status=403
        )

    @pytest.mark.parametrize(
        "command", [ship(ONE_HELMET), deliver(*ARRIVED), SignHandover(), CommissionEquipment()]
    )
    def test_then_it_is_closed(self, command: Command) -> None:
        given(DECIDER, *self.history, COMMISSIONED).when(command).refused("already-commissioned")


class TestSupport:
    command = ReceiveSupport(
        kejuruan="las",
        receiver=BLK,
        items=(ONE_HELMET,),
        partner="makassar",
        proposal="p1",
        offer=1,
    )
    commissioned = EquipmentCommissioned(
        kejuruan="las",
        receiver=BLK,
        items=(ONE_HELMET,),
        origin="support",
        proposal="p1",
        partner="makassar",
    )

    def test_what_a_partner_gives_is_in_service_once(self) -> None:
        given(DECIDER).when(self.command, agency="system").then(self.commissioned)
        given(DECIDER, self.commissioned).when(self.command, agency="system").then_nothing()


@pytest.mark.parametrize(
    "command", [ship(ONE_HELMET), deliver(*ARRIVED), SignHandover(), CommissionEquipment()]
)
def test_nothing_without_a_consignment(command: Command) -> None:
    given(DECIDER).when(command).refused("not-found", status=404)


def test_a_foreign_command_is_an_illegal_step() -> None:
    given(DECIDER, ALLOCATED).when(Timeout(due=NOW)).refused("illegal-step")


items = st.sampled_from(["smaw-machine", "helmet", "lathe"])
steps = st.one_of(
    st.builds(lambda i, n: ship(Item(item=i, quantity=n)), items, st.integers(1, 10)),
    st.builds(
        lambda i, g, d: deliver(Delivered(item=i, good=g, damaged=d)),
        items,
        st.integers(0, 8),
        st.integers(0, 3),
    ),
    st.just(SignHandover()),
    st.just(CommissionEquipment()),
)


@for_all(st.lists(st.tuples(steps, st.sampled_from([BLK, MINISTRY])), max_size=25))
def test_no_more_delivered_than_shipped_than_allocated(
    commands: list[tuple[Command, str]],
) -> None:
    state = given(DECIDER, ALLOCATED).state
    for command, agency in commands:
        state = Given(DECIDER, state).when(command, agency=agency, actor=agency).state
        for item in ("smaw-machine", "helmet", "lathe"):
            delivered = state.delivered.get(item, 0)
            shipped = state.shipped.get(item, 0)
            assert state.good.get(item, 0) + state.damaged.get(item, 0) == delivered
            assert delivered <= shipped <= state.allocated.get(item, 0)
    if state.status == "commissioned":
        assert len(state.signatures) == 2
