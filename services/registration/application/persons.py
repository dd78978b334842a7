"""Persons: finding their files, recording a read before anything is shown, and erasing."""

from collections.abc import AsyncIterator
from typing import Annotated, Literal, Self

from pydantic import model_validator

from services.registration.application.encryption import encrypt
from services.registration.application.identity_numbers import Nik, Nip
from services.registration.application.person_files import (
    AccessReport,
    PersonalData,
    PersonFiles,
)
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
from services.registration.projections.intakes import CURRENT_INTAKES
from shared.events.base import Id, Value
from shared.events.described import described
from shared.events.registration.person import ErasureReason, PersonalDataRead, PersonFile, Purpose
from shared.eventsourcing.idempotency import derived_id
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.eventsourcing.projections import ordered_parts, parts_of
from shared.kernel.ports import Commit, in_turns
from shared.privacy.vault import PersonalDataVault
from shared.signing.cloudevents import read
from shared.web.problems import ProblemError
from shared.web.request_context import RequestContext
from shared.web.resources import Resources

OnRunning = Annotated[
    Literal["refuse", "withdraw"],
    described(
        en="what becomes of applications that are under way: the request is refused, or they are "
        "withdrawn",
        id="bila ada pendaftaran yang masih berjalan: permintaan ditolak, atau pendaftaran itu "
        "ditarik",
        example="refuse",
    ),
]

_PAGE = 200


class Whom(Value):
    """A person, by exactly one of these."""

    nik: Nik | None = None
    nip: Nip | None = None
    application: Annotated[
        Id | None, described(en="an application of theirs", id="salah satu pendaftarannya")
    ] = None
    instructor: Annotated[
        Id | None, described(en="their file as an instructor", id="berkasnya sebagai instruktur")
    ] = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = (self.nik, self.nip, self.application, self.instructor)
        if sum(each is not None for each in given) != 1:
            raise ValueError("give exactly one of nik, nip, application and instructor")
        return self


class Persons:
    """Carries out what is asked of the persons whose data the centre holds."""

    def __init__(self, service: Resources) -> None:
        self._service, self._store, self._secret = service, service.store, service.keys.secret
        self._vault = PersonalDataVault(service.store, service.keys.secret, service.keys.wrapping)
        self._files = PersonFiles(service)

    async def find(self, request: RequestContext, whom: Whom) -> tuple[str, list[PersonFile]]:
        """Return the person's id and files. Raises ProblemError 404, and Refused when erased."""
        if whom.application is not None:
            return await self._of(request, PersonFile(kind="application", id=whom.application))
        if whom.instructor is not None:
            return await self._of(request, PersonFile(kind="instructor", id=whom.instructor))
        number = f"nik:{whom.nik}" if whom.nik is not None else f"nip:{whom.nip}"
        person = await self._vault.find(number)
        if person is None:
            raise _unknown()
        return person, await self._all(request, person)

    async def person(self, request: RequestContext, file: PersonFile) -> str:
        """Return the person whose file this is, erased or not. Raises ProblemError 404."""
        state: Application | Instructor
        if file.kind == "application":
            state = await request.state(application_stream(file.id))
        else:
            state = await request.state(instructor_stream(file.id))
        if not state.person:
            raise _unknown()  # a partner's instructor: the partner knows who it is
        return state.person

    async def _of(self, request: RequestContext, file: PersonFile) -> tuple[str, list[PersonFile]]:
        person = await self.person(request, file)
        return person, await self._all(request, person, file)

    async def _all(
        self, request: RequestContext, person: str, *known: PersonFile
    ) -> list[PersonFile]:
        """Return the person's files, also those that their stream has not heard of yet."""
        state: Person = await request.snapshot(person_stream(person))
        if state.erased is not None:
            raise gone()
        recent = [file async for file in self._recent(request, person)]
        return list(dict.fromkeys((*state.files, *known, *recent)))

    async def _recent(self, request: RequestContext, person: str) -> AsyncIterator[PersonFile]:
        """Yield files that can be new, by the ids that they would have; the log may be away."""
        async for intake in self._current_intakes():
            id_ = str(derived_id(self._secret, intake, person))
            if (await request.snapshot(application_stream(id_))).status is not None:
                yield PersonFile(kind="application", id=id_)
        id_ = str(derived_id(self._secret, "instructor", person))
        if (await request.snapshot(instructor_stream(id_))).known():
            yield PersonFile(kind="instructor", id=id_)

    async def _current_intakes(self) -> AsyncIterator[str]:
        after = ""
        while page := await ordered_parts(self._store, CURRENT_INTAKES, "", after, _PAGE):
            async for each in in_turns(page):
                yield each.row
            after = page[-1].order

    async def read(
        self,
        request: RequestContext,
        person: str,
        files: list[PersonFile],
        *,
        purpose: Purpose,
        note: str | None = None,
    ) -> AnyDispatch:
        """Prepare the record that what these files hold encrypted is about to be shown.

        The note is the officer's own words about it, and is encrypted.
        """
        stream = person_stream(person)
        fields = await self._files.fields(person, files)
        _, sequence = await self._service.command_handler.state(stream)
        sealed = None
        if note is not None:
            event = f"{stream}/{sequence + 1}"
            sealed = await encrypt(self._vault, {"note": note}, person=person, event=event)
        command = ReadPersonalData(
            purpose=purpose, files=tuple(files), fields=fields, sealed=sealed
        )
        return Dispatch(stream, command, None if sealed is None else sequence)

    async def report(self, commit: Commit) -> AccessReport:
        """Return what the recorded read may be shown: all its files hold, and reads of them."""
        person, files = _recorded(commit)
        return await self._files.report(person, files)

    async def data(self, commit: Commit) -> PersonalData:
        """Return what the recorded read may be shown: the identity, and the officers' notes."""
        person, (file,) = _recorded(commit)
        return await self._files.data(person, file)

    async def erase(
        self,
        request: RequestContext,
        whom: Whom,
        *,
        reason: ErasureReason,
        on_running: OnRunning,
    ) -> AnyDispatch:
        """Prepare the erasure of a person with all files and with accounts that are theirs alone.

        What is under way is withdrawn, or a reason to refuse. Raises ProblemError 404, and
        Refused when erased.
        """
        person, files = await self.find(request, whom)
        running, accounts = [], set()
        for file in files:
            state = await self._files.state(file)
            if _is_running(state):
                running.append(file)
            if isinstance(state, Application) and state.account is not None:
                accounts.add(state.account)
        theirs = [each for each in sorted(accounts) if await self._is_theirs(request, each, person)]
        command = ErasePerson(
            files=tuple(files),
            running=tuple(running),
            accounts=tuple(theirs),
            on_running=on_running,
            reason=reason,
        )
        return Dispatch(person_stream(person), command)

    async def _is_theirs(self, request: RequestContext, account: str, person: str) -> bool:
        """Return True when the account has no application of another person."""
        async for row, _, _ in parts_of(self._store, OWN_APPLICATIONS, f"{account}/"):
            other: Application = await request.snapshot(application_stream(row.partition("/")[2]))
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
