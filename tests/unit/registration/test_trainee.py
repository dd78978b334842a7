from services.registration.domain.trainee import DECIDER, ReleaseTraining, ReserveTraining
from shared.events.registration.trainee import TrainingRefused, TrainingReleased, TrainingReserved
from tests.unit.given import given

RESERVE = ReserveTraining(intake="i1", application="a1")
RESERVED = TrainingReserved(intake="i1", application="a1")
RELEASED = TrainingReleased(intake="i1", application="a1", completed=False)
COMPLETED = TrainingReleased(intake="i1", application="a1", completed=True)


def test_a_training_is_reserved_once() -> None:
    given(DECIDER).when(RESERVE).then(RESERVED)
    given(DECIDER, RESERVED).when(RESERVE).then_nothing()


def test_and_no_second_one_beside_it() -> None:
    command = ReserveTraining(intake="i2", application="a2")
    refused = TrainingRefused(intake="i2", application="a2", running="i1")
    outcome = given(DECIDER, RESERVED).when(command).then(refused)
    assert outcome.state.application == "a1"


def test_what_is_released_makes_room_for_another() -> None:
    given(DECIDER, RESERVED).when(ReleaseTraining(application="a1")).then(RELEASED)
    other = ReserveTraining(intake="i2", application="a2")
    given(DECIDER, RESERVED, RELEASED).when(other).then_types(TrainingReserved)


def test_a_completed_training_is_remembered() -> None:
    command = ReleaseTraining(application="a1", completed=True)
    outcome = given(DECIDER, RESERVED).when(command).then(COMPLETED)
    assert outcome.state.completed == ("i1",)
    again = [RESERVED, COMPLETED, RESERVED, RELEASED]
    assert given(DECIDER, *again).state.completed == ("i1",)


def test_only_the_application_that_holds_it_gives_it_back() -> None:
    given(DECIDER, RESERVED).when(ReleaseTraining(application="a2")).then_nothing()
    given(DECIDER, RESERVED, RELEASED).when(ReleaseTraining(application="a1")).then_nothing()
    given(DECIDER).when(ReleaseTraining(application="a1")).then_nothing()
