from typing import Any

import pytest

from services.equipment.domain.consignment.aggregate import (
    DECIDER,
    AllocateEquipment,
    CommissionEquipment,
    DeliverEquipment,
    NoteAsset,
    ReturnEquipment,
    ShipEquipment,
    SignHandover,
)
from shared.events.base import Event
from shared.events.equipment.consignment import (
    AssetAttached,
    AssetRejected,
    EquipmentCommissioned,
    EquipmentDelivered,
    EquipmentReturned,
    EquipmentShipped,
    HandoverSigned,
)
from shared.events.equipment.values import Asset, Delivered
from shared.events.partners.support import SupportFulfilled
from shared.events.values import Document, Item
from shared.eventsourcing.decider import Command
from shared.eventsourcing.refusal import Refused
from tests.unit.equipment.samples import ALLOCATED, ASKED, GRANTED
from tests.unit.given import BLK, MAKASSAR, MINISTRY, Given, given

SHIPPED = EquipmentShipped(kejuruan="las", items=ASKED)
ARRIVED = (
    Delivered(item="smaw-machine", good=7, damaged=1),
    Delivered(item="helmet", good=16),
)
DELIVERED = EquipmentDelivered(kejuruan="las", items=ARRIVED)
IN_ORDER = (Item(item="smaw-machine", quantity=7), Item(item="helmet", quantity=16))
GIVEN = HandoverSigned(
    agency=MINISTRY, signer="reviewer-1", bast="BAST/12/2022", items=IN_ORDER, complete=False
)
TAKEN = HandoverSigned(
    agency=BLK, signer="officer-1", bast="BAST/12/2022", items=IN_ORDER, complete=True
)
ASSETS = tuple(
    Asset(item=item.item, number=f"{item.item}.{unit}")
    for item in IN_ORDER
    for unit in range(item.quantity)
)
NUMBERED = tuple(AssetAttached(asset=asset) for asset in ASSETS)
COMMISSIONED = EquipmentCommissioned(
    kejuruan="las", receiver=BLK, items=IN_ORDER, origin="grant", proposal="p1", assets=ASSETS
)
BLK_FIRST = TAKEN.model_copy(update={"complete": False})
RETURNED = EquipmentReturned(
    kejuruan="las", items=(Item(item="smaw-machine", quantity=1),), reason="Rangka bengkok."
)
ALLOCATE = AllocateEquipment(proposal="p1", workshop=ALLOCATED.workshop, granted=GRANTED)
ONE_HELMET = Item(item="helmet", quantity=1)


def ship(*items: Item) -> ShipEquipment:
    return ShipEquipment(items=items)


def deliver(*items: Delivered) -> DeliverEquipment:
    return DeliverEquipment(items=items)


COMMANDS = [
    ship(ONE_HELMET),
    deliver(*ARRIVED),
    ReturnEquipment(items=(ONE_HELMET,), reason="Rusak."),
    SignHandover(),
    CommissionEquipment(),
]


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
        assert outcome.state.to_hand_over() == {"smaw-machine": 7, "helmet": 16}

    @pytest.mark.parametrize(
        ("good", "damaged", "field"), [(9, 0, "good"), (8, 1, "damaged"), (0, 9, "damaged")]
    )
    def test_no_more_than_shipped(self, good: int, damaged: int, field: str) -> None:
        command = deliver(Delivered(item="smaw-machine", good=good, damaged=damaged))
        given(DECIDER, ALLOCATED, SHIPPED).when(command).refused(
            "more-than-shipped", f"items.0.{field}", 422
        )

    def test_missing_is_counted_too(self) -> None:
        command = deliver(Delivered(item="smaw-machine", good=6, damaged=1, missing=2))
        given(DECIDER, ALLOCATED, SHIPPED).when(command).refused(
            "more-than-shipped", "items.0.missing", 422
        )

    def test_only_by_the_two_agencies(self) -> None:
        given(DECIDER, ALLOCATED, SHIPPED).when(deliver(*ARRIVED), agency=MAKASSAR).refused(
            "not-a-party", status=403
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


class TestReplacing:
    lost = EquipmentDelivered(kejuruan="las", items=(Delivered(item="helmet", good=14, missing=2),))
    two = Item(item="helmet", quantity=2)

    def test_what_is_missing_may_be_shipped_again(self) -> None:
        history = (ALLOCATED, SHIPPED, self.lost)
        given(DECIDER, *history).when(ship(self.two)).then_types(EquipmentShipped)
        three = Item(item="helmet", quantity=3)
        given(DECIDER, *history).when(ship(three)).refused(
            "more-than-allocated", "items.0.quantity", 422
        )

    def test_damaged_goods_go_back_and_are_replaced(self) -> None:
        command = ReturnEquipment(items=RETURNED.items, reason=RETURNED.reason)
        history = (ALLOCATED, SHIPPED, DELIVERED)
        given(DECIDER, *history).when(ship(*RETURNED.items)).refused(
            "more-than-allocated", "items.0.quantity", 422
        )
        given(DECIDER, *history).when(command).then(RETURNED)
        given(DECIDER, *history, RETURNED).when(ship(*RETURNED.items)).then_types(EquipmentShipped)

    def test_no_more_than_is_damaged_and_here(self) -> None:
        command = ReturnEquipment(items=RETURNED.items, reason="Rusak.")
        given(DECIDER, ALLOCATED, SHIPPED, DELIVERED, RETURNED).when(command).refused(
            "more-than-damaged", "items.0.quantity", 422
        )
        given(DECIDER, ALLOCATED, SHIPPED).when(command).refused(
            "more-than-damaged", "items.0.quantity", 422
        )

    def test_something_and_each_item_once_and_by_the_receiver(self) -> None:
        here = given(DECIDER, ALLOCATED, SHIPPED, DELIVERED)
        here.when(ReturnEquipment(items=(), reason="x")).refused("no-items", "items", 422)
        twice = ReturnEquipment(items=RETURNED.items * 2, reason="x")
        here.when(twice).refused("repeated-item", "items.1.item", 422)
        command = ReturnEquipment(items=RETURNED.items, reason="x")
        here.when(command, agency=MINISTRY).refused("not-the-receiver", status=403)


class TestHandover:
    bast = SignHandover(bast="BAST/12/2022")
    delivered = (ALLOCATED, SHIPPED, DELIVERED)

    def sign(self, *history: Event, command: SignHandover = bast, **who: Any) -> Any:
        return given(DECIDER, *history).when(command, **who)

    def test_both_sides_sign_in_either_order(self) -> None:
        ministry: Any = {"agency": MINISTRY, "actor": "reviewer-1"}
        self.sign(*self.delivered, **ministry).then(GIVEN)
        self.sign(*self.delivered, agency=BLK).then(BLK_FIRST)
        second = GIVEN.model_copy(update={"complete": True})
        done = self.sign(*self.delivered, BLK_FIRST, **ministry).then(second)
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
        self.sign(*self.delivered, BLK_FIRST, agency=BLK, actor="officer-2").refused(
            "already-signed"
        )
        self.sign(*self.delivered, GIVEN, TAKEN, agency=BLK).refused("already-signed")

    def test_two_different_people(self) -> None:
        self.sign(*self.delivered, GIVEN, agency=BLK, actor="reviewer-1").refused("same-signer")

    def test_nothing_arrives_while_one_side_has_signed(self) -> None:
        signed = given(DECIDER, *self.delivered, RETURNED, GIVEN)
        signed.when(deliver(*ARRIVED)).refused("being-handed-over")
        signed.when(ship(*RETURNED.items)).then_types(EquipmentShipped)

    def test_later_deliveries_are_handed_over_in_a_round_of_their_own(self) -> None:
        one = RETURNED.items
        again = (
            EquipmentShipped(kejuruan="las", items=one),
            EquipmentDelivered(kejuruan="las", items=(Delivered(item="smaw-machine", good=1),)),
        )
        history = (*self.delivered, GIVEN, TAKEN, RETURNED, *again)
        ministry: Any = {"agency": MINISTRY, "actor": "reviewer-1"}
        self.sign(*history, **ministry).refused("bast-used", "bast")
        second = SignHandover(bast="BAST/13/2022")
        event = self.sign(*history, command=second, **ministry).events[0]
        assert (event.items, event.complete) == (one, False)
        done = self.sign(*history, event, command=SignHandover(), agency=BLK)
        assert (done.events[0].bast, done.events[0].complete) == ("BAST/13/2022", True)
        assert done.state.handed_over == {"smaw-machine": 8, "helmet": 16}


class TestAssets:
    history = (ALLOCATED, SHIPPED, DELIVERED)
    note = NoteAsset(asset=ASSETS[0])

    def test_a_unit_gets_its_number_once(self) -> None:
        given(DECIDER, *self.history).when(self.note, agency="system").then(NUMBERED[0])
        given(DECIDER, *self.history, NUMBERED[0]).when(self.note).then_nothing()

    def test_without_a_unit_left_it_is_rejected(self) -> None:
        other = Asset(item="smaw-machine", number="8")
        rejected = AssetRejected(asset=other)
        note = NoteAsset(asset=other)
        full = given(DECIDER, *self.history, *NUMBERED)
        assert full.when(note).then(rejected).state == full.state
        given(DECIDER, ALLOCATED, SHIPPED).when(note).then(rejected)
        given(DECIDER).when(note).then(rejected)

    @pytest.mark.parametrize(
        ("history", "item", "agency", "rule", "status"),
        [
            ((), "helmet", BLK, "not-found", 404),
            ((ALLOCATED, SHIPPED, DELIVERED), "helmet", MAKASSAR, "not-a-party", 403),
            ((ALLOCATED, SHIPPED), "helmet", BLK, "no-unit-left", 422),
            ((ALLOCATED, SHIPPED, DELIVERED), "lathe", BLK, "no-unit-left", 422),
            ((ALLOCATED, SHIPPED, DELIVERED, *NUMBERED), "helmet", BLK, "no-unit-left", 422),
        ],
    )
    def test_a_number_is_only_asked_for_a_unit_without_one(
        self, history: tuple[Event, ...], item: str, agency: str, rule: str, status: int
    ) -> None:
        with pytest.raises(Refused) as refused:
            given(DECIDER, *history).state.refuse_asset(item, agency)
        assert (refused.value.rule, refused.value.status) == (rule, status)
        given(DECIDER, *self.history).state.refuse_asset("helmet", BLK)


class TestCommissioning:
    history = (ALLOCATED, SHIPPED, DELIVERED, GIVEN, TAKEN)

    def test_only_what_is_in_order_counts(self) -> None:
        given(DECIDER, *self.history, *NUMBERED).when(CommissionEquipment()).then(COMMISSIONED)

    @pytest.mark.parametrize("until", [1, 2, 3, 4])
    def test_not_before_both_signed(self, until: int) -> None:
        given(DECIDER, *self.history[:until]).when(CommissionEquipment()).refused("not-handed-over")

    def test_not_before_each_unit_has_its_number(self) -> None:
        some = given(DECIDER, *self.history, *NUMBERED[:20])
        assert some.when(CommissionEquipment()).refused("assets-missing").params == {"lacking": 3}

    def test_only_by_the_two_agencies(self) -> None:
        given(DECIDER, *self.history, *NUMBERED).when(
            CommissionEquipment(), agency=MAKASSAR
        ).refused("not-a-party", status=403)

    def test_once(self) -> None:
        done = given(DECIDER, *self.history, *NUMBERED, COMMISSIONED)
        done.when(CommissionEquipment()).refused("already-commissioned")
        done.when(SignHandover()).refused("already-signed")
        done.when(ship(ONE_HELMET)).refused("more-than-allocated", "items.0.quantity", 422)

    def test_what_comes_later_is_commissioned_with_its_own_numbers(self) -> None:
        one = RETURNED.items
        second = {"bast": "BAST/13/2022", "items": one}
        last = Asset(item="smaw-machine", number="smaw-machine.7")
        later = given(
            DECIDER,
            *self.history,
            *NUMBERED,
            COMMISSIONED,
            RETURNED,
            EquipmentShipped(kejuruan="las", items=one),
            EquipmentDelivered(kejuruan="las", items=(Delivered(item="smaw-machine", good=1),)),
        )
        later.when(CommissionEquipment()).refused("not-handed-over")
        for signature in (GIVEN, TAKEN):
            later = Given(DECIDER, DECIDER.evolve(later.state, signature.model_copy(update=second)))
        later.when(CommissionEquipment()).refused("assets-missing")
        later = Given(DECIDER, DECIDER.evolve(later.state, AssetAttached(asset=last)))
        later.when(CommissionEquipment()).then(
            COMMISSIONED.model_copy(update={"items": one, "assets": (last,)})
        )


class TestSupport:
    fulfilled = SupportFulfilled(
        offer=1,
        kind="equipment",
        kejuruan="las",
        partner="makassar",
        for_agency=BLK,
        items=(ONE_HELMET,),
        evidence=Document(kind="receipt", sha256="0" * 64, media_type="application/pdf"),
        proposal="p1",
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
        given(DECIDER).when(self.fulfilled, agency="system").then(self.commissioned)
        given(DECIDER, self.commissioned).when(self.fulfilled, agency="system").then_nothing()

    def test_it_need_not_come_of_a_proposal(self) -> None:
        fulfilled = self.fulfilled.model_copy(update={"proposal": None})
        commissioned = self.commissioned.model_copy(update={"proposal": None})
        given(DECIDER).when(fulfilled, agency="system").then(commissioned)

    @pytest.mark.parametrize("command", COMMANDS)
    def test_nothing_is_left_to_do(self, command: Command) -> None:
        given(DECIDER, self.commissioned).when(command).refused("already-commissioned")


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_without_a_consignment(command: Command) -> None:
    given(DECIDER).when(command).refused("not-found", status=404)
