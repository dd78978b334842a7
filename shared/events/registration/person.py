"""Events of a person's file: opened, read, erased."""

from typing import Annotated, Literal

from pydantic import Field

from shared.events.base import Id, Text, Value
from shared.events.registration.owner import RegistrationEvent
from shared.events.values import Sealed

Purpose = Annotated[
    Literal["file-check", "contact", "certificate", "complaint", "person-request"],
    Field(description="why personal data are read"),
]


ErasureReason = Annotated[
    Literal["person-request", "consent-withdrawn", "retention", "unlawful"],
    Field(description="why personal data are erased"),
]


class PersonFile(Value):
    """A stream that holds a person's data: an application, or an instructor's."""

    kind: Literal["application", "instructor"]
    id: Id

    @property
    def stream(self) -> str:
        return f"{self.kind}/{self.id}"


class PersonFileOpened(RegistrationEvent):
    """The centre holds data of this person in one file more."""

    file: PersonFile


class PersonalDataRead(RegistrationEvent):
    """Somebody was shown these fields of a person's files; recorded before they were shown.

    `actor` of the record is who. An officer's own words about it are in `sealed`.
    """

    purpose: Purpose
    files: tuple[PersonFile, ...]
    fields: tuple[Id, ...]
    sealed: Sealed | None = None


class PersonalDataErased(RegistrationEvent):
    """The person's key is destroyed: nothing that is sealed for them can be read by anybody.

    Of the files, the applications in `withdrawn` were under way and end with it; the opaque names
    in `accounts` lead to nobody any more. It comes again when a file is found that was being
    opened meanwhile.
    """

    files: tuple[PersonFile, ...]
    withdrawn: tuple[Id, ...]
    accounts: tuple[Text, ...]
    reason: ErasureReason
