"""Finding a person and their files; recording a read before anything is shown; erasing."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import Field, model_validator

from services.registration.application.person_files import Files
from services.registration.application.sealing import seal
from services.registration.domain.application.aggregate import application_stream
from services.registration.domain.application.state import UNDER_WAY, Application
from services.registration.domain.instructor import Instructor, instructor_stream
from services.registration.domain.person import (
    ErasePerson,
    Person,
    ReadPersonalData,
    gone,
    person_stream,
)
from services.registration.projections.applications import OWN_APPLICATIONS
from services.registration.routes.instructors import Nip
from shared.events.base import Id, Text
from shared.events.registration.person import ErasureReason, PersonalDataRead, PersonFile, Purpose
from shared.eventsourcing.decider import Command
from shared.eventsourcing.idempotency import derived_id
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.eventsourcing.projections import parts_of
from shared.eventsourcing.states import STATES
from shared.kernel.ports import Commit, scan_all
from shared.privacy.vault import PersonalDataVault
from shared.signing.cloudevents import read
from shared.web.problems import ProblemError
from shared.web.request_context import RequestContext
from shared.web.resources import Resources

_PAST = ("completed", "cancelled")


class WhomForm(Command):
    """A person, by exactly one of these."""

    nik: Annotated[str, Field(description="NIK, 16 digits", max_length=32)] | None = None
    nip: Nip | None = None
    application: Id | None = None
    instructor: Id | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = (self.nik, self.nip, self.application, self.instructor)
        if sum(each is not None for each in given) != 1:
            raise ValueError("give exactly one of nik, nip, application and instructor")
        return self


class ReportForm(WhomForm):
    """Whose access report it is; the note is for the record and stays sealed."""

    note: Text | None = None


class ErasureForm(WhomForm):
    """Whom to erase, and whether what is under way is withdrawn with it or a reason to refuse."""

    reason: ErasureReason
    on_running: Literal["refuse", "withdraw"] = "refuse"


class Registry:
    """All that the centre knows of its persons."""

    def __init__(self, service: Resources) -> None:
        self._service, self._store, self._secret = service, service.store, service.keys.secret
        self._vault = PersonalDataVault(service.store, service.keys.secret, service.keys.wrapping)
        self._files = Files(service)

    async def whom(self, ask: RequestContext, body: WhomForm) -> tuple[str, list[PersonFile]]:
        """The person and all of their files. Raises ProblemError 404, and Refused when erased."""
        if body.application is not None:
            return await self._of(ask, PersonFile(kind="application", id=body.application))
        if body.instructor is not None:
            return await self._of(ask, PersonFile(kind="instructor", id=body.instructor))
        number = f"nik:{body.nik}" if body.nik is not None else f"nip:{body.nip}"
        person = await self._vault.find(number)
        if person is None:
            raise _unknown()
        return person, await self._all(ask, person)

    async def person(self, ask: RequestContext, file: PersonFile) -> str:
        """The person whose file this is, erased or not. Raises ProblemError 404."""
        state: Application | Instructor
        if file.kind == "application":
            state = await ask.state(application_stream(file.id))
        else:
            state = await ask.state(instructor_stream(file.id))
        if not state.person:
            raise _unknown()  # a partner's instructor: the partner knows who it is
        return state.person

    async def _of(self, ask: RequestContext, file: PersonFile) -> tuple[str, list[PersonFile]]:
        person = await self.person(ask, file)
        return person, await self._all(ask, person, file)

    async def _all(self, ask: RequestContext, person: str, *known: PersonFile) -> list[PersonFile]:
        """The person's files, also those that their stream has not heard of yet."""
        state: Person = await ask.snapshot(person_stream(person))
        if state.erased is not None:
            raise gone()
        recent = [file async for file in self._recent(ask, person)]
        return list(dict.fromkeys((*state.files, *known, *recent)))

    async def _recent(self, ask: RequestContext, person: str) -> AsyncIterator[PersonFile]:
        """Files that can be new, by the ids that they would have; the log may be away."""
        for intake in await self._current_intakes():
            id_ = str(derived_id(self._secret, intake, person))
            if (await ask.snapshot(application_stream(id_))).status is not None:
                yield PersonFile(kind="application", id=id_)
        id_ = str(derived_id(self._secret, "instructor", person))
        if (await ask.snapshot(instructor_stream(id_))).known():
            yield PersonFile(kind="instructor", id=id_)

    async def _current_intakes(self) -> list[str]:
        return [
            row.key.partition("/")[2]
            async for row in scan_all(self._store, STATES, "intake/")
            if orjson.loads(row.body or b"{}")["state"]["status"] not in _PAST
        ]

    async def read(
        self,
        ask: RequestContext,
        person: str,
        files: list[PersonFile],
        purpose: Purpose,
        note: str | None = None,
    ) -> AnyDispatch:
        """The record that what these files hold sealed is about to be shown."""
        stream = person_stream(person)
        fields = await self._files.fields(person, files)
        _, sequence = await self._service.command_handler.state(stream)
        sealed = None
        if note is not None:
            event = f"{stream}/{sequence + 1}"
            sealed = await seal(self._vault, person, event, {"note": note})
        command = ReadPersonalData(
            purpose=purpose, files=tuple(files), fields=fields, sealed=sealed
        )
        return Dispatch(stream, command, None if sealed is None else sequence)

    async def report(self, commit: Commit) -> dict[str, Any]:
        """What the recorded read may be shown: all that its files hold, and all reads of them."""
        person, files = _recorded(commit)
        return {
            "files": await self._files.held(person, files),
            "reads": await self._files.reads(person, files),
        }

    async def data(self, commit: Commit) -> dict[str, Any]:
        """What the recorded read may be shown: who it is, and the officers' notes."""
        person, (file,) = _recorded(commit)
        return {"file": file.stream, **await self._files.data(person, file)}

    async def erasure(self, ask: RequestContext, body: ErasureForm) -> AnyDispatch:
        person, files = await self.whom(ask, body)
        running, accounts = [], []
        for file in files:
            state = await self._files.state(file)
            if _is_running(state):
                running.append(file)
            if isinstance(state, Application) and state.account is not None:
                accounts.append(state.account)
        command = ErasePerson(
            files=tuple(files),
            running=tuple(running),
            accounts=tuple(
                [each for each in sorted(set(accounts)) if await self._is_theirs(ask, each, person)]
            ),
            on_running=body.on_running,
            reason=body.reason,
        )
        return Dispatch(person_stream(person), command)

    async def _is_theirs(self, ask: RequestContext, account: str, person: str) -> bool:
        """Whether the account is of nobody else: one may have registered a whole family."""
        async for row, _, _ in parts_of(self._store, OWN_APPLICATIONS, f"{account}/"):
            other: Application = await ask.snapshot(application_stream(row.partition("/")[2]))
            if other.person != person and not other.erased:
                return False
        return True


def _is_running(state: Application | Instructor) -> bool:
    if isinstance(state, Instructor):
        return bool(state.bookings)
    return state.status in UNDER_WAY


def _recorded(commit: Commit) -> tuple[str, tuple[PersonFile, ...]]:
    event = PersonalDataRead.of(read(commit.records[-1]).data)
    return commit.stream.partition("/")[2], event.files


def _unknown() -> ProblemError:
    return ProblemError(404, "unknown-person")
