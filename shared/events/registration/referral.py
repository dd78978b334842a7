"""Events of a referral: a partner's seats, offered to those who wait."""

from shared.events.base import Code, Count, Id, Instant, Positive
from shared.events.registration.owner import RegistrationEvent
from shared.events.registration.values import Place
from shared.events.values import Flag, Kejuruan


class ReferralOpened(RegistrationEvent):
    """Waiting applicants are asked whether they would take a partner's seat."""

    intake: Id
    kejuruan: Kejuruan
    support: Id
    offer: Positive
    partner: Code
    seats: Positive
    waiting: tuple[Place, ...]
    answer_by: Instant


class WillingnessNoted(RegistrationEvent):
    """One of those who were asked has answered."""

    application: Id
    willing: Flag


class ReferralMade(RegistrationEvent):
    """The lent seats go to the willing, best-ranked first; the others go on waiting."""

    intake: Id
    kejuruan: Kejuruan
    support: Id
    offer: Positive
    partner: Code
    referred: tuple[Place, ...]
    unused: Count
