"""An intake's plan and window: what an officer fills in, and until when people may apply."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Literal

from services.registration.domain.intake.seat_ledger import Ledger
from services.registration.domain.programme import ProgrammeOutline
from shared.events.base import Id, Value
from shared.events.described import described
from shared.events.registration.intake import (
    ApplicantListed,
    InstructorAssigned,
    InstructorUnassigned,
    IntakeCancelled,
    IntakeCompleted,
    IntakeDrafted,
    IntakeOpened,
    IntakeRescheduled,
    IntakeStarted,
    IntakeWorkshopLost,
    IntakeWorkshopReady,
    RegistrationClosed,
    RegistrationExtended,
    StartBlocked,
)
from shared.events.registration.seats import (
    CandidateEntered,
    CandidateLeft,
    CandidatesPromoted,
    IntakeOversubscribed,
    OffersLapsed,
    SeatGranted,
    SeatRefused,
    SeatsLent,
    SelectionMade,
)
from shared.events.registration.values import Candidate, ClaimDays, Quota, WaitingPlaces
from shared.events.values import (
    Day,
    EntryRules,
    Funding,
    Item,
    Kejuruan,
    Prose,
    Ranking,
    end_of_day,
    wita_day,
)
from shared.eventsourcing.decider import Command, Context, State
from shared.eventsourcing.refusal import Refused, refuse_unless

Status = Literal["draft", "open", "closed", "selected", "started", "completed", "cancelled"]


RegistrationOpens = Annotated[
    Day,
    described(
        en="the first day of registration", id="hari pertama pendaftaran", example="2026-07-01"
    ),
]
RegistrationCloses = Annotated[
    Day,
    described(
        en="the last day of registration", id="hari terakhir pendaftaran", example="2026-07-31"
    ),
]
StartsOn = Annotated[
    Day, described(en="the first day of the training", id="hari pertama pelatihan")
]
EndsOn = Annotated[
    Day,
    described(
        en="the last day of the training", id="hari terakhir pelatihan", example="2026-09-25"
    ),
]


class IntakePlan(Value):
    """The plan that an officer fills in; days are days in Paser, the last one counts."""

    programme: Annotated[Id, described(en="the programme", id="program pelatihannya")]
    quota: Quota = 16
    waiting_list: WaitingPlaces = 16
    funding: Funding
    registration_opens: RegistrationOpens
    registration_closes: RegistrationCloses
    reregistration_days: ClaimDays = 3
    starts_on: StartsOn
    ends_on: EndsOn


class PlanIntake(IntakePlan, Command):
    """Plan a class, or change the plan of one that is not open yet."""

    published: ProgrammeOutline


class OpenIntake(Command):
    """Let people apply; the programme is kept as it is now."""

    published: ProgrammeOutline


class ExtendRegistration(Command):
    """Let people apply longer."""

    registration_closes: RegistrationCloses
    reason: Annotated[
        Prose,
        described(en="why", id="alasannya", example="Pendaftar dari kecamatan jauh masih sedikit."),
    ]


class CloseRegistration(Command):
    """Let nobody apply any more, before the window is over."""

    reason: Annotated[
        Prose,
        described(en="why", id="alasannya", example="Pendaftar sudah lima kali jumlah kursi."),
    ]


class ListApplicant(Command):
    """Somebody applied."""

    application: Id


class IntakeOutline(Value):
    """The part of an intake that an application keeps."""

    programme: Id
    kejuruan: Kejuruan
    entry: EntryRules
    registration_opens: Day
    registration_closes: Day
    open: bool


PlanEvent = (
    IntakeDrafted
    | IntakeOpened
    | RegistrationExtended
    | RegistrationClosed
    | ApplicantListed
    | InstructorAssigned
    | InstructorUnassigned
    | IntakeWorkshopReady
    | IntakeWorkshopLost
    | StartBlocked
    | IntakeStarted
    | IntakeRescheduled
    | IntakeCancelled
    | IntakeCompleted
)
SeatsEvent = (
    CandidateEntered
    | CandidateLeft
    | SelectionMade
    | IntakeOversubscribed
    | OffersLapsed
    | CandidatesPromoted
    | SeatGranted
    | SeatRefused
    | SeatsLent
)
IntakeEvent = PlanEvent | SeatsEvent


class Intake(State):
    status: Status | None = None
    programme: str = ""
    number: int = 0
    title: str = ""
    skkni: str = ""
    kejuruan: str = ""
    hours: int = 0
    entry: EntryRules | None = None
    equipment: tuple[Item, ...] = ()
    instructors_needed: int = 1
    ranking: Ranking = ("registration",)
    min_attendance: int = 80
    funding: Funding | None = None
    registration_opens: Day | None = None
    registration_closes: Day | None = None
    reregistration_days: int = 3
    starts_on: Day | None = None
    ends_on: Day | None = None
    instructors: tuple[str, ...] = ()
    applicants: tuple[str, ...] = ()
    candidates: Mapping[str, Candidate] = {}
    ledger: Ledger = Ledger()
    workshop_ready: bool = False
    start_blocked: bool = False
    moved_because: str = ""
    cancelled_because: str = ""

    def outline(self) -> IntakeOutline:
        """Return the snapshot for a command that names this intake. Refused when there is none."""
        if (
            self.status in (None, "draft")
            or self.entry is None
            or self.registration_opens is None
            or self.registration_closes is None
        ):
            raise Refused("unknown-intake", field="intake", status=422)
        return IntakeOutline(
            programme=self.programme,
            kejuruan=self.kejuruan,
            entry=self.entry,
            registration_opens=self.registration_opens,
            registration_closes=self.registration_closes,
            open=self.status == "open",
        )

    def days(self) -> tuple[date, date]:
        """First and last day of the training. Refused when there is no such intake."""
        if self.starts_on is None or self.ends_on is None:
            raise not_found()
        return self.starts_on, self.ends_on

    def teaching_days(self) -> tuple[date, date]:
        """Return the days to book an instructor for. Refused in a draft, whose days may still
        change.
        """
        expect(self, "open", "closed", "selected", "started")
        return self.days()

    def window_ends(self) -> datetime | None:
        """Return the instant at which the window is over: the midnight in Paser after
        its last day.
        """
        return end_of_day(self.registration_closes) if self.registration_closes else None


def not_found() -> Refused:
    return Refused("not-found:intake", status=404)


def expect(state: Intake, *statuses: Status) -> None:
    """Refused unless the intake is in one of these."""
    refuse_unless(state.status, statuses, "intake")


def plan(state: Intake, command: PlanIntake, context: Context) -> Sequence[IntakeEvent]:
    if state.status is not None:
        expect(state, "draft")
    _sensible(command, wita_day(context.now))
    given = {name: getattr(command, name) for name in IntakePlan.model_fields}
    return [IntakeDrafted(kejuruan=command.published.content.kejuruan, **given)]


def _sensible(plan: IntakePlan, today: date) -> None:
    steps = (
        ("registration_closes", plan.registration_opens, plan.registration_closes),
        ("registration_closes", today, plan.registration_closes),
        ("starts_on", plan.registration_closes, plan.starts_on),
        ("ends_on", plan.starts_on, plan.ends_on),
    )
    for field, earlier, later in steps:
        if later < earlier:
            raise Refused(
                "dates:plan", field=field, status=422, later=str(later), earlier=str(earlier)
            )


def open_intake(state: Intake, command: OpenIntake, context: Context) -> Sequence[IntakeEvent]:
    expect(state, "draft")
    content = command.published.content
    assert state.funding is not None  # noqa: S101 - a draft has a whole plan
    assert state.registration_opens is not None  # noqa: S101
    assert state.registration_closes is not None  # noqa: S101
    starts_on, ends_on = state.days()
    if state.registration_closes < wita_day(context.now):
        raise Refused("dates:window-over", field="registration_closes")
    return [
        IntakeOpened(
            programme=state.programme,
            number=command.published.number,
            title=content.title,
            skkni=content.skkni,
            kejuruan=content.kejuruan,
            hours=content.hours,
            entry=content.entry,
            equipment=content.equipment,
            instructors=content.instructors,
            ranking=content.ranking,
            min_attendance=content.min_attendance,
            quota=state.ledger.quota,
            waiting_list=state.ledger.waiting_list,
            funding=state.funding,
            registration_opens=state.registration_opens,
            registration_closes=state.registration_closes,
            reregistration_days=state.reregistration_days,
            starts_on=starts_on,
            ends_on=ends_on,
        )
    ]


def extend(state: Intake, command: ExtendRegistration, context: Context) -> Sequence[IntakeEvent]:
    """A window that was closed too early may be opened again, until the selection."""
    expect(state, "open", "closed")
    starts_on, _ = state.days()
    until = command.registration_closes
    closes = state.registration_closes or until
    if until < wita_day(context.now) or (state.status == "open" and until <= closes):
        raise Refused("not-later", field="registration_closes", status=422, closes=str(closes))
    if until > starts_on:
        raise Refused(
            "dates:extension", field="registration_closes", status=422, starts_on=str(starts_on)
        )
    return [
        RegistrationExtended(
            kejuruan=state.kejuruan, registration_closes=until, reason=command.reason
        )
    ]


def close(state: Intake, command: CloseRegistration) -> Sequence[IntakeEvent]:
    expect(state, "open")
    return [RegistrationClosed(kejuruan=state.kejuruan, reason=command.reason)]


def list_applicant(state: Intake, command: ListApplicant) -> Sequence[IntakeEvent]:
    """Whoever applies while the class is being cancelled hears of it like the others."""
    if command.application in state.applicants:
        return []
    listed = ApplicantListed(application=command.application)
    if state.status != "cancelled":
        return [listed]
    return [
        listed,
        IntakeCancelled(
            kejuruan=state.kejuruan,
            reason=state.cancelled_because,
            instructors=(),
            applications=(command.application,),
        ),
    ]
