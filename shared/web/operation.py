"""One operation of a service as its OpenAPI document describes it."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel

from shared.events.acts import ActRule

Kind = Literal["command", "query", "reveal", "import"]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A route, for those who use it.

    `description` and `indonesian` say what it does in both languages. `answer` is the type of its
    answer, in the media type `media`; `files` are media types that it may answer with instead.
    `parameters` is a model of its query. With `table` it takes CSV or Excel. An `act` must be
    signed. `headers` are those of the answer, each with its meaning. `etag` tells that the answer
    has one.
    """

    method: str
    path: str
    summary: str
    tag: str
    kind: Kind
    description: str = ""
    indonesian: str = ""
    body: type[BaseModel] | None = None
    answer: object
    media: str = "application/json"
    parameters: type[BaseModel] | None = None
    public: bool = False
    files: Sequence[str] = ()
    table: bool = False
    act: ActRule | None = None
    etag: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The operation's id: its method and path, as a word."""
        words = f"{self.method.lower()}_{self.path.strip('/').replace('/', '_')}"
        return words.translate(str.maketrans("-", "_", "{}"))


def tag_of(path: str) -> str:
    """Return the room of a path: `programmes` of `/v1/programmes/{id}`."""
    return path.split("/")[2]


def told(
    description: str, function: Callable[..., object], body: type[BaseModel] | None = None
) -> str:
    """Return the description of an operation: given, or its function's or its body's docstring."""
    for each in (function, body):
        if description:
            break
        description = inspect.cleandoc(getattr(each, "__dict__", {}).get("__doc__") or "")
        if not description and inspect.isroutine(each):
            description = inspect.getdoc(each) or ""
    return description
