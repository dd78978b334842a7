"""An application's first part: registering, mending the data, the file check and the scores."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from services.registration.domain.application.eligibility import (
    ApplicantFacts,
    age_band,
    age_on,
    failures,
    in_priority_group,
    insist,
    weigh,
)
from services.registration.domain.application.state import (
    ENDED,
    UNCHECKED,
    UNDER_WAY,
    Application,
    ApplicationEvent,
    expect,
)
from services.registration.domain.intake.state import IntakeOutline
from services.registration.domain.person import gone
from shared.events.base import Id
from shared.events.registration.application import (
    ApplicantRegistered,
    ApplicantScored,
    ApplicationCorrected,
    ApplicationDeclined,
    ApplicationVerified,
    CorrectionRequested,
    DocumentAttached,
    IdentityCorrected,
)
from shared.events.registration.values import (
    Channel,
    Eligibility,
    InterviewScore,
    Points,
    WrittenScore,
)
from shared.events.values import Document, Reason, Sealed, wita_day
from shared.eventsourcing.decider import Command, Context
from shared.eventsourcing.refusal import Refused

DOCUMENTS = 20
# The version of the reasons for which an officer declines.
REASONS = 1
DeclineReason = Literal["papers-missing", "papers-invalid", "data-untrue", "absent", "other"]


class RegisterApplicant(ApplicantFacts, Command):
    """Register a person for an intake, kept as it is now. What identifies them is in `sealed`."""

    intake: Id
    opened: IntakeOutline
    person: Id
    sealed: Sealed
    registered_by: Channel = "applicant"
    account: str | None = None


class CorrectApplication(ApplicantFacts, Command):
    """Replace the applicant's data; all of them, since the rules are weighed anew."""

    opened: IntakeOutline
    sealed: Sealed
    corrected_by: Channel = "applicant"


class CorrectIdentity(Command):
    """Replace what identifies the applicant and no rule looks at; all of it is in `sealed`."""

    sealed: Sealed


class AttachDocument(Document, Command):
    """A paper belongs to the application; the file itself is kept elsewhere."""


class RequestCorrection(Command):
    """Say what the applicant has to mend. An officer's own words are in `sealed`."""

    points: Points
    sealed: Sealed | None = None


class VerifyApplication(Command):
    """The papers are in order."""


class DeclineApplication(Command):
    """The application can't go on. An officer's own words are in `sealed`."""

    reason: DeclineReason
    sealed: Sealed | None = None


class ScoreApplicant(Command):
    """Record the marks of the written test and the interview, 0 to 100."""

    written: WrittenScore
    interview: InterviewScore


def register(
    state: Application, command: RegisterApplicant, context: Context
) -> Sequence[ApplicationEvent]:
    if state.status is not None:
        raise Refused("already-applied")
    today = wita_day(context.now)
    window_open(command.opened, today)
    insist(command, today)
    eligibility = weigh(command, command.opened.entry, today)
    registered = ApplicantRegistered(
        intake=command.intake,
        programme=command.opened.programme,
        kejuruan=command.opened.kejuruan,
        person=command.person,
        sealed=command.sealed,
        kecamatan=command.ktp_region,
        sex=command.sex,
        age_band=age_band(age_on(today, command.birth_date)),
        education=command.education,
        priority=in_priority_group(eligibility),
        eligibility=eligibility,
        registered_at=context.now,
        registered_by=command.registered_by,
        account=command.account,
    )
    unfit = _unfit(command.intake, command.opened.kejuruan, command, eligibility)
    return [registered, *unfit]


def window_open(opened: IntakeOutline, today: date) -> None:
    """Refused outside the days of registration, both ends included, or when it was closed."""
    if today < opened.registration_opens:
        raise Refused("registration-not-open", field="intake", day=str(opened.registration_opens))
    if today > opened.registration_closes:
        raise Refused(
            "registration-closed:on-day", field="intake", day=str(opened.registration_closes)
        )
    if not opened.open:
        raise Refused("registration-closed", field="intake")


def correct(state: Application, command: CorrectApplication) -> Sequence[ApplicationEvent]:
    """Weigh the rules as of the day of registering: nobody grows old over a correction."""
    expect(state, *UNCHECKED)
    assert state.registered_at is not None  # noqa: S101 - a status means that it was registered
    day = wita_day(state.registered_at)
    insist(command, day)
    eligibility = weigh(command, command.opened.entry, day)
    corrected = ApplicationCorrected(
        intake=state.intake,
        kejuruan=state.kejuruan,
        sealed=command.sealed,
        kecamatan=command.ktp_region,
        sex=command.sex,
        age_band=age_band(age_on(day, command.birth_date)),
        education=command.education,
        priority=in_priority_group(eligibility),
        eligibility=eligibility,
        corrected_by=command.corrected_by,
    )
    return [corrected, *_unfit(state.intake, state.kejuruan, command, eligibility)]


def correct_identity(state: Application, command: CorrectIdentity) -> Sequence[ApplicationEvent]:
    """At any time: what is held of a person must be right for as long as it is held."""
    if state.erased:
        raise gone()
    expect(state, *UNDER_WAY, *ENDED)
    return [IdentityCorrected(intake=state.intake, sealed=command.sealed)]


def _unfit(
    intake: str, kejuruan: str, facts: ApplicantFacts, eligibility: Eligibility
) -> Sequence[ApplicationDeclined]:
    """The application ends at once when a rule does not hold, with every such rule."""
    reasons = failures(eligibility)
    if not reasons:
        return []
    return [
        ApplicationDeclined(
            intake=intake, kejuruan=kejuruan, kecamatan=facts.ktp_region, reasons=reasons
        )
    ]


def attach(state: Application, command: AttachDocument) -> Sequence[ApplicationEvent]:
    expect(state, *UNCHECKED)
    document = Document(**command.model_dump())
    if any((d.kind, d.sha256) == (document.kind, document.sha256) for d in state.documents):
        raise Refused("already-attached", field="sha256")
    if len(state.documents) >= DOCUMENTS:
        raise Refused("too-many-documents", field="kind", most=DOCUMENTS)
    return [DocumentAttached(intake=state.intake, document=document)]


def request_correction(
    state: Application, command: RequestCorrection
) -> Sequence[ApplicationEvent]:
    expect(state, "registered")
    if not command.points:
        raise Refused("no-points", field="points", status=422)
    points = tuple(dict.fromkeys(command.points))
    return [CorrectionRequested(intake=state.intake, points=points, sealed=command.sealed)]


def verify(state: Application) -> Sequence[ApplicationEvent]:
    """An officer may have mended by hand what was asked for, so the answer need not be awaited."""
    expect(state, *UNCHECKED)
    return [ApplicationVerified(intake=state.intake)]


def decline(state: Application, command: DeclineApplication) -> Sequence[ApplicationEvent]:
    expect(state, *UNCHECKED, "verified")
    return [
        ApplicationDeclined(
            intake=state.intake,
            kejuruan=state.kejuruan,
            kecamatan=state.kecamatan,
            reasons=(Reason(rule=command.reason, version=REASONS),),
            sealed=command.sealed,
        )
    ]


def score(state: Application, command: ScoreApplicant) -> Sequence[ApplicationEvent]:
    expect(state, "verified")
    assert state.registered_at is not None  # noqa: S101 - a verified application was registered
    return [
        ApplicantScored(
            intake=state.intake,
            priority=state.priority,
            written=command.written,
            interview=command.interview,
            registered_at=state.registered_at,
        )
    ]
