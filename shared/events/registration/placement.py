"""Events of a graduate's placement."""

from typing import Annotated, Literal

from shared.events.base import Id, Instant
from shared.events.described import described
from shared.events.registration.owner import RegistrationEvent
from shared.events.registration.values import PlacementOutcome
from shared.events.values import Kecamatan, Kejuruan

# UCUM's mo is a month of the calendar.
Months = Annotated[
    Literal[3, 6],
    described(en="months after the training", id="bulan setelah pelatihan", unit="mo", example=3),
]


class FollowUpEnded(RegistrationEvent):
    """The graduate was erased and can no longer be asked what became of them."""

    application: Id
    kejuruan: Kejuruan
    months: Months


class FollowUpOpened(RegistrationEvent):
    """The graduate is asked what became of them, three and six months after the training."""

    application: Id
    intake: Id
    kejuruan: Kejuruan
    kecamatan: Kecamatan
    first_due: Instant
    second_due: Instant


class FollowUpDue(RegistrationEvent):
    """It is time to ask the graduate."""

    application: Id
    kejuruan: Kejuruan
    months: Months


class GraduatePlaced(RegistrationEvent):
    """The graduate's occupation after training: a job, an own business, further study, or none."""

    application: Id
    intake: Id
    kejuruan: Kejuruan
    kecamatan: Kecamatan
    months: Months
    outcome: PlacementOutcome
