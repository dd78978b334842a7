"""What the centre holds about a person, file by file, and who has read it."""

from collections.abc import Iterable, Sequence
from typing import Any, assert_never

from services.registration.domain.application.aggregate import application_stream
from services.registration.domain.application.state import Application
from services.registration.domain.instructor import Instructor, instructor_stream
from services.registration.domain.person import person_stream
from shared.events.registration.person import PersonalDataRead, PersonFile
from shared.privacy.vault import Opened, PersonalDataVault
from shared.signing.cloudevents import format_time, read
from shared.web.resources import Resources

_INTERNAL = {"sealed", "person", "account"}


class Files:
    """Opens what is sealed. Whoever shows it to anybody has recorded the read before."""

    def __init__(self, service: Resources) -> None:
        self._service = service
        self._vault = PersonalDataVault(service.store, service.keys.secret, service.keys.wrapping)
        self._read_type = service.catalogue.type_of(service.name, PersonalDataRead)

    async def fields(self, person: str, files: Iterable[PersonFile]) -> tuple[str, ...]:
        """The names of all that is sealed in these files."""
        names: set[str] = set()
        for file in files:
            for opened in await self._vault.opened(person, file.stream):
                data = opened.data or {}
                names.update(name for name, value in data.items() if value is not None)
        return tuple(sorted(names))

    async def data(self, person: str, file: PersonFile) -> dict[str, Any]:
        """Who it is, as last corrected, and the officers' own words in the order they came."""
        identity: dict[str, object] = {}
        notes = []
        for opened in await self._vault.opened(person, file.stream):
            data = opened.data or {}
            if "note" in data:
                notes.append({"event": opened.event, "note": data["note"]})
            else:
                identity = data
        return {"data": identity, "notes": notes}

    async def state(self, file: PersonFile) -> Application | Instructor:
        """Return the state of a file; the initial one where there is none."""
        handler = self._service.command_handler
        match file.kind:
            case "application":
                return (await handler.state(application_stream(file.id)))[0]
            case "instructor":
                return (await handler.state(instructor_stream(file.id)))[0]
            case _:
                assert_never(file.kind)

    async def held(self, person: str, files: Iterable[PersonFile]) -> list[dict[str, Any]]:
        """Everything: of each file its state, and every sealed part as it was entered."""
        found = []
        for file in files:
            state = await self.state(file)
            facts = state.model_dump(mode="json", exclude_none=True, exclude=_INTERNAL)
            sealed = [_shown(each) for each in await self._vault.opened(person, file.stream)]
            found.append({"file": file.stream, "facts": facts, "sealed": sealed})
        return found

    async def reads(self, person: str, files: Sequence[PersonFile]) -> list[dict[str, Any]]:
        """Who was shown any of these files, when and why, oldest first."""
        stream = str(person_stream(person))
        notes = {each.event: each.data for each in await self._vault.opened(person, stream)}
        found = []
        for commit in await self._service.store.history(stream):
            for envelope in map(read, commit.records):
                if envelope.type != self._read_type:
                    continue
                event = PersonalDataRead.of(envelope.data)
                shown = [file.stream for file in event.files if file in files]
                if shown:
                    found.append(
                        {
                            "at": format_time(envelope.time),
                            "by": await self._service.pseudonyms.account(envelope.actor),
                            "purpose": event.purpose,
                            "files": shown,
                            "fields": event.fields,
                            **(notes.get(envelope.id) or {}),
                        }
                    )
        return found


def _shown(opened: Opened) -> dict[str, Any]:
    return {"event": opened.event, "type": opened.type, "data": opened.data}
