"""Samples of what the training centre says about applicants, participants and graduates."""

from datetime import UTC, date, datetime

from shared.events.registration.application import (
    ApplicantRegistered,
    ApplicantScored,
    ApplicationCancelled,
    ApplicationCorrected,
    ApplicationDeclined,
    ApplicationVerified,
    ApplicationWithdrawn,
    CorrectionRequested,
    DocumentAttached,
    ScheduleChanged,
)
from shared.events.registration.certificate import (
    CertificateIssued,
    CertificateRevoked,
    CompetencyCertified,
)
from shared.events.registration.enrolment import (
    ApplicantCertified,
    ApplicantPromoted,
    ApplicantReferred,
    ApplicantWaitlisted,
    ReferralAnswered,
    ReferralAsked,
    SeatClaimed,
    SeatConfirmed,
    SeatLost,
    SeatOffered,
    TrainingFinished,
)
from shared.events.registration.placement import FollowUpDue, FollowUpOpened, GraduatePlaced
from shared.events.registration.referral import ReferralMade, ReferralOpened, WillingnessNoted
from shared.events.registration.trainee import TrainingRefused, TrainingReleased, TrainingReserved
from shared.events.registration.training import (
    AssessmentRecommended,
    AttendanceCorrected,
    AttendanceRecorded,
    ParticipantAssessed,
    ParticipantLeft,
    TrainingBegun,
    TrainingCompleted,
)
from shared.events.registration.values import Eligibility, RuleResult
from shared.events.values import Reason
from tests.contract.sampled import (
    ANSWER_BY,
    CLAIM_BY,
    ENDS,
    GOOD,
    OTHER,
    PERSON,
    REGISTERED,
    SKKNI,
    STARTS,
    SUPPORT,
    TITLE,
    WAIT,
    Sample,
    id_of,
    paper,
    place,
    sealed,
)
from tests.contract.vectors import ACTOR, APPLICATION, INTAKE, PROGRAMME

_I, _A, _S = id_of(INTAKE), id_of(APPLICATION), id_of(SUPPORT)
_HOME = "64.01.04"
_REFERRAL = f"referral/{_I}.{_S}.1"
_TRAINEE = f"trainee/{PERSON}"
_TRAINING = f"training/{_I}"
_NUMBER = "BLK-PSR-2023-LAS-7K3Q9D"
_CERTIFICATE = f"certificate/{_NUMBER}"
_PLACEMENT = f"placement/{_A}"
_ELIGIBILITY = Eligibility(
    version=1,
    rules=(
        RuleResult(
            rule="ktp-paser",
            version=1,
            passed=True,
        ),
        RuleResult(
            rule="min-age",
            params={"age": 17},
            version=1,
            passed=True,
        ),
    ),
    priority=(
        RuleResult(
            rule="without-work",
            version=1,
            passed=True,
        ),
    ),
)

APPLICATIONS = (
    Sample(
        APPLICATION,
        ApplicantRegistered(
            intake=_I,
            programme=id_of(PROGRAMME),
            kejuruan="las",
            person=PERSON,
            sealed=sealed("applicant"),
            kecamatan=_HOME,
            sex="female",
            age_band="under-21",
            education="smk",
            priority=True,
            eligibility=_ELIGIBILITY,
            registered_at=REGISTERED,
            registered_by="officer",
            account=ACTOR,
        ),
    ),
    Sample(
        APPLICATION,
        ApplicationCorrected(
            intake=_I,
            kejuruan="las",
            sealed=sealed("corrected"),
            kecamatan="64.01.06",
            sex="female",
            age_band="under-21",
            education="smk",
            priority=True,
            eligibility=_ELIGIBILITY,
            corrected_by="applicant",
        ),
        sequence=2,
    ),
    Sample(
        APPLICATION,
        DocumentAttached(intake=_I, document=paper("ijazah")),
        sequence=3,
    ),
    Sample(
        APPLICATION,
        CorrectionRequested(intake=_I, points=("ijazah",), sealed=sealed("note")),
        sequence=4,
    ),
    Sample(
        OTHER,
        ApplicationDeclined(
            intake=_I,
            kejuruan="las",
            kecamatan="64.01.07",
            reasons=(
                Reason(
                    rule="max-age",
                    params={"age": 35},
                    version=1,
                ),
            ),
            sealed=sealed("declined"),
        ),
        sequence=2,
    ),
    Sample(
        APPLICATION,
        ApplicationWithdrawn(
            intake=_I,
            kejuruan="las",
            kecamatan=_HOME,
            person=PERSON,
            withdrawn_by="applicant",
            reason="found-work",
        ),
        sequence=9,
    ),
    Sample(
        APPLICATION,
        ApplicationCancelled(
            intake=_I,
            kejuruan="las",
            kecamatan=_HOME,
            person=PERSON,
            reason="The budget of the year was cut.",
        ),
        sequence=9,
        by="event",
    ),
    Sample(
        APPLICATION,
        ScheduleChanged(
            intake=_I,
            starts_on=STARTS,
            ends_on=ENDS,
            reason="The electrodes arrive a week later.",
        ),
        sequence=8,
        by="event",
    ),
    Sample(APPLICATION, ApplicationVerified(intake=_I), sequence=5),
    Sample(
        APPLICATION,
        ApplicantScored(
            intake=_I, priority=True, written=83, interview=88, registered_at=REGISTERED
        ),
        sequence=6,
    ),
    Sample(
        APPLICATION,
        SeatOffered(intake=_I, rank=1, why=GOOD, claim_by=CLAIM_BY),
        sequence=7,
        by="event",
    ),
    Sample(
        OTHER,
        ApplicantWaitlisted(
            intake=_I, kejuruan="las", kecamatan="64.01.07", rank=19, why=WAIT, reserve=False
        ),
        sequence=4,
        by="event",
    ),
    Sample(
        OTHER,
        ApplicantPromoted(
            intake=_I, kejuruan="las", kecamatan="64.01.07", rank=19, why=GOOD, claim_by=CLAIM_BY
        ),
        sequence=5,
        by="event",
    ),
    Sample(APPLICATION, SeatClaimed(intake=_I, person=PERSON), sequence=8),
    Sample(APPLICATION, SeatConfirmed(intake=_I), sequence=9, by="event"),
    Sample(
        OTHER,
        SeatLost(intake=_I, person=PERSON, reason="in-training"),
        sequence=6,
        by="event",
    ),
    Sample(
        OTHER,
        ReferralAsked(intake=_I, support=_S, offer=1, partner="makassar", answer_by=ANSWER_BY),
        sequence=5,
        by="event",
    ),
    Sample(
        OTHER,
        ReferralAnswered(intake=_I, support=_S, offer=1, willing=True),
        sequence=6,
    ),
    Sample(
        OTHER,
        ApplicantReferred(
            intake=_I,
            kejuruan="las",
            kecamatan="64.01.07",
            person=PERSON,
            education="smk",
            support=_S,
            offer=1,
            partner="makassar",
            rank=19,
        ),
        sequence=7,
        by="event",
    ),
    Sample(
        APPLICATION,
        TrainingFinished(
            intake=_I,
            kejuruan="las",
            kecamatan=_HOME,
            person=PERSON,
            passed=True,
            attendance=96,
        ),
        sequence=10,
        by="event",
    ),
    Sample(
        APPLICATION,
        ApplicantCertified(intake=_I, kind="training", certificate=_NUMBER),
        sequence=11,
        by="event",
    ),
)

REFERRALS = (
    Sample(
        _REFERRAL,
        ReferralOpened(
            intake=_I,
            kejuruan="las",
            support=_S,
            offer=1,
            partner="makassar",
            seats=4,
            waiting=(place(OTHER, 19),),
            answer_by=ANSWER_BY,
        ),
        by="event",
    ),
    Sample(
        _REFERRAL,
        WillingnessNoted(application=id_of(OTHER), willing=True),
        sequence=2,
        by="event",
    ),
    Sample(
        _REFERRAL,
        ReferralMade(
            intake=_I,
            kejuruan="las",
            support=_S,
            offer=1,
            partner="makassar",
            referred=(place(OTHER, 19),),
            unused=3,
        ),
        sequence=3,
        by="timer",
    ),
)

TRAINEES = (
    Sample(
        _TRAINEE,
        TrainingReserved(intake=_I, application=_A),
        by="event",
    ),
    Sample(
        _TRAINEE,
        TrainingRefused(
            intake="01890a5e-0c1f-7b3a-9d51-6a2f4e8c1b99", application=id_of(OTHER), running=_I
        ),
        sequence=2,
        by="event",
    ),
    Sample(
        _TRAINEE,
        TrainingReleased(intake=_I, application=_A, completed=True),
        sequence=3,
        by="event",
    ),
)

TRAININGS = (
    Sample(
        _TRAINING,
        TrainingBegun(
            programme=id_of(PROGRAMME),
            title=TITLE,
            skkni=SKKNI,
            kejuruan="las",
            hours=480,
            min_attendance=80,
            participants=(_A, id_of(OTHER)),
        ),
        by="event",
    ),
    Sample(
        _TRAINING,
        AttendanceRecorded(
            kejuruan="las",
            session=1,
            day=STARTS,
            hours=8,
            present=(_A,),
            absent=(id_of(OTHER),),
        ),
        sequence=2,
    ),
    Sample(
        _TRAINING,
        AttendanceCorrected(
            kejuruan="las",
            session=1,
            application=id_of(OTHER),
            present=True,
            reason="late-note",
        ),
        sequence=3,
    ),
    Sample(
        _TRAINING,
        ParticipantLeft(application=id_of(OTHER)),
        sequence=4,
        by="event",
    ),
    Sample(
        _TRAINING,
        AssessmentRecommended(application=_A, competent=True, assessor="5f2d8c90b7a1"),
        sequence=62,
    ),
    Sample(
        _TRAINING,
        ParticipantAssessed(
            intake=_I,
            application=_A,
            passed=True,
            attendance=96,
            assessor="5f2d8c90b7a1",
            decided_by="c07b41ea92d6",
        ),
        sequence=63,
    ),
    Sample(
        _TRAINING,
        TrainingCompleted(programme=id_of(PROGRAMME), kejuruan="las", passed=15, failed=1),
        sequence=64,
    ),
)

CERTIFICATES = (
    Sample(
        _CERTIFICATE,
        CertificateIssued(
            number=_NUMBER,
            application=_A,
            intake=_I,
            title=TITLE,
            skkni=SKKNI,
            kejuruan="las",
            hours=480,
            issued_on=date(2023, 10, 2),
        ),
    ),
    Sample(
        _CERTIFICATE,
        CompetencyCertified(
            application=_A,
            intake=_I,
            lsp="LSP Pengelasan Indonesia",
            scheme="Plate welder SMAW 3G",
            number="24029 7212 0 0000412 2023",
            issued_on=date(2023, 10, 9),
            valid_until=date(2026, 10, 8),
        ),
        sequence=2,
    ),
    Sample(_CERTIFICATE, CertificateRevoked(reason="issued-in-error"), sequence=3),
)

PLACEMENTS = (
    Sample(
        _PLACEMENT,
        FollowUpOpened(
            application=_A,
            intake=_I,
            kejuruan="las",
            kecamatan=_HOME,
            first_due=datetime(2023, 12, 29, 16, 0, tzinfo=UTC),
            second_due=datetime(2024, 3, 29, 16, 0, tzinfo=UTC),
        ),
        by="event",
    ),
    Sample(
        _PLACEMENT,
        FollowUpDue(application=_A, kejuruan="las", months=3),
        sequence=2,
        by="timer",
    ),
    Sample(
        _PLACEMENT,
        GraduatePlaced(
            application=_A,
            intake=_I,
            kejuruan="las",
            kecamatan=_HOME,
            months=3,
            outcome="own-business",
        ),
        sequence=3,
    ),
)

SAMPLES = (
    *APPLICATIONS,
    *REFERRALS,
    *TRAINEES,
    *TRAININGS,
    *CERTIFICATES,
    *PLACEMENTS,
)
