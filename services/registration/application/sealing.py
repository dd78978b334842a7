"""Sealing what identifies a person, who may be erased at that very moment."""

from collections.abc import Mapping

from services.registration.domain.person import gone
from shared.privacy.vault import PersonalDataVault


async def seal(
    privacy: PersonalDataVault, person: str, event: str, data: Mapping[str, object]
) -> str:
    """Sealed for the event that will hold it. Raises Refused for a person who was erased."""
    try:
        return await privacy.seal(person, event, data)
    except KeyError as error:
        raise gone() from error
