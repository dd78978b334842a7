"""Events of a person's file: opened, read, erased."""

from typing import Annotated, Literal

from shared.events.base import Id, Text, Value
from shared.events.described import described
from shared.events.registration.owner import RegistrationEvent
from shared.events.values import Sealed

Purpose = Annotated[
    Literal["file-check", "contact", "certificate", "complaint", "person-request"],
    described(
        en="why personal data are read", id="alasan data pribadi dibaca", example="file-check"
    ),
]


ErasureReason = Annotated[
    Literal["person-request", "consent-withdrawn", "retention", "unlawful"],
    described(
        en="why personal data are erased",
        id="alasan data pribadi dihapus",
        example="person-request",
    ),
]


class PersonFile(Value):
    """A stream that holds a person's data: an application, or an instructor's."""

    kind: Annotated[
        Literal["application", "instructor"],
        described(en="the kind of file", id="jenis berkas", example="application"),
    ]
    id: Annotated[Id, described(en="the file's id", id="id berkas")]

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
