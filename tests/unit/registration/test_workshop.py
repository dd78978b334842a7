from hypothesis import given as for_all
from hypothesis import strategies as st

from services.registration.domain.workshop import (
    DECIDER,
    AwaitWorkshop,
    EquipWorkshop,
    ReportBroken,
    ReportRepaired,
    ServeIntake,
    WithdrawEquipment,
)
from shared.events.registration.workshop import (
    EquipmentBroken,
    EquipmentRepaired,
    EquipmentWithdrawn,
    IntakeAwaited,
    IntakeServed,
    WorkshopEquipped,
    WorkshopReady,
    WorkshopUnready,
)
from shared.events.values import Item
from shared.eventsourcing.decider import Command
from tests.unit.given import Given, given
from tests.unit.registration.samples import MACHINES

ONE_SHORT = (Item(item="smaw-machine", quantity=7), Item(item="helmet", quantity=16))
THE_LAST = (Item(item="smaw-machine", quantity=1),)


def equip(consignment: str, *items: Item) -> EquipWorkshop:
    return EquipWorkshop(kejuruan="las", items=items, origin="grant", consignment=consignment)


def equipped(consignment: str, *items: Item) -> WorkshopEquipped:
    return WorkshopEquipped(kejuruan="las", items=items, origin="grant", consignment=consignment)


def awaits(intake: str, *needs: Item) -> AwaitWorkshop:
    return AwaitWorkshop(kejuruan="las", intake=intake, needs=needs)


def awaited(intake: str, *needs: Item) -> IntakeAwaited:
    return IntakeAwaited(kejuruan="las", intake=intake, needs=needs)


def ready(*intakes: str) -> WorkshopReady:
    return WorkshopReady(kejuruan="las", intakes=intakes)


def test_an_intake_waits() -> None:
    given(DECIDER).when(awaits("i1", *MACHINES)).then(awaited("i1", *MACHINES))


def test_it_waits_while_one_is_short() -> None:
    given(DECIDER, awaited("i1", *MACHINES)).when(equip("c1", *ONE_SHORT)).then(
        equipped("c1", *ONE_SHORT)
    )


def test_the_last_one_readies_every_intake_that_waits_for_it() -> None:
    history = (
        awaited("i1", *MACHINES),
        awaited("i2", *MACHINES),
        awaited("i3", Item(item="grinder", quantity=1)),
        equipped("c1", *ONE_SHORT),
    )
    given(DECIDER, *history).when(equip("c2", *THE_LAST)).then(
        equipped("c2", *THE_LAST), ready("i1", "i2")
    )


def test_a_workshop_that_has_it_all_is_ready_at_once_and_for_the_next_as_well() -> None:
    history = (equipped("c1", *MACHINES), awaited("i1", *MACHINES), ready("i1"))
    given(DECIDER, *history).when(awaits("i2", *MACHINES)).then(
        awaited("i2", *MACHINES), ready("i2")
    )


def test_an_intake_that_needs_nothing_is_ready() -> None:
    given(DECIDER).when(awaits("i1")).then(awaited("i1"), ready("i1"))


def test_a_consignment_and_an_intake_count_once() -> None:
    history = (equipped("c1", *ONE_SHORT), awaited("i1", *MACHINES))
    given(DECIDER, *history).when(equip("c1", *THE_LAST)).then_nothing()
    given(DECIDER, *history).when(awaits("i1", *MACHINES)).then_nothing()
    done = (*history, equipped("c2", *THE_LAST), ready("i1"))
    given(DECIDER, *done).when(awaits("i1", *MACHINES)).then_nothing()


COMMANDS: list[Command] = [
    equip("c1", *ONE_SHORT),
    equip("c2", *THE_LAST),
    awaits("i1", *MACHINES),
    awaits("i2", *THE_LAST),
]


@for_all(st.permutations(COMMANDS))
def test_whatever_comes_first_all_are_ready_once_in_the_end(order: list[Command]) -> None:
    state = DECIDER.initial
    announced: list[str] = []
    for command in order:
        outcome = Given(DECIDER, state).when(command)
        state = outcome.state
        for event in outcome.events:
            if isinstance(event, WorkshopReady):
                announced += event.intakes
    assert sorted(announced) == ["i1", "i2"]
    assert not state.waiting


FULL = (equipped("c1", *MACHINES), awaited("i1", *MACHINES), ready("i1"))
BROKEN = EquipmentBroken(kejuruan="las", items=THE_LAST)
UNREADY = WorkshopUnready(kejuruan="las", intakes=("i1",), missing=THE_LAST)


def test_what_breaks_is_lacking_until_it_is_repaired() -> None:
    repaired = EquipmentRepaired(kejuruan="las", items=THE_LAST)
    given(DECIDER, *FULL).when(ReportBroken(items=THE_LAST)).then(BROKEN, UNREADY)
    broken = given(DECIDER, *FULL, BROKEN, UNREADY)
    broken.when(ReportRepaired(items=THE_LAST)).then(repaired, ready("i1"))


def test_what_is_withdrawn_goes_broken_first() -> None:
    gone = EquipmentWithdrawn(kejuruan="las", items=THE_LAST, reason="written-off")
    withdraw = WithdrawEquipment(items=THE_LAST, reason="written-off")
    given(DECIDER, *FULL).when(withdraw).then(gone, UNREADY)
    outcome = given(DECIDER, *FULL, BROKEN, UNREADY).when(withdraw).then(gone)
    assert outcome.state.working() == {"smaw-machine": 7, "helmet": 16}
    assert not outcome.state.broken


def test_nobody_can_report_more_than_there_is() -> None:
    many = (Item(item="helmet", quantity=1), Item(item="smaw-machine", quantity=9))
    full = given(DECIDER, *FULL)
    field = "items.1.quantity"
    full.when(ReportBroken(items=many)).refused("more-than-there-is", field, 422)
    withdraw = WithdrawEquipment(items=many, reason="x")
    full.when(withdraw).refused("more-than-there-is", field, 422)
    repaired = ReportRepaired(items=THE_LAST)
    full.when(repaired).refused("more-than-there-is", "items.0.quantity", 422)


def test_nor_nothing_or_the_same_twice_or_of_no_workshop() -> None:
    for items in ((), (*THE_LAST, *THE_LAST)):
        refusal = given(DECIDER, *FULL).when(ReportBroken(items=items)).refusal
        assert refusal is not None
        assert refusal.status == 422
    given(DECIDER).when(ReportBroken(items=THE_LAST)).refused("not-found", None, 404)


def test_a_served_intake_needs_nothing_any_more() -> None:
    served = IntakeServed(kejuruan="las", intake="i1")
    outcome = given(DECIDER, *FULL).when(ServeIntake(intake="i1")).then(served)
    assert not outcome.state.ready
    given(DECIDER, *FULL, served).when(ServeIntake(intake="i1")).then_nothing()
    given(DECIDER).when(ServeIntake(intake="i1")).then_nothing()
    given(DECIDER, awaited("i1", *MACHINES)).when(ServeIntake(intake="i1")).then(served)
