"""Placement: what a graduate does three and six months after the training.

Each answer is given once, and may be given early: who has found a job need not be asked for it.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import MAXYEAR, date, datetime
from typing import Annotated, assert_never

from shared.events.base import Id
from shared.events.described import described
from shared.events.registration.enrolment import ApplicantErased
from shared.events.registration.placement import (
    FollowUpDue,
    FollowUpEnded,
    FollowUpOpened,
    GraduatePlaced,
    Months,
)
from shared.events.registration.values import PlacementOutcome
from shared.events.values import Kecamatan, Kejuruan, end_of_day, wita_day
from shared.eventsourcing.decider import Command, Context, Decider, State, StreamRef, Timeout
from shared.eventsourcing.refusal import Refused

_MONTHS: tuple[Months, ...] = (3, 6)


class OpenFollowUp(Command):
    """Somebody passed the training."""

    application: Id
    intake: Id
    kejuruan: Kejuruan
    kecamatan: Kecamatan


class RecordPlacement(Command):
    """Record what the graduate does, once for each of the two months."""

    months: Months
    outcome: PlacementOutcome


class Placement(State):
    """The answers of one graduate who is asked what came of the training."""

    application: Annotated[
        str,
        described(
            en="the graduate's application", id="pendaftaran lulusan",
            example="0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
        ),
    ] = ""  # fmt: skip
    intake: Annotated[
        str,
        described(
            en="the intake (angkatan) of the training", id="angkatan pelatihannya",
            example="0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
        ),
    ] = ""  # fmt: skip
    kejuruan: Annotated[
        str, described(en="the field (kejuruan)", id="kejuruan pelatihannya", example="las")
    ] = ""
    kecamatan: Annotated[
        str,
        described(
            en="the graduate's district, by its code", id="kode kecamatan lulusan",
            example="64.01.04",
        ),
    ] = ""  # fmt: skip
    first_due: Annotated[
        datetime | None,
        described(
            en="when the graduate is asked first, three months on, UTC",
            id="waktu pertanyaan pertama, tiga bulan setelah pelatihan, dalam UTC",
            example="2027-02-17T16:00:00Z",
        ),
    ] = None
    second_due: Annotated[
        datetime | None,
        described(
            en="when the graduate is asked again, six months on, UTC",
            id="waktu pertanyaan kedua, enam bulan setelah pelatihan, dalam UTC",
            example="2027-05-17T16:00:00Z",
        ),
    ] = None
    asked: Annotated[
        tuple[Months, ...],
        described(
            en="for which months the graduate has been asked",
            id="bulan yang sudah ditanyakan kepada lulusan",
        ),
    ] = ()
    first: Annotated[
        PlacementOutcome | None,
        described(en="the answer after three months", id="jawaban setelah tiga bulan"),
    ] = None
    second: Annotated[
        PlacementOutcome | None,
        described(en="the answer after six months", id="jawaban setelah enam bulan"),
    ] = None
    ended: Annotated[
        bool,
        described(
            en="whether the graduate is asked no more, as their data were erased",
            id="apakah lulusan tidak ditanya lagi karena datanya dihapus",
            example=False,
        ),
    ] = False

    def answered(self, months: int) -> bool:
        return (self.first if months == 3 else self.second) is not None


PlacementCommand = OpenFollowUp | RecordPlacement | ApplicantErased | Timeout
PlacementEvent = FollowUpEnded | FollowUpOpened | FollowUpDue | GraduatePlaced


def decide(
    state: Placement, command: PlacementCommand, context: Context
) -> Sequence[PlacementEvent]:
    match command:
        case OpenFollowUp():
            return open_follow_up(state, command, context)
        case RecordPlacement():
            return place(state, command)
        case ApplicantErased():
            return note_erased(state)
        case Timeout():
            return time_out(state, command, context)
        case _:
            assert_never(command)


def open_follow_up(
    state: Placement, command: OpenFollowUp, context: Context
) -> Sequence[PlacementEvent]:
    if state.first_due is not None:
        return []
    today = wita_day(context.now)
    return [
        FollowUpOpened(
            first_due=end_of_day(later(today, 3)),
            second_due=end_of_day(later(today, 6)),
            **dict(command),
        )
    ]


def later(day: date, months: int) -> date:
    """Return the same day so many months later, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = min(day.year + years, MAXYEAR), month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def place(state: Placement, command: RecordPlacement) -> Sequence[PlacementEvent]:
    if state.first_due is None:
        raise Refused("not-found:graduate", status=404)
    if state.answered(command.months):
        raise Refused("already-answered", field="months", months=command.months)
    return [
        GraduatePlaced(
            application=state.application,
            intake=state.intake,
            kejuruan=state.kejuruan,
            kecamatan=state.kecamatan,
            months=command.months,
            outcome=command.outcome,
        )
    ]


def note_erased(state: Placement) -> Sequence[PlacementEvent]:
    """Never refused: whoever did not graduate is not followed up."""
    if state.first_due is None or state.ended:
        return []
    unanswered: tuple[Months, ...] = tuple(m for m in _MONTHS if not state.answered(m))
    return [
        FollowUpEnded(application=state.application, kejuruan=state.kejuruan, months=months)
        for months in unanswered
    ]


def time_out(state: Placement, command: Timeout, context: Context) -> Sequence[PlacementEvent]:
    if due(state) != command.due or context.now < command.due:
        return []
    return [
        FollowUpDue(application=state.application, kejuruan=state.kejuruan, months=months)
        for months, when in _open(state)
        if when == command.due
    ]


def due(state: Placement) -> datetime | None:
    """Return when the graduate is to be asked next."""
    return next((when for _, when in _open(state)), None)


def _open(state: Placement) -> Iterator[tuple[Months, datetime]]:
    """Yield for which months, and when, the graduate is still to be asked."""
    for months, when in zip(_MONTHS, (state.first_due, state.second_due), strict=True):
        asked = months in state.asked or state.answered(months)
        if when is not None and not asked and not state.ended:
            yield months, when


def evolve(state: Placement, event: PlacementEvent) -> Placement:
    match event:
        case FollowUpOpened():
            return Placement(**dict(event))
        case FollowUpDue():
            return state.model_copy(update={"asked": (*state.asked, event.months)})
        case GraduatePlaced():
            name = "first" if event.months == 3 else "second"
            return state.model_copy(update={name: event.outcome})
        case FollowUpEnded():
            return state.model_copy(update={"ended": True})
        case _:
            assert_never(event)


DECIDER = Decider(
    kind="placement", initial=Placement(), decide=decide, evolve=evolve, due=due, version=2
)


def placement_stream(id: str) -> StreamRef[Placement, PlacementCommand]:
    """Name the stream of one placement."""
    return DECIDER.stream(id)
