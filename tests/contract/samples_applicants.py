"""Samples of what the training centre says about applicants and their referral."""

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
from shared.events.registration.referral import ReferralMade, ReferralOpened, WillingnessNoted
from shared.events.registration.values import Eligibility, RuleResult
from shared.events.values import Reason
from tests.contract.sampled import (
    ANSWER_BY,
    CERTIFICATE,
    CLAIM_BY,
    ENDS,
    GOOD,
    HOME,
    OTHER,
    PERSON,
    REGISTERED,
    STARTS,
    SUPPORT,
    WAIT,
    Sample,
    id_of,
    paper,
    place,
    sealed,
)
from tests.contract.wire import ACTOR, APPLICATION, INTAKE, PROGRAMME

_I = id_of(INTAKE)
_S = id_of(SUPPORT)
_REFERRAL = f"referral/{_I}.{_S}.1"
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
            kecamatan=HOME,
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
            kecamatan=HOME,
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
            kecamatan=HOME,
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
            kecamatan=HOME,
            person=PERSON,
            passed=True,
            attendance=96,
        ),
        sequence=10,
        by="event",
    ),
    Sample(
        APPLICATION,
        ApplicantCertified(intake=_I, kind="training", certificate=CERTIFICATE),
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

SAMPLES = (*APPLICATIONS, *REFERRALS)
