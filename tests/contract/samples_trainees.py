"""Samples of what the training centre says about participants and graduates."""

from datetime import UTC, date, datetime

from shared.events.registration.certificate import (
    CertificateIssued,
    CertificateRevoked,
    CompetencyCertified,
)
from shared.events.registration.placement import FollowUpDue, FollowUpOpened, GraduatePlaced
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
from tests.contract.sampled import (
    CERTIFICATE,
    HOME,
    OTHER,
    PERSON,
    SKKNI,
    STARTS,
    TITLE,
    Sample,
    id_of,
)
from tests.contract.wire import APPLICATION, INTAKE, PROGRAMME

_I = id_of(INTAKE)
_A = id_of(APPLICATION)
_TRAINEE = f"trainee/{PERSON}"
_TRAINING = f"training/{_I}"
_CERTIFICATE = f"certificate/{CERTIFICATE}"
_PLACEMENT = f"placement/{_A}"

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
            number=CERTIFICATE,
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
            kecamatan=HOME,
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
            kecamatan=HOME,
            months=3,
            outcome="own-business",
        ),
        sequence=3,
    ),
)

SAMPLES = (*TRAINEES, *TRAININGS, *CERTIFICATES, *PLACEMENTS)
