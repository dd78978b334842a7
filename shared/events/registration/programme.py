"""Events of a programme (program pelatihan)."""

from typing import Annotated

from pydantic import Field

from shared.events.base import Id, Positive
from shared.events.registration.owner import RegistrationEvent
from shared.events.values import Kejuruan, ProgrammeContent, Prose


class ProgrammePublished(RegistrationEvent):
    """A version of a programme is offered; classes opened before keep the version they have."""

    number: Annotated[Positive, Field(description="the version, from 1")]
    content: ProgrammeContent
    alignment: Id | None = None


class ProgrammeRetired(RegistrationEvent):
    """No new class of this programme opens."""

    kejuruan: Kejuruan
    reason: Prose
