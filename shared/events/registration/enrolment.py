"""Events of an application from the ranking on: its seat, referral, result and erasure."""

from typing import Annotated, Literal

from pydantic import Field

from shared.events.base import Code, Id, Instant, Positive, Text
from shared.events.registration.owner import RegistrationEvent
from shared.events.registration.values import SeatReason
from shared.events.values import Education, Flag, Kecamatan, Kejuruan, Percent, Reason


class ApplicantErased(RegistrationEvent):
    """The application's person was erased: whoever derived rows about them takes these away.

    What only counts people may go on counting.
    """

    intake: Id
    kejuruan: Kejuruan
    kecamatan: Kecamatan
    person: Id
    account: Annotated[Text, Field(description="opaque name of the applicant's account")] | None = (
        None
    )
    support: Annotated[Id, Field(description="by which they were referred")] | None = None


class SeatOffered(RegistrationEvent):
    """The applicant was selected and may claim the seat by re-registering (daftar ulang)."""

    intake: Id
    rank: Positive
    why: Reason
    claim_by: Instant


class ApplicantWaitlisted(RegistrationEvent):
    """The applicant is on the waiting list (daftar tunggu), or in reserve behind it."""

    intake: Id
    kejuruan: Kejuruan
    kecamatan: Kecamatan
    rank: Positive
    why: Reason
    reserve: Flag = False


class ApplicantPromoted(RegistrationEvent):
    """A seat became free, and it is this applicant's turn."""

    intake: Id
    kejuruan: Kejuruan
    kecamatan: Kecamatan
    rank: Positive
    why: Reason
    claim_by: Instant


class SeatClaimed(RegistrationEvent):
    """The applicant re-registered (daftar ulang); other trainings and the ledger decide."""

    intake: Id
    person: Id


class SeatConfirmed(RegistrationEvent):
    """The applicant has the seat."""

    intake: Id


class SeatLost(RegistrationEvent):
    """The applicant claimed a seat and there was none, or did not claim it in time."""

    intake: Id
    person: Id
    reason: SeatReason


class ReferralAsked(RegistrationEvent):
    """A partner has a seat, and the waiting applicant is asked whether to take it."""

    intake: Id
    support: Id
    offer: Positive
    partner: Code
    answer_by: Instant


class ReferralAnswered(RegistrationEvent):
    """The waiting applicant would take the partner's seat, or would not."""

    intake: Id
    support: Id
    offer: Positive
    willing: Flag


class ApplicantReferred(RegistrationEvent):
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


class TrainingFinished(RegistrationEvent):
    """The participant's training is assessed."""

    intake: Id
    kejuruan: Kejuruan
    kecamatan: Kecamatan
    person: Id
    passed: Flag
    attendance: Percent


class ApplicantCertified(RegistrationEvent):
    """The graduate holds a certificate: the centre's own, or an LSP's of competency."""

    intake: Id
    kind: Literal["training", "competency"]
    certificate: Id
