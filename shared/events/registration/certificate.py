"""Events of a certificate."""

from shared.events.base import Code, Id, Positive, Text
from shared.events.registration.owner import RegistrationEvent
from shared.events.values import Day, Kejuruan


class CertificateIssued(RegistrationEvent):
    """The centre's training certificate; its number can be checked by anybody."""

    number: Id
    application: Id
    intake: Id
    title: Text
    skkni: Text
    kejuruan: Kejuruan
    hours: Positive
    issued_on: Day


class CompetencyCertified(RegistrationEvent):
    """An LSP licensed by BNSP certified the graduate's competency, which the centre records."""

    application: Id
    intake: Id
    lsp: Text
    scheme: Text
    number: Text
    issued_on: Day
    valid_until: Day


class CertificateRevoked(RegistrationEvent):
    """The training certificate no longer holds."""

    reason: Code
