"""Files of a person: what the centre holds in each, and who has read it."""

from collections.abc import Iterable, Sequence
from typing import Annotated, assert_never

from pydantic import BaseModel, RootModel

from services.registration.domain.application.aggregate import application_stream
from services.registration.domain.application.state import Application
from services.registration.domain.instructor import Instructor, instructor_stream
from services.registration.domain.person import person_stream
from shared.events.described import described
from shared.events.registration.person import PersonalDataRead, PersonFile, Purpose
from shared.privacy.vault import PersonalDataVault
from shared.signing.cloudevents import format_time, read
from shared.web.resources import Resources

_INTERNAL = {"sealed", "person", "account"}

Stream = Annotated[
    str,
    described(
        en="the file's stream",
        id="aliran berkas",
        example="application/0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
    ),
]
EventName = Annotated[
    str,
    described(
        en="the event, by stream and sequence",
        id="peristiwa, menurut aliran dan nomor",
        example="application/0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05/1",
    ),
]


class Note(BaseModel):
    """An officer's note on a file."""

    event: EventName
    note: Annotated[
        object, described(en="the officer's own words", id="catatan petugas", example="Nomor tes.")
    ]


class PersonalData(BaseModel):
    """The identity in one file as last corrected, and the officers' notes in their order."""

    file: Stream
    data: Annotated[
        dict[str, object],
        described(
            en="identity, by field name",
            id="identitas menurut nama kolom",
            example={"nik": "6401045502010001", "name": "Siti Aminah", "phone": None},
        ),
    ]
    notes: Annotated[list[Note], described(en="officers' notes", id="catatan petugas")]


class DecryptedData(RootModel[dict[str, object] | None]):
    """Data that an event holds encrypted, by field name; null once the person is erased."""


class EncryptedPart(BaseModel):
    """A part that an event holds encrypted, as it was entered."""

    event: EventName
    type: Annotated[
        str,
        described(
            en="the event's type",
            id="jenis peristiwa",
            example="sinergi.registration.ApplicantRegistered.v1",
        ),
    ]
    data: Annotated[
        DecryptedData,
        described(
            en="the data by field name; null once the person is erased",
            id="data menurut nama kolom; null setelah data orang itu dihapus",
            example={"nik": "6401045502010001", "name": "Siti Aminah"},
        ),
    ]


class HeldFile(BaseModel):
    """Everything that one file holds."""

    file: Stream
    facts: Annotated[
        dict[str, object],
        described(
            en="the file as it stands", id="keadaan berkas", example={"status": "registered"}
        ),
    ]
    sealed: Annotated[
        list[EncryptedPart],
        described(en="what is encrypted, as it was entered", id="isi yang dienkripsi"),
    ]


class AccountName(RootModel[str | None]):
    """The name of an account; null when it was forgotten."""


class ReadRecord(BaseModel):
    """A record that somebody was shown files of a person."""

    at: Annotated[
        str,
        described(en="when, UTC", id="kapan, UTC", example="2026-08-17T02:30:00.000000Z"),
    ]
    by: Annotated[
        AccountName,
        described(
            en="whose account read; null when its name was forgotten",
            id="akun yang membaca; null bila namanya sudah dihapus",
            example="petugas-blk",
        ),
    ]
    purpose: Purpose
    files: Annotated[list[Stream], described(en="which files", id="berkas yang dibaca")]
    fields: Annotated[
        tuple[str, ...],
        described(en="which fields", id="kolom yang dibaca", example=["name", "nik"]),
    ]
    note: Annotated[
        object, described(en="the reader's own words", id="catatan pembaca", example="Nomor tes.")
    ] = None


class AccessReport(BaseModel):
    """All that files hold about a person, and all reads of them, oldest first."""

    files: Annotated[list[HeldFile], described(en="what is held", id="data yang disimpan")]
    reads: Annotated[list[ReadRecord], described(en="who read it", id="siapa yang membaca")]


class PersonFiles:
    """Decrypts what files hold. Whoever shows it to anybody has recorded the read before."""

    def __init__(self, service: Resources) -> None:
        self._service = service
        self._vault = PersonalDataVault(service.store, service.keys.secret, service.keys.wrapping)
        self._read_type = service.catalogue.type_of(service.name, PersonalDataRead)

    async def fields(self, person: str, files: Iterable[PersonFile]) -> tuple[str, ...]:
        """Return the names of all that is encrypted in these files."""
        names: set[str] = set()
        for file in files:
            for opened in await self._vault.opened(person, file.stream):
                data = opened.data or {}
                names.update(name for name, value in data.items() if value is not None)
        return tuple(sorted(names))

    async def data(self, person: str, file: PersonFile) -> PersonalData:
        """Return the identity as last corrected, and the officers' notes in their order."""
        identity: dict[str, object] = {}
        notes = []
        for opened in await self._vault.opened(person, file.stream):
            data = opened.data or {}
            if "note" in data:
                notes.append(Note(event=opened.event, note=data["note"]))
            else:
                identity = data
        return PersonalData(file=file.stream, data=identity, notes=notes)

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

    async def report(self, person: str, files: Sequence[PersonFile]) -> AccessReport:
        """Return all that these files hold, and all reads of them."""
        return AccessReport(
            files=[await self._held(person, file) for file in files],
            reads=await self._reads(person, files),
        )

    async def _held(self, person: str, file: PersonFile) -> HeldFile:
        state = await self.state(file)
        facts = state.model_dump(mode="json", exclude_none=True, exclude=_INTERNAL)
        parts = [
            EncryptedPart(event=each.event, type=each.type, data=DecryptedData(each.data))
            for each in await self._vault.opened(person, file.stream)
        ]
        return HeldFile(file=file.stream, facts=facts, sealed=parts)

    async def _reads(self, person: str, files: Sequence[PersonFile]) -> list[ReadRecord]:
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
                    account = await self._service.pseudonyms.account(envelope.actor)
                    found.append(
                        ReadRecord(
                            at=format_time(envelope.time),
                            by=AccountName(account),
                            purpose=event.purpose,
                            files=shown,
                            fields=event.fields,
                            note=(notes.get(envelope.id) or {}).get("note"),
                        )
                    )
        return found
