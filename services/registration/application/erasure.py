"""Erasure of a person: destroying their key, look-ups and the name of their account."""

from collections.abc import Iterable, Sequence

import orjson

from services.registration.application.follow_codes import Lookup
from services.registration.domain.person import Person
from shared.events.base import Event
from shared.events.registration.person import PersonalDataErased, PersonFile
from shared.eventsourcing.states import STATES
from shared.kernel.ports import Commit, scan_all
from shared.privacy.vault import PersonalDataVault
from shared.signing.cloudevents import Envelope, read
from shared.web.resources import Resources


class PersonErasure:
    """Carries out PersonalDataErased."""

    on: tuple[type[Event], ...] = (PersonalDataErased,)

    def __init__(self, service: Resources) -> None:
        self._service = service
        self._vault = PersonalDataVault(service.store, service.keys.secret, service.keys.wrapping)
        self._lookup = Lookup(service.store, service.keys.secret)

    async def carry_out(self, envelope: Envelope, event: PersonalDataErased) -> None:
        """Destroy what the event names. May be repeated."""
        person = envelope.subject.partition("/")[2]
        await self._destroy([person], event.files, event.accounts)

    async def after(self, commit: Commit) -> None:
        """Carry out a commit of this service at once, before the log brings it back."""
        for record in commit.records:
            envelope = read(record)
            await self.carry_out(envelope, PersonalDataErased.of(envelope.data))

    async def repeat(self) -> None:
        """Destroy again what was to be destroyed for every erased person."""
        persons: list[str] = []
        files: list[PersonFile] = []
        accounts: list[str] = []
        async for row in scan_all(self._service.store, STATES, "person/"):
            person = Person.model_validate(orjson.loads(row.body or b"{}")["state"])
            if person.erased is not None:
                persons.append(row.key.partition("/")[2])
                files += person.files
                accounts += person.accounts
        if persons:
            await self._destroy(persons, files, accounts)

    async def _destroy(
        self, persons: Sequence[str], files: Iterable[PersonFile], accounts: Sequence[str]
    ) -> None:
        applications = [file.id for file in files if file.kind == "application"]
        await self._lookup.forget(*applications)
        await self._service.pseudonyms.forget(*accounts)
        await self._vault.erase(*persons)
