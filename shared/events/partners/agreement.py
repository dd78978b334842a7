"""Events of an agreement between a region and a partner."""

from typing import Literal

from shared.events.base import Code, Text
from shared.events.partners.owner import PartnersEvent
from shared.events.values import Agency, Attestation, Day, Kejuruan, Prose, SupportKind


class AgreementProposed(PartnersEvent):
    """One side proposes an agreement (perjanjian kerja sama) to the other, signed by proposing."""

    partner: Code
    partner_agency: Agency
    centre: Agency
    proposed_by: Agency
    kinds: tuple[SupportKind, ...]
    fields: tuple[Kejuruan, ...]
    starts_on: Day
    ends_on: Day
    number: Text
    attestation: Attestation | None = None


class AgreementSigned(PartnersEvent):
    """The other side signed: support of its scope may be given in its period."""

    partner: Code
    agency: Agency
    signer: Text
    attestation: Attestation | None = None


class AgreementEnded(PartnersEvent):
    """The agreement's time is over, it was refused, or one side ended it."""

    partner: Code
    cause: Literal["expired", "refused", "terminated"]
    reason: Prose | None = None
