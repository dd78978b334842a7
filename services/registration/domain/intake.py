"""Intake (angkatan): one class of a programme. It owns the seat ledger and says when it starts.

The officer selects and starts; candidates, claims and the workshop arrive as reactions, to which
the intake never answers with a refusal but with an event, or with nothing when all is done.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from shared.events.base import Event, Id, Value
from shared.events.registration import (
    Candidate,
    CandidateEntered,
    EntryRules,
    InstructorAssigned,
    IntakeOpened,
    IntakeOversubscribed,
    IntakeStarted,
    IntakeWorkshopReady,
    Quota,
    SeatGranted,
    SeatRefused,
    SelectionMade,
    StartBlocked,
)
from shared.events.values import Day, Funding, Kejuruan, wita_day
from shared.stream import Command, Context, Decider, Refused, State, unexpected

from .instructor import Appointment
from .programme import ProgrammeOutline
from .selection import rank


class IntakePlan(Value):
    """What an officer fills in to open an intake; days are days in Paser, the last one counts."""

    programme: Id
    quota: Quota = 16
    funding: Funding
    registration_opens: Day
    registration_closes: Day
    starts_on: Day
    ends_on: Day


class OpenIntake(IntakePlan, Command):
    """Open an intake of a programme, which is kept as it is now."""

    published: ProgrammeOutline


class AssignInstructor(Command):
    """Let an instructor, who is kept as appointed, teach the intake."""

    instructor: Id
    appointed: Appointment


class EnterCandidate(Command):
    """A scored applicant takes part."""

    candidate: Candidate


class SelectParticipants(Command):
    """Draw up the ranking of all candidates who have no place in it yet."""


class ClaimSeat(Command):
    """An applicant re-registered for a seat."""

    application: Id


class NoteWorkshopReady(Command):
    """The workshop has what this intake needs."""


class RequestStart(Command):
    """Begin the training."""


class IntakeOutline(Value):
    """What an application keeps of its intake."""

    programme: Id
    kejuruan: Kejuruan
    entry: EntryRules
    registration_opens: Day
    registration_closes: Day


class Intake(State):
    status: Literal["open", "selected", "started"] | None = None
    programme: str = ""
    title: str = ""
    kejuruan: str = ""
    entry: EntryRules | None = None
    instructors_needed: int = 1
    quota: int = 0
    funding: Funding | None = None
    registration_opens: Day | None = None
    registration_closes: Day | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    instructors: tuple[str, ...] = ()
    candidates: Mapping[str, Candidate] = {}
    offered: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    seats: tuple[str, ...] = ()
    workshop_ready: bool = False
    start_blocked: bool = False

    def outline(self) -> IntakeOutline:
        """The snapshot for a command that names this intake. Refused when there is none."""
        if (
            self.entry is None
            or self.registration_opens is None
            or self.registration_closes is None
        ):
            raise Refused(
                "unknown-intake",
                "There is no such intake. Choose one that is open for registration.",
                "Angkatan ini tidak ada. Pilih angkatan yang membuka pendaftaran.",
                field="intake",
                status=422,
            )
        return IntakeOutline(
            programme=self.programme,
            kejuruan=self.kejuruan,
            entry=self.entry,
            registration_opens=self.registration_opens,
            registration_closes=self.registration_closes,
        )


def decide(state: Intake, command: Command, context: Context) -> Sequence[Event]:
    if isinstance(command, OpenIntake):
        return open_intake(state, command, context)
    if state.status is None:
        raise Refused(
            "not-found", "There is no such intake.", "Angkatan ini tidak ada.", status=404
        )
    match command:
        case AssignInstructor():
            return assign(state, command)
        case EnterCandidate():
            return enter(state, command)
        case SelectParticipants():
            return select(state)
        case ClaimSeat():
            return claim(state, command)
        case NoteWorkshopReady():
            return note_workshop(state)
        case RequestStart():
            return request_start(state)
        case _:
            raise unexpected(command)


def open_intake(state: Intake, command: OpenIntake, context: Context) -> Sequence[Event]:
    if state.status is not None:
        raise Refused("already-open", "This intake is already open.", "Angkatan ini sudah dibuka.")
    days = (
        ("registration_closes", command.registration_opens, command.registration_closes),
        ("starts_on", command.registration_closes, command.starts_on),
        ("ends_on", command.starts_on, command.ends_on),
    )
    for field, earlier, later in days:
        if later < earlier:
            raise Refused(
                "order-of-days",
                f"{later} is too early: this day can't be before {earlier}. Registration opens, "
                "then closes, then training starts, then it ends.",
                f"{later} terlalu awal: tanggal ini tidak boleh sebelum {earlier}. Pendaftaran "
                "dibuka, lalu ditutup, lalu pelatihan mulai, lalu selesai.",
                field=field,
                status=422,
            )
    if command.registration_closes < wita_day(context.now):
        raise Refused(
            "window-past",
            "Registration would already be closed. Choose a later last day.",
            "Pendaftaran sudah akan tertutup. Pilih tanggal penutupan yang lebih lambat.",
            field="registration_closes",
            status=422,
        )
    published = command.published
    return [
        IntakeOpened(
            programme=command.programme,
            title=published.title,
            kejuruan=published.kejuruan,
            entry=published.entry,
            equipment=published.equipment,
            instructors=published.instructors,
            quota=command.quota,
            funding=command.funding,
            registration_opens=command.registration_opens,
            registration_closes=command.registration_closes,
            starts_on=command.starts_on,
            ends_on=command.ends_on,
        )
    ]


def assign(state: Intake, command: AssignInstructor) -> Sequence[Event]:
    _not_started(state)
    if command.instructor in state.instructors:
        raise Refused(
            "already-assigned",
            "This instructor is already assigned to the intake.",
            "Instruktur ini sudah ditugaskan pada angkatan ini.",
            field="instructor",
        )
    appointed = command.appointed
    if state.kejuruan not in appointed.fields:
        raise Refused(
            "instructor-field",
            f"This instructor does not teach {state.kejuruan}, but "
            f"{', '.join(appointed.fields)}. Choose another one.",
            f"Instruktur ini tidak mengajar {state.kejuruan}, melainkan "
            f"{', '.join(appointed.fields)}. Pilih instruktur lain.",
            field="instructor",
        )
    valid_until = min(appointed.methodology.valid_until, appointed.competency.valid_until)
    if state.ends_on is not None and valid_until < state.ends_on:
        raise Refused(
            "certificate-expired",
            f"A certificate of this instructor is valid until {valid_until}, the intake runs until "
            f"{state.ends_on}. Choose another instructor or renew the certificate.",
            f"Sertifikat instruktur ini berlaku sampai {valid_until}, sedangkan angkatan berjalan "
            f"sampai {state.ends_on}. Pilih instruktur lain atau perbarui sertifikatnya.",
            field="instructor",
        )
    return [InstructorAssigned(instructor=command.instructor, kejuruan=state.kejuruan)]


def enter(state: Intake, command: EnterCandidate) -> Sequence[Event]:
    if command.candidate.application in state.candidates:
        return []
    return [CandidateEntered(candidate=command.candidate)]


def select(state: Intake) -> Sequence[Event]:
    _not_started(state)
    placed = {*state.offered, *state.waiting}
    newcomers = [c for name, c in state.candidates.items() if name not in placed]
    if not newcomers:
        raise Refused(
            "nobody-to-select",
            "No scored applicant is without a place. Score the applicants first.",
            "Tidak ada pelamar bernilai yang belum mendapat tempat. Nilai pelamar lebih dahulu.",
        )
    places = rank(newcomers, after=len(placed))
    free = max(0, state.quota - len(state.offered))
    made = SelectionMade(
        programme=state.programme,
        kejuruan=state.kejuruan,
        quota=state.quota,
        candidates=len(state.candidates),
        offered=tuple(places[:free]),
        waitlisted=tuple(places[free:]),
    )
    if not made.waitlisted:
        return [made]
    return [
        made,
        IntakeOversubscribed(
            programme=state.programme,
            kejuruan=state.kejuruan,
            quota=state.quota,
            candidates=len(state.candidates),
            waiting=len(state.waiting) + len(made.waitlisted),
        ),
    ]


def claim(state: Intake, command: ClaimSeat) -> Sequence[Event]:
    application = command.application
    if application in state.seats:
        return []
    if state.status == "started":
        return [SeatRefused(application=application, reason="started")]
    if application not in state.offered:
        return [SeatRefused(application=application, reason="not-offered")]
    if len(state.seats) >= state.quota:
        return [SeatRefused(application=application, reason="full")]
    return [SeatGranted(application=application)]


def note_workshop(state: Intake) -> Sequence[Event]:
    if state.workshop_ready:
        return []
    ready = IntakeWorkshopReady(kejuruan=state.kejuruan)
    if state.start_blocked and state.status != "started" and not _missing(state):
        return [ready, _started(state)]
    return [ready]


def request_start(state: Intake) -> Sequence[Event]:
    _not_started(state)
    missing = _missing(state)
    if missing:
        en = " and ".join(en for en, _ in missing)
        id_ = " dan ".join(id_ for _, id_ in missing)
        raise Refused(
            "start-incomplete",
            f"The intake can't start yet; it has {en}.",
            f"Angkatan belum dapat dimulai; {id_}.",
        )
    if state.workshop_ready:
        return [_started(state)]
    if state.start_blocked:
        raise Refused(
            "start-blocked",
            "The start already waits for the workshop and follows by itself when it is ready.",
            "Pelatihan sudah menunggu bengkel dan akan mulai dengan sendirinya setelah siap.",
        )
    return [StartBlocked(kejuruan=state.kejuruan, missing=("workshop",))]


def _missing(state: Intake) -> list[tuple[str, str]]:
    """What only people can bring, in both languages."""
    missing = []
    if (short := state.instructors_needed - len(state.instructors)) > 0:
        missing.append((f"{short} instructor(s) too few", f"kurang {short} instruktur"))
    if not state.seats:
        missing.append(("no confirmed participant", "belum ada peserta yang mendaftar ulang"))
    return missing


def _not_started(state: Intake) -> None:
    if state.status == "started":
        raise Refused(
            "already-started",
            "This intake has started; this can't be changed any more.",
            "Angkatan ini sudah dimulai; hal ini tidak dapat diubah lagi.",
        )


def _started(state: Intake) -> IntakeStarted:
    return IntakeStarted(
        programme=state.programme,
        kejuruan=state.kejuruan,
        instructors=state.instructors,
        participants=state.seats,
    )


def evolve(state: Intake, event: Event) -> Intake:
    match event:
        case IntakeOpened():
            return Intake(
                status="open",
                programme=event.programme,
                title=event.title,
                kejuruan=event.kejuruan,
                entry=event.entry,
                instructors_needed=event.instructors,
                quota=event.quota,
                funding=event.funding,
                registration_opens=event.registration_opens,
                registration_closes=event.registration_closes,
                starts_on=event.starts_on,
                ends_on=event.ends_on,
            )
        case InstructorAssigned():
            return state.model_copy(update={"instructors": (*state.instructors, event.instructor)})
        case CandidateEntered():
            entered = {event.candidate.application: event.candidate}
            return state.model_copy(update={"candidates": {**state.candidates, **entered}})
        case SelectionMade():
            return state.model_copy(
                update={
                    "status": "selected",
                    "offered": (*state.offered, *(p.application for p in event.offered)),
                    "waiting": (*state.waiting, *(p.application for p in event.waitlisted)),
                }
            )
        case SeatGranted():
            return state.model_copy(update={"seats": (*state.seats, event.application)})
        case StartBlocked():
            return state.model_copy(update={"start_blocked": True})
        case IntakeWorkshopReady():
            return state.model_copy(update={"workshop_ready": True})
        case IntakeStarted():
            return state.model_copy(update={"status": "started", "start_blocked": False})
        case _:
            return state


DECIDER = Decider(kind="intake", initial=Intake(), decide=decide, evolve=evolve)
