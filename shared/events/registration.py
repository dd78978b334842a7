"""What the training centre (BLK) publishes: programmes, classes, applications, training.

No event holds a name, NIK, birth date, phone number or address, nor an officer's free text about a
person: these are in `sealed`, encrypted under a key per person; `person` is a random id.
"""

from typing import Annotated, Literal

from pydantic import Field

from shared.events import persons
from shared.events.base import Code, Count, Event, Id, Instant, Positive, Text, Value
from shared.events.persons import Months
from shared.events.values import (
    AgeBand,
    Certificate,
    Day,
    Document,
    Education,
    EntryRules,
    Flag,
    Funding,
    Item,
    Kecamatan,
    Kejuruan,
    Origin,
    Percent,
    ProgrammeContent,
    Prose,
    Ranking,
    Reason,
    Sealed,
    Sex,
)

Quota = Annotated[int, Field(strict=True, ge=1, le=200, description="places of one class")]
Score = Annotated[int, Field(strict=True, ge=0, le=100)]
Hours = Annotated[int, Field(strict=True, ge=1, le=12, description="hours of one session")]
SeatReason = Literal["not-offered", "full", "started", "missed", "in-training", "cancelled"]
ReleaseReason = Literal["moved", "cancelled", "completed", "not-needed", "replaced"]
PlacementOutcome = Literal["job", "own-business", "further-study", "none"]
Channel = Literal["applicant", "officer"]


class RuleResult(Reason):
    """One rule, whether it holds for this person, and why."""

    passed: Flag


class Eligibility(Value):
    """How every rule turned out, by which version of the rules; then those of the priority group.

    A person is in the priority group when all of `priority` passed.
    """

    version: Positive
    rules: tuple[RuleResult, ...]
    priority: tuple[RuleResult, ...] = ()


class Candidate(Value):
    """A scored applicant, with all that the ranking looks at."""

    application: Id
    priority: Flag
    written: Score
    interview: Score
    registered_at: Instant


class Place(Value):
    """A place in the ranking (peringkat) and what put it there."""

    application: Id
    rank: Positive
    priority: Flag
    score: Count
    registered_at: Instant


# -- programme ------------------------------------------------------------------------------------


class ProgrammePublished(Event):
    """A version of a programme is offered; classes opened before keep the version they have."""

    number: Annotated[Positive, Field(description="the version, from 1")]
    content: ProgrammeContent
    alignment: Id | None = None


class ProgrammeRetired(Event):
    """No new class of this programme opens."""

    kejuruan: Kejuruan
    reason: Prose


# -- instructor -----------------------------------------------------------------------------------


class InstructorAppointed(Event):
    """An instructor with both certificates, metodologi and kompetensi, serves the centre."""

    person: Id
    sealed: Sealed
    fields: tuple[Kejuruan, ...]
    methodology: Certificate
    competency: Certificate


class VisitingInstructorAppointed(Event):
    """A partner's instructor serves the centre for the agreed days."""

    partner: Code
    instructor: Id
    support: Id
    offer: Positive
    fields: tuple[Kejuruan, ...]
    methodology: Certificate
    competency: Certificate
    starts_on: Day
    ends_on: Day


class CertificateRenewed(Event):
    """One of an instructor's two certificates was renewed."""

    kind: Literal["methodology", "competency"]
    certificate: Certificate


class InstructorBooked(Event):
    """The instructor's days belong to this class."""

    intake: Id
    kejuruan: Kejuruan
    starts_on: Day
    ends_on: Day


class InstructorReleased(Event):
    """The instructor's days are free of this class again."""

    intake: Id
    kejuruan: Kejuruan
    reason: ReleaseReason


class InstructorDischarged(Event):
    """The instructor takes no new class."""

    fields: tuple[Kejuruan, ...]


# -- intake: its plan, its window, its start ------------------------------------------------------


class IntakeDrafted(Event):
    """A class (angkatan) is planned; while it is a draft, a later one replaces this."""

    programme: Id
    kejuruan: Kejuruan
    quota: Quota
    waiting_list: Count
    funding: Funding
    registration_opens: Day
    registration_closes: Day
    reregistration_days: Positive
    starts_on: Day
    ends_on: Day


class IntakeOpened(Event):
    """The class takes applications; it keeps the programme's version of now."""

    programme: Id
    number: Annotated[Positive, Field(description="the programme's version")]
    title: Text
    skkni: Text
    kejuruan: Kejuruan
    hours: Positive
    entry: EntryRules
    equipment: tuple[Item, ...]
    instructors: Positive
    ranking: Ranking
    min_attendance: Percent
    quota: Quota
    waiting_list: Count
    funding: Funding
    registration_opens: Day
    registration_closes: Day
    reregistration_days: Positive
    starts_on: Day
    ends_on: Day


class RegistrationExtended(Event):
    """The window of registration closes later."""

    kejuruan: Kejuruan
    registration_closes: Day
    reason: Prose


class RegistrationClosed(Event):
    """No more applications: the window is over, or was closed before with a reason."""

    kejuruan: Kejuruan
    reason: Prose | None = None


class ApplicantListed(Event):
    """The class has an applicant more, whom it tells what concerns all."""

    application: Id


class InstructorAssigned(Event):
    """An instructor will teach the class."""

    instructor: Id
    kejuruan: Kejuruan


class InstructorUnassigned(Event):
    """An instructor will not teach the class after all."""

    instructor: Id
    kejuruan: Kejuruan
    reason: ReleaseReason


class IntakeWorkshopReady(Event):
    """The class has heard that its workshop has what it needs."""

    kejuruan: Kejuruan


class IntakeWorkshopLost(Event):
    """The class has heard that its workshop lacks something again."""

    kejuruan: Kejuruan


class StartBlocked(Event):
    """The start was asked for and waits; it follows by itself when nothing is missing."""

    kejuruan: Kejuruan
    missing: tuple[Code, ...]


class IntakeStarted(Event):
    """Training has begun, with these participants (peserta)."""

    programme: Id
    number: Positive
    title: Text
    skkni: Text
    kejuruan: Kejuruan
    hours: Positive
    min_attendance: Percent
    instructors: tuple[Id, ...]
    participants: tuple[Id, ...]


class IntakeRescheduled(Event):
    """The training is on other days; instructors and applicants hear of it."""

    kejuruan: Kejuruan
    starts_on: Day
    ends_on: Day
    reason: Prose
    instructors: tuple[Id, ...]
    applications: tuple[Id, ...]


class IntakeCancelled(Event):
    """The class does not take place; instructors, seats and applicants are free."""

    kejuruan: Kejuruan
    reason: Prose
    instructors: tuple[Id, ...]
    applications: tuple[Id, ...]


class IntakeCompleted(Event):
    """The training of this class is over; who applied and got no seat need wait no longer."""

    programme: Id
    kejuruan: Kejuruan
    instructors: tuple[Id, ...]
    unseated: tuple[Id, ...]
    passed: Count
    failed: Count


# -- intake: its ledger of seats ------------------------------------------------------------------


class CandidateEntered(Event):
    """A scored applicant takes part in the selection."""

    candidate: Candidate


class CandidateLeft(Event):
    """An applicant no longer takes part; a seat or an offer they had is free."""

    application: Id
    had_seat: Flag


class SelectionMade(Event):
    """The ranking was drawn up (seleksi): who is offered a seat, who waits, who is in reserve."""

    programme: Id
    kejuruan: Kejuruan
    quota: Quota
    candidates: Positive
    ranking: Ranking
    offered: tuple[Place, ...]
    waitlisted: tuple[Place, ...]
    reserve: tuple[Place, ...]
    claim_by: Instant


class IntakeOversubscribed(Event):
    """More candidates than seats: some wait, and other centres may have seats for them."""

    programme: Id
    kejuruan: Kejuruan
    quota: Quota
    candidates: Positive
    waiting: Positive
    starts_on: Day
    ends_on: Day


class OffersLapsed(Event):
    """Re-registration (daftar ulang) was missed: these seats are offered to others."""

    kejuruan: Kejuruan
    applications: tuple[Id, ...]


class CandidatesPromoted(Event):
    """Free seats are offered to those next in the ranking; reserves move up to the waiting list."""

    kejuruan: Kejuruan
    quota: Quota
    candidates: Positive
    ranking: Ranking
    offered: tuple[Place, ...]
    waitlisted: tuple[Place, ...]
    claim_by: Instant


class SeatGranted(Event):
    """The intake's ledger gave the seat to the applicant who claimed it."""

    application: Id


class SeatRefused(Event):
    """The intake's ledger had no seat for the applicant who claimed one."""

    application: Id
    reason: SeatReason


class SeatsLent(Event):
    """A partner lends seats; these waiting applicants are asked, the best-ranked first."""

    kejuruan: Kejuruan
    support: Id
    offer: Positive
    partner: Code
    seats: Positive
    waiting: tuple[Place, ...]
    answer_by: Instant


# -- application ----------------------------------------------------------------------------------


class ApplicantRegistered(Event):
    """A person applied to an intake (pendaftaran), alone or helped at the office."""

    intake: Id
    programme: Id
    kejuruan: Kejuruan
    person: Id
    sealed: Sealed
    kecamatan: Kecamatan
    sex: Sex
    age_band: AgeBand
    education: Education
    priority: Flag
    eligibility: Eligibility
    registered_at: Instant
    registered_by: Channel
    account: Annotated[Text, Field(description="opaque name of the applicant's account")] | None = (
        None
    )


class ApplicationCorrected(Event):
    """The applicant's data were corrected before the file check; all rules were weighed anew."""

    intake: Id
    kejuruan: Kejuruan
    sealed: Sealed
    kecamatan: Kecamatan
    sex: Sex
    age_band: AgeBand
    education: Education
    priority: Flag
    eligibility: Eligibility
    corrected_by: Channel


class DocumentAttached(Event):
    """A paper belongs to the application; the file itself is kept elsewhere."""

    intake: Id
    document: Document


class CorrectionRequested(Event):
    """The file check found something that the applicant can mend."""

    intake: Id
    points: tuple[Code, ...]
    sealed: Sealed | None = None


class ApplicationDeclined(Event):
    """The application can't go on, for these reasons."""

    intake: Id
    kejuruan: Kejuruan
    kecamatan: Kecamatan
    reasons: tuple[Reason, ...]
    sealed: Sealed | None = None


class ApplicationWithdrawn(Event):
    """The applicant no longer wants the place, or left the training."""

    intake: Id
    kejuruan: Kejuruan
    kecamatan: Kecamatan
    person: Id
    withdrawn_by: Channel
    reason: Code


class ApplicationCancelled(Event):
    """The class does not take place, so the application ends; another can be made."""

    intake: Id
    kejuruan: Kejuruan
    kecamatan: Kecamatan
    person: Id
    reason: Prose


class ScheduleChanged(Event):
    """The applicant's class is on other days."""

    intake: Id
    starts_on: Day
    ends_on: Day
    reason: Prose


class ApplicationVerified(Event):
    """The file check (pemeriksaan berkas) found the papers in order."""

    intake: Id


class ApplicantScored(Event):
    """Written test and interview are marked."""

    intake: Id
    priority: Flag
    written: Score
    interview: Score
    registered_at: Instant


class SeatOffered(Event):
    """The applicant was selected and may claim the seat by re-registering (daftar ulang)."""

    intake: Id
    rank: Positive
    why: Reason
    claim_by: Instant


class ApplicantWaitlisted(Event):
    """The applicant is on the waiting list (daftar tunggu), or in reserve behind it."""

    intake: Id
    kejuruan: Kejuruan
    kecamatan: Kecamatan
    rank: Positive
    why: Reason
    reserve: Flag = False


class ApplicantPromoted(Event):
    """A seat became free, and it is this applicant's turn."""

    intake: Id
    kejuruan: Kejuruan
    kecamatan: Kecamatan
    rank: Positive
    why: Reason
    claim_by: Instant


class SeatClaimed(Event):
    """The applicant re-registered (daftar ulang); other trainings and the ledger decide."""

    intake: Id
    person: Id


class SeatConfirmed(Event):
    """The applicant has the seat."""

    intake: Id


class SeatLost(Event):
    """The applicant claimed a seat and there was none, or did not claim it in time."""

    intake: Id
    person: Id
    reason: SeatReason


class ReferralAsked(Event):
    """A partner has a seat, and the waiting applicant is asked whether to take it."""

    intake: Id
    support: Id
    offer: Positive
    partner: Code
    answer_by: Instant


class ReferralAnswered(Event):
    """The waiting applicant would take the partner's seat, or would not."""

    intake: Id
    support: Id
    offer: Positive
    willing: Flag


class ApplicantReferred(Event):
    """The applicant trains at the partner's (rujukan) and leaves our waiting list."""

    intake: Id
    kejuruan: Kejuruan
    kecamatan: Kecamatan
    person: Id
    education: Education
    support: Id
    offer: Positive
    partner: Code
    rank: Positive


class TrainingFinished(Event):
    """The participant's training is assessed."""

    intake: Id
    kejuruan: Kejuruan
    kecamatan: Kecamatan
    person: Id
    passed: Flag
    attendance: Percent


class ApplicantCertified(Event):
    """The graduate holds a certificate: the centre's own, or an LSP's of competency."""

    intake: Id
    kind: Literal["training", "competency"]
    certificate: Id


# -- referral -------------------------------------------------------------------------------------


class ReferralOpened(Event):
    """Waiting applicants are asked whether they would take a partner's seat."""

    intake: Id
    kejuruan: Kejuruan
    support: Id
    offer: Positive
    partner: Code
    seats: Positive
    waiting: tuple[Place, ...]
    answer_by: Instant


class WillingnessNoted(Event):
    """One of those who were asked has answered."""

    application: Id
    willing: Flag


class ReferralMade(Event):
    """The lent seats go to the willing, best-ranked first; the others go on waiting."""

    intake: Id
    kejuruan: Kejuruan
    support: Id
    offer: Positive
    partner: Code
    referred: tuple[Place, ...]
    unused: Count


# -- trainee: a person's running training ---------------------------------------------------------


class TrainingReserved(Event):
    """The person takes part in this training and can't in another at the same time."""

    intake: Id
    application: Id


class TrainingRefused(Event):
    """The person takes part in another training already."""

    intake: Id
    application: Id
    running: Id


class TrainingReleased(Event):
    """The person's training is over, or did not come about."""

    intake: Id
    application: Id
    completed: Flag


# -- training: attendance and assessment ----------------------------------------------------------


class TrainingBegun(Event):
    """The class's register (daftar hadir) is open."""

    programme: Id
    title: Text
    skkni: Text
    kejuruan: Kejuruan
    hours: Positive
    min_attendance: Percent
    participants: tuple[Id, ...]


class AttendanceRecorded(Event):
    """Who was there in a session, and who was not."""

    kejuruan: Kejuruan
    session: Positive
    day: Day
    hours: Hours
    present: tuple[Id, ...]
    absent: tuple[Id, ...]


class AttendanceCorrected(Event):
    """An entry of the register was wrong; the first entry stays on the log."""

    kejuruan: Kejuruan
    session: Positive
    application: Id
    present: Flag
    reason: Code


class ParticipantLeft(Event):
    """A participant left the training."""

    application: Id


class AssessmentRecommended(Event):
    """The assessor (asesor) recommends; somebody else decides."""

    application: Id
    competent: Flag
    assessor: Text


class ParticipantAssessed(Event):
    """Whether the participant passed the training."""

    intake: Id
    application: Id
    passed: Flag
    attendance: Percent
    assessor: Text
    decided_by: Text


class TrainingCompleted(Event):
    """Every participant is assessed and all hours are taught."""

    programme: Id
    kejuruan: Kejuruan
    passed: Count
    failed: Count


# -- certificate ----------------------------------------------------------------------------------


class CertificateIssued(Event):
    """The centre's training certificate; its number can be checked by anybody."""

    number: Id
    application: Id
    intake: Id
    title: Text
    skkni: Text
    kejuruan: Kejuruan
    hours: Positive
    issued_on: Day


class CompetencyCertified(Event):
    """An LSP licensed by BNSP certified the graduate's competency, which the centre records."""

    application: Id
    intake: Id
    lsp: Text
    scheme: Text
    number: Text
    issued_on: Day
    valid_until: Day


class CertificateRevoked(Event):
    """The training certificate no longer holds."""

    reason: Code


# -- placement ------------------------------------------------------------------------------------


class FollowUpOpened(Event):
    """The graduate is asked what became of them, three and six months after the training."""

    application: Id
    intake: Id
    kejuruan: Kejuruan
    kecamatan: Kecamatan
    first_due: Instant
    second_due: Instant


class FollowUpDue(Event):
    """It is time to ask the graduate."""

    application: Id
    kejuruan: Kejuruan
    months: Months


class GraduatePlaced(Event):
    """What the graduate does after training: a job, an own business, further study, or none."""

    application: Id
    intake: Id
    kejuruan: Kejuruan
    kecamatan: Kecamatan
    months: Months
    outcome: PlacementOutcome


# -- workshop -------------------------------------------------------------------------------------


class WorkshopEquipped(Event):
    """Commissioned equipment stands in the field's workshop (bengkel)."""

    kejuruan: Kejuruan
    items: tuple[Item, ...]
    origin: Origin
    consignment: Id


class IntakeAwaited(Event):
    """A class needs this equipment in the workshop before it can start."""

    kejuruan: Kejuruan
    intake: Id
    needs: tuple[Item, ...]


class IntakeServed(Event):
    """A class no longer needs the workshop."""

    kejuruan: Kejuruan
    intake: Id


class WorkshopReady(Event):
    """The workshop has all that these classes need; the equipment is shared, not used up."""

    kejuruan: Kejuruan
    intakes: tuple[Id, ...]


class WorkshopUnready(Event):
    """The workshop no longer has all that these classes need."""

    kejuruan: Kejuruan
    intakes: tuple[Id, ...]
    missing: tuple[Item, ...]


class EquipmentBroken(Event):
    """Equipment of the workshop does not work."""

    kejuruan: Kejuruan
    items: tuple[Item, ...]


class EquipmentRepaired(Event):
    """Equipment of the workshop works again."""

    kejuruan: Kejuruan
    items: tuple[Item, ...]


class EquipmentWithdrawn(Event):
    """Equipment left the workshop for good: given back, or written off."""

    kejuruan: Kejuruan
    items: tuple[Item, ...]
    reason: Code


EVENTS: tuple[type[Event], ...] = (
    ProgrammePublished,
    ProgrammeRetired,
    InstructorAppointed,
    VisitingInstructorAppointed,
    CertificateRenewed,
    InstructorBooked,
    InstructorReleased,
    InstructorDischarged,
    IntakeDrafted,
    IntakeOpened,
    RegistrationExtended,
    RegistrationClosed,
    ApplicantListed,
    InstructorAssigned,
    InstructorUnassigned,
    IntakeWorkshopReady,
    IntakeWorkshopLost,
    StartBlocked,
    IntakeStarted,
    IntakeRescheduled,
    IntakeCancelled,
    IntakeCompleted,
    CandidateEntered,
    CandidateLeft,
    SelectionMade,
    IntakeOversubscribed,
    OffersLapsed,
    CandidatesPromoted,
    SeatGranted,
    SeatRefused,
    SeatsLent,
    ApplicantRegistered,
    ApplicationCorrected,
    DocumentAttached,
    CorrectionRequested,
    ApplicationDeclined,
    ApplicationWithdrawn,
    ApplicationCancelled,
    ScheduleChanged,
    ApplicationVerified,
    ApplicantScored,
    SeatOffered,
    ApplicantWaitlisted,
    ApplicantPromoted,
    SeatClaimed,
    SeatConfirmed,
    SeatLost,
    ReferralAsked,
    ReferralAnswered,
    ApplicantReferred,
    TrainingFinished,
    ApplicantCertified,
    ReferralOpened,
    WillingnessNoted,
    ReferralMade,
    TrainingReserved,
    TrainingRefused,
    TrainingReleased,
    TrainingBegun,
    AttendanceRecorded,
    AttendanceCorrected,
    ParticipantLeft,
    AssessmentRecommended,
    ParticipantAssessed,
    TrainingCompleted,
    CertificateIssued,
    CompetencyCertified,
    CertificateRevoked,
    FollowUpOpened,
    FollowUpDue,
    GraduatePlaced,
    WorkshopEquipped,
    IntakeAwaited,
    IntakeServed,
    WorkshopReady,
    WorkshopUnready,
    EquipmentBroken,
    EquipmentRepaired,
    EquipmentWithdrawn,
    *persons.EVENTS,
)
