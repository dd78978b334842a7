"""Events of an alignment: a region and a centre agree on a programme."""

from typing import Annotated

from pydantic import Field

from shared.events.base import Id, Positive
from shared.events.partners.owner import PartnersEvent
from shared.events.values import Agency, Attestation, Kejuruan, ProgrammeContent, Prose


class AlignmentOpened(PartnersEvent):
    """A need (local potential, labour market) is put to the region and the centres of the field."""

    kejuruan: Kejuruan
    region: Agency
    labour_market: Prose
    content: ProgrammeContent
    programme: Annotated[Id, Field(description="whose next version it becomes")] | None = None
    attestation: Attestation | None = None


class AlignmentCommented(PartnersEvent):
    """The region or a centre says what it thinks of the draft."""

    kejuruan: Kejuruan
    agency: Agency
    comment: Prose
    attestation: Attestation | None = None


class AlignmentRevised(PartnersEvent):
    """The draft has changed; who agreed to the earlier one is asked again."""

    kejuruan: Kejuruan
    region: Agency
    content: ProgrammeContent
    draft: Positive
    attestation: Attestation | None = None


class AlignmentAgreed(PartnersEvent):
    """The region or a centre of the field agrees to this draft."""

    kejuruan: Kejuruan
    agency: Agency
    draft: Positive
    attestation: Attestation | None = None


class ProgrammeAligned(PartnersEvent):
    """Region and centre agree on the same draft: the programme may be published."""

    kejuruan: Kejuruan
    region: Agency
    agencies: tuple[Agency, ...]
    content: ProgrammeContent
    programme: Id | None = None


class AlignmentDropped(PartnersEvent):
    """The region no longer pursues the need."""

    kejuruan: Kejuruan
    region: Agency
    reason: Prose
