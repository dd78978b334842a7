"""Bodies and answers that no route has to itself."""

from pydantic import BaseModel, ConfigDict, JsonValue

from shared.events.base import Value


class CommittedEvent(BaseModel):
    """One event of an answer."""

    type: str
    sequence: int
    data: dict[str, JsonValue]


class Committed(BaseModel):
    """What a command has brought about; a repeat of the request gets the same answer."""

    id: str
    stream: str
    sequence: int
    time: str
    events: list[CommittedEvent]


class Nothing(Value):
    """No body is needed."""


class Answered(BaseModel):
    """What was asked for; its fields are the asked thing's own."""

    model_config = ConfigDict(extra="allow")


class Page(BaseModel):
    """A page of a list; `next` is the cursor of the following one, absent on the last."""

    items: list[dict[str, JsonValue]]
    next: str | None = None
