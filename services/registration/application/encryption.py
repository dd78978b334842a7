"""Encryption of what identifies a person, who may be erased at that very moment."""

from collections.abc import Mapping

from services.registration.domain.person import gone
from shared.privacy.vault import PersonalDataVault


async def encrypt(
    vault: PersonalDataVault, data: Mapping[str, object], *, person: str, event: str
) -> str:
    """Return the data encrypted with the person's key, for the event "<stream>/<sequence>" alone.

    Raises Refused for a person who was erased.
    """
    try:
        return await vault.seal(person, event, data)
    except KeyError as error:
        raise gone() from error
