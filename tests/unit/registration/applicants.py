"""Facts to start from: an invented applicant, and where their application can stand."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.registration.domain.application.eligibility import ApplicantFacts
from services.registration.domain.application.file_check import AttachDocument, RegisterApplicant
from services.registration.domain.intake.state import IntakeOutline
from shared.events.base import Event
from shared.events.registration.application import (
    ApplicantRegistered,
    ApplicantScored,
    ApplicationCancelled,
    ApplicationDeclined,
    ApplicationVerified,
    ApplicationWithdrawn,
    CorrectionRequested,
)
from shared.events.registration.enrolment import (
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
from shared.events.registration.values import Eligibility, Place
from shared.events.values import Document, EntryRules, Ranking, Reason
from tests.unit.given import NOW

RANKING: Ranking = ("priority", "score", "written", "registration")
WELDING = EntryRules(min_education="sma", max_age=35)
CLAIM_BY = datetime(2022, 7, 8, 16, 0, tzinfo=UTC)
ANSWER_BY = datetime(2022, 7, 7, 16, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
PAPER = Document(kind="ijazah", sha256="ab" * 32, media_type="application/pdf")
ATTACH = AttachDocument(**dict(PAPER))

SITI = ApplicantFacts(
    ktp_region="64.01.04",
    birth_date=date(2002, 3, 14),
    sex="female",
    education="smk",
    in_school=False,
    in_training=False,
    in_higher_education=False,
    employed=False,
    trained_this_year=False,
)
INTAKE = IntakeOutline(
    programme="p1",
    kejuruan="las",
    entry=WELDING,
    registration_opens=date(2022, 6, 6),
    registration_closes=date(2022, 7, 8),
    open=True,
)


def register(*, opened: IntakeOutline = INTAKE, **changes: Any) -> RegisterApplicant:
    return RegisterApplicant(
        intake="i1",
        opened=opened,
        person="person-1",
        sealed="c2VhbGVk",
        **{**dict(SITI), **changes},
    )


def place(name: str, rank: int = 1) -> Place:
    return Place(application=name, rank=rank, priority=True, score=140, registered_at=NOW)


PLACE = {"intake": "i1", "kejuruan": "las", "kecamatan": "64.01.04"}
WHY = Reason(
    rule="selected",
    params={
        "rank": 1,
        "candidates": 24,
        "quota": 16,
        "priority": True,
        "score": 160,
        "ranking": ("score", "registration"),
    },
    version=1,
)
REGISTERED = ApplicantRegistered(
    **PLACE,
    programme="p1",
    person="person-1",
    sealed="c2VhbGVk",
    sex="female",
    age_band="under-21",
    education="smk",
    priority=True,
    eligibility=Eligibility(version=2, rules=()),
    registered_at=NOW,
    registered_by="applicant",
)
TO_MEND = CorrectionRequested(intake="i1", points=("ijazah",))
VERIFIED = ApplicationVerified(intake="i1")
SCORED = ApplicantScored(intake="i1", priority=True, written=81, interview=70, registered_at=NOW)
OFFERED = SeatOffered(intake="i1", rank=1, why=WHY, claim_by=CLAIM_BY)
PROMOTED = ApplicantPromoted(**PLACE, rank=17, why=WHY, claim_by=CLAIM_BY)
WAITLISTED = ApplicantWaitlisted(**PLACE, rank=17, why=WHY)
RESERVE = ApplicantWaitlisted(**PLACE, rank=33, why=WHY, reserve=True)
CLAIMED = SeatClaimed(intake="i1", person="person-1")
CONFIRMED = SeatConfirmed(intake="i1")
LOST = SeatLost(intake="i1", person="person-1", reason="full")
DECLINED = ApplicationDeclined(
    **PLACE,
    reasons=(Reason(rule="papers-missing", version=1),),
)
WITHDRAWN = ApplicationWithdrawn(
    **PLACE, person="person-1", withdrawn_by="applicant", reason="found-work"
)
CANCELLED = ApplicationCancelled(**PLACE, person="person-1", reason="Peserta terlalu sedikit.")
ASKED = ReferralAsked(
    intake="i1", support="s1", offer=1, partner="bpvp-makassar", answer_by=ANSWER_BY
)
WILLING = ReferralAnswered(intake="i1", support="s1", offer=1, willing=True)
UNWILLING = ReferralAnswered(intake="i1", support="s1", offer=1, willing=False)
REFERRED = ApplicantReferred(
    **PLACE,
    person="person-1",
    education="smk",
    support="s1",
    offer=1,
    partner="bpvp-makassar",
    rank=17,
)
FINISHED = TrainingFinished(**PLACE, person="person-1", passed=True, attendance=95)

_RANKED: list[Event] = [REGISTERED, VERIFIED, SCORED]
HISTORIES: dict[str, list[Event]] = {
    "registered": [REGISTERED],
    "correction": [REGISTERED, TO_MEND],
    "declined": [REGISTERED, DECLINED],
    "verified": [REGISTERED, VERIFIED],
    "scored": _RANKED,
    "offered": [*_RANKED, OFFERED],
    "waitlisted": [*_RANKED, WAITLISTED],
    "reserve": [*_RANKED, RESERVE],
    "claimed": [*_RANKED, OFFERED, CLAIMED],
    "confirmed": [*_RANKED, OFFERED, CLAIMED, CONFIRMED],
    "lost": [*_RANKED, OFFERED, CLAIMED, LOST],
    "withdrawn": [*_RANKED, WITHDRAWN],
    "cancelled": [*_RANKED, CANCELLED],
    "referred": [*_RANKED, WAITLISTED, ASKED, WILLING, REFERRED],
    "finished": [*_RANKED, OFFERED, CLAIMED, CONFIRMED, FINISHED],
}
ENDED = {"declined", "lost", "withdrawn", "cancelled", "referred", "finished"}
