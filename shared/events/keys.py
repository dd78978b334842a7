"""Events about agencies' keys, on `keys.events`; each is signed by the agency's pinned root key."""

from typing import Annotated, Final, Literal

from pydantic import Field

from shared.events.base import Count, Event, Text, Topic, Value
from shared.events.values import Sha256

SERVICE: Final = "keys"
TOPIC: Final = Topic(f"{SERVICE}.events")

KeyId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$", description="an Ed25519 key's id")]
Use = Annotated[
    Literal["events", "acts"],
    Field(description="events: records and checkpoints; acts: what is asked of other agencies"),
]
Sizes = Annotated[
    dict[str, dict[str, Count]],
    Field(description="topic, partition: how many records it had; 0 where it is not named"),
]


class KeyAuthorised(Event):
    """From these tree sizes on, the key speaks for the agency."""

    keyid: KeyId
    public: Annotated[Sha256, Field(description="the Ed25519 public key, 64 hex digits")]
    use: Use
    since: Sizes = {}


class KeyEnd(Value):
    """From these tree sizes on, the key no longer speaks for anybody."""

    keyid: KeyId
    until: Sizes


class KeyRetired(Event, KeyEnd):
    """Another key has taken this one's place."""


class KeyRevoked(Event, KeyEnd):
    """The key may be in other hands; what it signed before these sizes still counts."""

    reason: Text


KeyEvent = KeyAuthorised | KeyRetired | KeyRevoked
EVENTS: tuple[type[Event], ...] = (KeyAuthorised, KeyRetired, KeyRevoked)
