"""What the training centre (BLK) publishes: programmes, intakes, applications, the workshop.

No event holds a name, NIK, birth date, phone number or address, nor an officer's free text: these
are in `sealed`, encrypted under a key per person; `person` is a random id.
"""

from typing import Annotated, Literal

from pydantic import Field

from shared.events.base import Code, Count, Event, Id, Instant, Positive, Text, Value
from shared.events.values import (
    AgeBand,
    Day,
    Education,
    Flag,
    Funding,
    Item,
    Kecamatan,
    Kejuruan,
    Origin,
    Prose,
    Reason,
    Sealed,
    Sex,
)

Quota = Annotated[int, Field(strict=True, ge=1, le=200, description="places of one class")]
MinimumAge = Annotated[int, Field(strict=True, ge=17, le=100)]
Score = Annotated[int, Field(strict=True, ge=0, le=100)]
SeatReason = Literal["not-offered", "full", "started"]


class EntryRules(Value):
    """Whom a programme admits, beside the rules that hold for all."""

    min_education: Education
    min_age: MinimumAge = 17
    max_age: MinimumAge | None = None


class Certificate(Value):
    """A certificate and the last day on which it is valid."""

    number: Text
    valid_until: Day


class RuleResult(Reason):
    """One rule of eligibility, whether it holds for this person, and why."""

    passed: Flag


class Eligibility(Value):
    """How every rule turned out, and by which version of the rules."""

    version: Positive
    rules: tuple[RuleResult, ...]


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


class ProgrammePublished(Event):
    """A training programme is offered (program pelatihan)."""

    title: Text
    kejuruan: Kejuruan
    skkni: Text
    hours: Positive
    local_potential: Prose
    tna_reference: Text | None = None
    entry: EntryRules
    equipment: tuple[Item, ...]
    instructors: Positive


class InstructorAppointed(Event):
    """An instructor with both certificates, metodologi and kompetensi, serves the centre."""

    person: Id
    sealed: Sealed
    fields: tuple[Kejuruan, ...]
    methodology: Certificate
    competency: Certificate


class IntakeOpened(Event):
    """A class (angkatan) of a programme takes applications; it keeps the programme as it was."""

    programme: Id
    title: Text
    kejuruan: Kejuruan
    entry: EntryRules
    equipment: tuple[Item, ...]
    instructors: Positive
    quota: Quota
    funding: Funding
    registration_opens: Day
    registration_closes: Day
    starts_on: Day
    ends_on: Day


class InstructorAssigned(Event):
    """An instructor will teach the intake."""

    instructor: Id
    kejuruan: Kejuruan


class CandidateEntered(Event):
    """A scored applicant takes part in the selection."""

    candidate: Candidate


class SelectionMade(Event):
    """The ranking was drawn up (seleksi): who is offered a seat, who waits."""

    programme: Id
    kejuruan: Kejuruan
    quota: Quota
    candidates: Positive
    offered: tuple[Place, ...]
    waitlisted: tuple[Place, ...]


class IntakeOversubscribed(Event):
    """More candidates than seats: some wait, and other centres may have seats for them."""

    programme: Id
    kejuruan: Kejuruan
    quota: Quota
    candidates: Positive
    waiting: Positive


class SeatGranted(Event):
    """The intake's ledger gave the seat to the applicant who claimed it."""

    application: Id


class SeatRefused(Event):
    """The intake's ledger had no seat for the applicant who claimed one."""

    application: Id
    reason: SeatReason


class StartBlocked(Event):
    """The start was asked for and waits; it follows by itself when nothing is missing."""

    kejuruan: Kejuruan
    missing: tuple[Code, ...]


class IntakeWorkshopReady(Event):
    """The intake has heard that its workshop has what it needs."""

    kejuruan: Kejuruan


class IntakeStarted(Event):
    """Training has begun, with these participants (peserta)."""

    programme: Id
    kejuruan: Kejuruan
    instructors: tuple[Id, ...]
    participants: tuple[Id, ...]


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
    registered_by: Literal["applicant", "officer"]


class ApplicationDeclined(Event):
    """The application can't go on, for these reasons."""

    intake: Id
    kejuruan: Kejuruan
    kecamatan: Kecamatan
    reasons: tuple[Reason, ...]
    sealed: Sealed | None = None


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


class ApplicantWaitlisted(Event):
    """The applicant is on the waiting list (daftar tunggu)."""

    intake: Id
    rank: Positive
    why: Reason


class SeatClaimed(Event):
    """The applicant re-registered (daftar ulang); the intake's ledger decides."""

    intake: Id


class SeatConfirmed(Event):
    """The applicant has the seat."""

    intake: Id


class SeatLost(Event):
    """The applicant claimed a seat and there was none."""

    intake: Id
    reason: SeatReason


class WorkshopEquipped(Event):
    """Commissioned equipment stands in the field's workshop (bengkel)."""

    kejuruan: Kejuruan
    items: tuple[Item, ...]
    origin: Origin
    consignment: Id


class IntakeAwaited(Event):
    """An intake needs this equipment in the workshop before it can start."""

    kejuruan: Kejuruan
    intake: Id
    needs: tuple[Item, ...]


class WorkshopReady(Event):
    """The workshop has all that these intakes need; the equipment is shared, not used up."""

    kejuruan: Kejuruan
    intakes: tuple[Id, ...]


EVENTS: tuple[type[Event], ...] = (
    ProgrammePublished,
    InstructorAppointed,
    IntakeOpened,
    InstructorAssigned,
    CandidateEntered,
    SelectionMade,
    IntakeOversubscribed,
    SeatGranted,
    SeatRefused,
    StartBlocked,
    IntakeWorkshopReady,
    IntakeStarted,
    ApplicantRegistered,
    ApplicationDeclined,
    ApplicationVerified,
    ApplicantScored,
    SeatOffered,
    ApplicantWaitlisted,
    SeatClaimed,
    SeatConfirmed,
    SeatLost,
    WorkshopEquipped,
    IntakeAwaited,
    WorkshopReady,
)
