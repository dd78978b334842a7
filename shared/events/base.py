"""The base of every published event: its name and version, how its data are written and read."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, NewType, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
)

from shared.events.described import PIECES, described
from shared.events.instants import in_utc

# Any JSON reader keeps these exactly: an IEEE 754 double is exact below 2^53.
SAFE_INTEGER = 2**53 - 1

Count = Annotated[
    int, Field(strict=True, ge=0, le=SAFE_INTEGER), described(unit=PIECES, example=12)
]
Positive = Annotated[
    int, Field(strict=True, ge=1, le=SAFE_INTEGER), described(unit=PIECES, example=3)
]
Rupiah = Annotated[
    int,
    Field(strict=True, ge=0, le=SAFE_INTEGER),
    described(
        en="an amount of money in whole rupiah",
        id="jumlah uang dalam rupiah utuh",
        unit="IDR",
        example=125_000_000,
    ),
]
Instant = Annotated[
    AwareDatetime,
    AfterValidator(in_utc),
    described(en="an instant, UTC", id="suatu saat, dalam UTC", example="2026-08-17T02:30:00Z"),
]
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    described(example="Pelatihan Las SMAW 3G"),
]
Code = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$"),
    described(
        en="a code of lower-case letters, digits and hyphens",
        id="kode dari huruf kecil, angka dan tanda hubung",
        example="mesin-las-smaw",
    ),
]
_ID = r"^[A-Za-z0-9][A-Za-z0-9:._-]{0,99}$"
Id = Annotated[
    str,
    StringConstraints(pattern=_ID),
    described(
        en="the id of what is meant",
        id="id data yang dimaksud",
        example="0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
    ),
]
SUBJECT = r"^[a-z]+/[A-Za-z0-9:._/-]{1,200}$"
Subject = Annotated[
    str,
    StringConstraints(pattern=SUBJECT),
    described(
        en="the stream: `<kind>/<id>`",
        id="aliran peristiwa: `<jenis>/<id>`",
        example="programme/0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
    ),
]


def is_id(text: str) -> bool:
    """Return whether a text is an Id."""
    return re.fullmatch(_ID, text) is not None


# The name of a topic. Each owner declares its own once; a bare string is none.
Topic = NewType("Topic", str)


class Value(BaseModel):
    """A frozen part of an event, a command or a state; unknown fields are refused when written."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Event(Value):
    """An immutable fact in the past tense.

    The class name is the event's name; a class `ThingDoneV2` is version 2 of `ThingDone`.
    Writing is closed (unknown fields are refused), reading is open (`of` ignores fields that a
    newer writer added). `published_on` is its owner's topic; events about delivery have none,
    since every service publishes them on its own.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    published_on: ClassVar[Topic]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: object) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        match = re.fullmatch(r"(\w+?)(?:V(\d+))?", cls.__name__)
        assert match is not None  # noqa: S101 - a class name is always a word
        cls.name, cls.version = match[1], int(match[2] or 1)

    def upcast(self) -> "Event":
        """This event as its newest version; an old version overrides it."""
        return self

    def data(self) -> bytes:
        """Return the JSON to freeze: UTF-8, fields in declared order, absent ones left out."""
        return self.__pydantic_serializer__.to_json(self, exclude_none=True)

    @classmethod
    def of(cls, data: bytes) -> Self:
        return cls.model_validate_json(data, extra="ignore")


class UnknownVersion(Exception):
    """An event type that is known here, in a version that is not."""


class Catalogue:
    """The published language: every service's event types, `sinergi.<service>.<Event>.v<n>`."""

    def __init__(self, services: Mapping[str, Iterable[type[Event]]]) -> None:
        self.types: dict[str, type[Event]] = {}
        self._names: dict[tuple[str, type[Event]], str] = {}
        for service, events in services.items():
            for event in events:
                name = f"sinergi.{service}.{event.name}.v{event.version}"
                self.types[name] = event
                self._names[service, event] = name
        self._unversioned = {name.rpartition(".v")[0] for name in self.types}

    def type_of(self, service: str, event: type[Event]) -> str:
        """Return the CloudEvents `type`. Raises KeyError for an event that is not the service's."""
        return self._names[service, event]

    def find(self, type_: str) -> type[Event] | None:
        """Return the class of a type; None for a type that nobody here knows.

        Raises UnknownVersion for a version newer than this program.
        """
        found = self.types.get(type_)
        if found is None and type_.rpartition(".v")[0] in self._unversioned:
            raise UnknownVersion(type_)
        return found
