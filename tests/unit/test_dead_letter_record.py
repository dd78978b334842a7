from shared.events.delivery import RecordDiscarded, RecordParked, RecordRedriven
from shared.messaging.dead_letter_record import PARKED, Discard, Park, Redrive, Waiting
from tests.unit.given import MINISTRY, given

STREAM = {"source": MINISTRY, "subject": "proposal/p1"}
PLACE = {"topic": "equipment.events", "partition": 0, "offset": 7, "reason": "refused: no"}


def parked(sequence: int) -> RecordParked:
    return RecordParked(sequence=sequence, **STREAM, **PLACE)


def redriven(sequence: int) -> RecordRedriven:
    return RecordRedriven(sequence=sequence, **STREAM)


def discarded(sequence: int) -> RecordDiscarded:
    return RecordDiscarded(sequence=sequence, reason="Entered twice.", **STREAM)


def test_what_waits_is_redriven_or_discarded() -> None:
    waiting = given(PARKED).when(Park(record=parked(3))).then(parked(3)).state.waiting
    assert waiting == {3: Waiting(record=parked(3))}
    again = given(PARKED, parked(3)).when(Redrive(sequence=3)).then(redriven(3)).state
    assert again.waiting == {3: Waiting(record=parked(3), redriven=True)}
    skip = Discard(sequence=3, reason="Entered twice.")
    gone = given(PARKED, parked(3), redriven(3)).when(skip).then(discarded(3)).state
    assert (gone.waiting, gone.discarded) == ({}, (3,))


def test_only_what_waits_can_be_redriven_or_discarded() -> None:
    waiting = given(PARKED, parked(3))
    waiting.when(Redrive(sequence=4)).refused("not-parked", status=404)
    waiting.when(Discard(sequence=4, reason="No.")).refused("not-parked", status=404)


def test_a_discard_of_what_does_not_wait_is_noted_and_a_redrive_changes_nothing() -> None:
    before = given(PARKED, parked(3)).state
    assert PARKED.evolve(before, redriven(4)) == before
    after = PARKED.evolve(before, discarded(4))
    assert (after.waiting, after.discarded) == (before.waiting, (4,))
