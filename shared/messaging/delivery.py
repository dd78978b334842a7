"""Deliveries: a record that has arrived, the last applied event of its stream, and why it stops."""

from dataclasses import dataclass

from shared.events.base import Event
from shared.kernel.ports import LogRecord
from shared.signing.cloudevents import GENESIS, Envelope


@dataclass(frozen=True, slots=True)
class Delivery:
    """An authenticated record, decoded where this service subscribes to its type.

    `problem` is why it could not be decoded.
    """

    place: LogRecord
    envelope: Envelope
    event: Event | None
    problem: tuple[str, str] | None = None

    @property
    def stream(self) -> str:
        """The stream's identity everywhere: source and subject."""
        return f"{self.envelope.source} {self.envelope.subject}"


@dataclass(frozen=True, slots=True)
class Mark:
    """The last applied event of a stream."""

    sequence: int = 0
    hash: str = GENESIS


class Stopped(Exception):
    """A record cannot be applied now: it and its stream's later ones are parked.

    `reason` is one of behind, gap, deferred, version, schema, refused, failed; `waits_for` the
    own stream whose next commit a deferred one waits for.
    """

    def __init__(self, reason: str, detail: str, waits_for: str | None = None) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail, self.waits_for = reason, detail, waits_for
