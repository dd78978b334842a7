"""Causes: what led to a commit. A cause takes effect once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import uuid_utils

from shared.events.values import Attestation
from shared.eventsourcing.decider import Context
from shared.signing.cloudevents import Envelope, format_time
from shared.signing.keys import Secret


class OtherRequest(Exception):
    """The Idempotency-Key was used before with another body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """`key` is unique per effect; `fingerprint` tells whether a repeated request is the same.

    `id` is the causing request's, event's or timer's name on the wire; the effect must be recorded
    after `not_before` and no later than `not_after`. `attestation` is the acting agency's own word,
    which the first event that follows will carry.
    """

    key: str
    correlation: str
    id: str
    actor: str = "system"
    agency: str = "system"
    fingerprint: str = ""
    not_before: datetime | None = None
    not_after: datetime | None = None
    traceparent: str | None = None
    attestation: Attestation | None = None

    def context(self, now: datetime) -> Context:
        return Context(now, self.actor, self.agency)

    def is_request(self) -> bool:
        """Return whether somebody waits for what the cause has brought about."""
        return self.key.startswith("request/")

    def is_new(self) -> bool:
        """Return whether this is a request without an Idempotency-Key.

        It has no fingerprint, its id was made a moment ago, and so nothing can have come of it
        before.
        """
        return self.is_request() and not self.fingerprint and UUID(self.correlation).version == 7


def request_id(secret: Secret, actor: str, route: str, key: str | None) -> UUID:
    """Return the id of a request, and of the stream it may begin: the same for a repeat of it.

    Without an Idempotency-Key every request is another. A key that is a UUIDv7 lends its time, so
    that ids grow and indexes stay warm.
    """
    if key is None:
        return UUID(bytes=uuid_utils.uuid7().bytes)
    digest = bytearray(secret.hash(b"request", actor.encode(), route.encode(), key.encode()))
    version = 8  # RFC 9562 section 5.8: made from a hash
    try:
        given = UUID(key)
    except ValueError:
        pass
    else:
        if given.version == 7:
            digest[:6] = given.bytes[:6]
            version = 7
    digest[6] = version << 4 | digest[6] & 0x0F
    digest[8] = 0x80 | digest[8] & 0x3F
    return UUID(bytes=bytes(digest))


def request_cause(
    id: UUID, *, actor: str, agency: str, fingerprint: str = "", traceparent: str | None = None
) -> Cause:
    name = f"request/{id}"
    return Cause(
        key=name,
        correlation=str(id),
        id=name,
        actor=actor,
        agency=agency,
        fingerprint=fingerprint,
        traceparent=traceparent,
    )


def event_key(event: Envelope, reaction: str, stream: str) -> str:
    """Return the key of the cause that an event is to this reaction's effect on a stream."""
    return f"event/{event.ref}/{reaction}>{stream}"


def event_cause(event: Envelope, reaction: str, stream: str) -> Cause:
    return Cause(
        key=event_key(event, reaction, stream),
        correlation=event.correlation,
        id=event.ref,
        not_before=event.time,
    )


def timer_cause(stream: str, due: datetime) -> Cause:
    name = f"timer/{stream}/{format_time(due)}"
    return Cause(key=name, correlation=str(uuid_utils.uuid7()), id=name, not_before=due)


def derived_id(secret: Secret, *parts: str) -> UUID:
    """Return the id of a stream that stands for several things together: always the
    same for them.
    """
    digest = bytearray(secret.hash(b"derived", *(part.encode() for part in parts)))
    digest[6] = 0x80 | digest[6] & 0x0F  # RFC 9562 section 5.8
    digest[8] = 0x80 | digest[8] & 0x3F
    return UUID(bytes=bytes(digest))
