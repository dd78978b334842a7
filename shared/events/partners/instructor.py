"""Events of a partner's instructor."""

from shared.events.base import Code, Id, Positive
from shared.events.partners.owner import PartnersEvent
from shared.events.values import Agency, Certificate, Day, Kejuruan


class InstructorListed(PartnersEvent):
    """A partner's instructor may be asked for; a later listing replaces this."""

    partner: Code
    agency: Agency
    fields: tuple[Kejuruan, ...]
    methodology: Certificate
    competency: Certificate


class VisitBooked(PartnersEvent):
    """The instructor's days belong to this accepted offer."""

    support: Id
    offer: Positive
    starts_on: Day
    ends_on: Day


class VisitRefused(PartnersEvent):
    """The instructor is elsewhere on some of these days."""

    support: Id
    offer: Positive
