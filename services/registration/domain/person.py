"""Person: which files hold their data, who read these, and that they were erased.

Whether somebody is erased is decided here alone. A file that is opened while its person is being
erased arrives afterwards, and is erased like the others.
"""

from collections.abc import Sequence
from typing import Annotated, Literal, assert_never

from shared.events.base import Id
from shared.events.described import described
from shared.events.registration.person import (
    ErasureReason,
    PersonalDataErased,
    PersonalDataRead,
    PersonFile,
    PersonFileOpened,
    Purpose,
)
from shared.events.values import Sealed
from shared.eventsourcing.decider import Command, Context, Decider, State, StreamRef
from shared.eventsourcing.refusal import Refused


class OpenFile(Command):
    """The person's data are in this file too; `account` is the opaque name of whose it is."""

    file: PersonFile
    account: str | None = None


class ReadPersonalData(Command):
    """Somebody is about to be shown these fields."""

    purpose: Purpose
    files: tuple[PersonFile, ...]
    fields: tuple[Id, ...]
    sealed: Sealed | None = None


class ErasePerson(Command):
    """Destroy all that identifies the person.

    Of `files`, those in `running` are still in use. `accounts` are the opaque names of accounts
    that have no other person's.
    """

    files: tuple[PersonFile, ...]
    running: tuple[PersonFile, ...]
    accounts: tuple[str, ...]
    on_running: Literal["refuse", "withdraw"]
    reason: ErasureReason


class Person(State):
    """A person of whom the centre holds data, and where."""

    files: Annotated[
        tuple[PersonFile, ...],
        described(en="the files that hold their data", id="berkas yang memuat datanya"),
    ] = ()
    erased: Annotated[
        ErasureReason | None,
        described(
            en="why their data were erased; absent while they are held",
            id="alasan datanya dihapus; tidak ada selama masih disimpan",
        ),
    ] = None
    accounts: tuple[str, ...] = ()


PersonCommand = OpenFile | ReadPersonalData | ErasePerson
PersonEvent = PersonFileOpened | PersonalDataRead | PersonalDataErased


def decide(state: Person, command: PersonCommand, context: Context) -> Sequence[PersonEvent]:
    match command:
        case OpenFile():
            return open_file(state, command)
        case ReadPersonalData():
            refuse_erased(state)
            return [PersonalDataRead(**dict(command))]
        case ErasePerson():
            return erase(state, command)
        case _:
            assert_never(command)


def open_file(state: Person, command: OpenFile) -> Sequence[PersonEvent]:
    if command.file in state.files:
        return []
    if state.erased is not None:
        accounts = () if command.account is None else (command.account,)
        return [_erased((command.file,), (command.file,), accounts, state.erased)]
    return [PersonFileOpened(file=command.file)]


def erase(state: Person, command: ErasePerson) -> Sequence[PersonEvent]:
    refuse_erased(state)
    if command.running and command.on_running == "refuse":
        raise Refused(
            "still-running", field="on_running", files=[file.stream for file in command.running]
        )
    files = tuple(dict.fromkeys((*state.files, *command.files)))
    return [_erased(files, command.running, command.accounts, command.reason)]


def _erased(
    files: tuple[PersonFile, ...],
    running: tuple[PersonFile, ...],
    accounts: tuple[str, ...],
    reason: ErasureReason,
) -> PersonalDataErased:
    withdrawn = tuple(file.id for file in running if file.kind == "application")
    return PersonalDataErased(files=files, withdrawn=withdrawn, accounts=accounts, reason=reason)


def refuse_erased(state: Person) -> None:
    if state.erased is not None:
        raise gone()


def gone() -> Refused:
    """For whatever is asked about a person who was erased."""
    return Refused("erased", status=410)


def evolve(state: Person, event: PersonEvent) -> Person:
    match event:
        case PersonFileOpened():
            return state.model_copy(update={"files": (*state.files, event.file)})
        case PersonalDataErased():
            files = tuple(dict.fromkeys((*state.files, *event.files)))
            accounts = (*state.accounts, *event.accounts)
            return Person(files=files, erased=event.reason, accounts=accounts)
        case PersonalDataRead():
            return state
        case _:
            assert_never(event)


DECIDER = Decider(kind="person", initial=Person(), decide=decide, evolve=evolve)


def person_stream(id: str) -> StreamRef[Person, PersonCommand]:
    """Name the stream of one person."""
    return DECIDER.stream(id)
