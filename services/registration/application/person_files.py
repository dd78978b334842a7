"""What the centre holds about a person, file by file, and who has read it."""

from collections.abc import Iterable, Sequence
from typing import Any

from shared.events.registration.person import PersonalDataRead, PersonFile
from shared.privacy.vault import Opened, Privacy
from shared.runtime.service import Service
from shared.signing.cloudevents import format_time, read

_INTERNAL = {"sealed", "person", "account"}


class Files:
    """Opens what is sealed. Whoever shows it to anybody has recorded the read before."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._privacy = Privacy(service.store, service.keys.secret, service.keys.wrapping)
        self._read_type = service.landscape.catalogue.type_of(service.name, PersonalDataRead)

    async def fields(self, person: str, files: Iterable[PersonFile]) -> tuple[str, ...]:
        """The names of all that is sealed in these files."""
        names: set[str] = set()
        for file in files:
            for opened in await self._privacy.opened(person, file.stream):
                data = opened.data or {}
                names.update(name for name, value in data.items() if value is not None)
        return tuple(sorted(names))

    async def data(self, person: str, file: PersonFile) -> dict[str, Any]:
        """Who it is, as last corrected, and the officers' own words in the order they came."""
        identity: dict[str, object] = {}
        notes = []
        for opened in await self._privacy.opened(person, file.stream):
            data = opened.data or {}
            if "note" in data:
                notes.append({"event": opened.event, "note": data["note"]})
            else:
                identity = data
        return {"data": identity, "notes": notes}

    async def held(self, person: str, files: Iterable[PersonFile]) -> list[dict[str, Any]]:
        """Everything: of each file its state, and every sealed part as it was entered."""
        found = []
        for file in files:
            state, _ = await self._service.committer.state(file.stream)
            facts = state.model_dump(mode="json", exclude_none=True, exclude=_INTERNAL)
            sealed = [_shown(each) for each in await self._privacy.opened(person, file.stream)]
            found.append({"file": file.stream, "facts": facts, "sealed": sealed})
        return found

    async def reads(self, person: str, files: Sequence[PersonFile]) -> list[dict[str, Any]]:
        """Who was shown any of these files, when and why, oldest first."""
        stream = f"person/{person}"
        notes = {each.event: each.data for each in await self._privacy.opened(person, stream)}
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
                            "by": await self._service.actors.account(envelope.actor),
                            "purpose": event.purpose,
                            "files": shown,
                            "fields": event.fields,
                            **(notes.get(envelope.id) or {}),
                        }
                    )
        return found


def _shown(opened: Opened) -> dict[str, Any]:
    return {"event": opened.event, "type": opened.type, "data": opened.data}
