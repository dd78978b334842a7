"""What the training centre publishes about its persons: files, reads of personal data, erasure.

A person is a random id; none of these events holds anything that identifies them.
"""

from typing import Annotated, Literal

from pydantic import Field

from shared.events.base import Event, Id, Text, Value
from shared.events.values import Kecamatan, Kejuruan, Sealed

Purpose = Annotated[
    Literal["file-check", "contact", "certificate", "complaint", "person-request"],
    Field(description="why personal data are read"),
]
ErasureReason = Annotated[
    Literal["person-request", "consent-withdrawn", "retention", "unlawful"],
    Field(description="why personal data are erased"),
]


Months = Annotated[Literal[3, 6], Field(description="months after the training")]


class PersonFile(Value):
    """A stream that holds a person's data: an application, or an instructor's."""

    kind: Literal["application", "instructor"]
    id: Id

    @property
    def stream(self) -> str:
        return f"{self.kind}/{self.id}"


class PersonFileOpened(Event):
    """The centre holds data of this person in one file more."""

    file: PersonFile


class IdentityCorrected(Event):
    """Name, phone or address of the applicant were corrected; no rule looks at these."""

    intake: Id
    sealed: Sealed


class PersonalDataRead(Event):
    """Somebody was shown these fields of a person's files; recorded before they were shown.

    `actor` of the record is who. An officer's own words about it are in `sealed`.
    """

    purpose: Purpose
    files: tuple[PersonFile, ...]
    fields: tuple[Id, ...]
    sealed: Sealed | None = None


class PersonalDataErased(Event):
    """The person's key is destroyed: nothing that is sealed for them can be read by anybody.

    Of the files, the applications in `withdrawn` were under way and end with it; the opaque names
    in `accounts` lead to nobody any more. It comes again when a file is found that was being
    opened meanwhile.
    """

    files: tuple[PersonFile, ...]
    withdrawn: tuple[Id, ...]
    accounts: tuple[Text, ...]
    reason: ErasureReason


class ApplicantErased(Event):
    """The application's person was erased: whoever derived rows about them takes these away.

    What only counts people may go on counting.
    """

    intake: Id
    kejuruan: Kejuruan
    kecamatan: Kecamatan
    person: Id
    account: Annotated[Text, Field(description="opaque name of the applicant's account")] | None = (
        None
    )
    support: Annotated[Id, Field(description="by which they were referred")] | None = None


class InstructorErased(Event):
    """The instructor's name and NIP were erased; they teach no class any more."""

    person: Id


class FollowUpEnded(Event):
    """The graduate was erased and can no longer be asked what became of them."""

    application: Id
    kejuruan: Kejuruan
    months: Months


EVENTS: tuple[type[Event], ...] = (
    PersonFileOpened,
    IdentityCorrected,
    PersonalDataRead,
    PersonalDataErased,
    ApplicantErased,
    InstructorErased,
    FollowUpEnded,
)
