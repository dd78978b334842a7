"""Incoming records become deliveries: authenticated and decoded, or quarantined with the reason."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Sequence

import orjson
from pydantic import ValidationError

from shared.events.base import SUBJECT, Catalogue, Event, UnknownVersion
from shared.kernel import metrics
from shared.kernel.logs import log
from shared.kernel.ports import LogRecord, Row, Store, scan_all
from shared.messaging.delivery import Delivery
from shared.signing.cloudevents import Unauthentic, authenticate
from shared.signing.record_codec import pack_records, unpack_records
from shared.signing.trust_store import UNKNOWN_KEY, TrustStore

QUARANTINE = "quarantine"
_STREAM = re.compile(SUBJECT)


class Incoming:
    """Opens the records of one topic for one service, which subscribes to some event types."""

    def __init__(
        self,
        *,
        service: str,
        topic: str,
        owners: Collection[str],
        trust: TrustStore,
        catalogue: Catalogue,
        subscribed: Collection[type[Event]],
        refresh_keys: Callable[[], Awaitable[bool]],
    ) -> None:
        self._service, self._topic, self._owners = service, topic, owners
        self._trust, self._catalogue = trust, catalogue
        self._subscribed, self._refresh_keys = subscribed, refresh_keys

    async def open_all(self, batch: Iterable[LogRecord]) -> tuple[list[Delivery], list[Row]]:
        """Return the deliveries in order, and a row for each record that is not authentic."""
        deliveries, quarantine = [], []
        for place in batch:
            try:
                deliveries.append(await self._open_now(place))
            except Unauthentic as error:
                quarantine.append(self.quarantined(place, error.code, str(error)))
        return deliveries, quarantine

    async def _open_now(self, place: LogRecord) -> Delivery:
        try:
            return self.open(place)
        except Unauthentic as error:
            # A key is announced before it signs, so what it signs may come before our next look.
            if error.code == UNKNOWN_KEY and await self._refresh_keys():
                return self.open(place)
            raise

    def open(self, place: LogRecord) -> Delivery:
        """Return the record, authenticated and decoded. Raises Unauthentic."""
        envelope = authenticate(place, self._owners, self._trust)
        if not _STREAM.fullmatch(envelope.subject):
            # It could not even be recorded as parked.
            raise Unauthentic("header", f"ce_subject names no stream: {envelope.subject[:100]}")
        try:
            kind = self._catalogue.find(envelope.type)
            if kind not in self._subscribed:
                return Delivery(place, envelope, None)
            assert kind is not None  # noqa: S101 - None is never subscribed
            return Delivery(place, envelope, kind.of(envelope.data).upcast())
        except UnknownVersion:
            detail = f"{envelope.type} is a version this service does not know yet"
            return Delivery(place, envelope, None, ("version", detail))
        except ValidationError as error:
            detail = "; ".join(
                f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:3]
            )
            return Delivery(place, envelope, None, ("schema", detail))
        except Exception as error:  # a defect of an upcaster must hold its own stream only
            log.exception("%s: decoding %s failed", self._service, envelope.ref)
            return Delivery(place, envelope, None, ("failed", f"decoding: {error!r}"[:500]))

    def quarantined(self, place: LogRecord, code: str, why: str) -> Row:
        """Return the row that keeps a record which must not take effect."""
        metrics.quarantined.labels(self._service, self._topic, code).inc()
        log.warning(
            "%s: quarantined %s/%d/%d: %s",
            self._service, place.topic, place.partition, place.offset, why,
        )  # fmt: skip
        body = orjson.dumps(
            {"code": code, "why": why, "record": pack_records([place.record]).hex()}
        )
        return Row(QUARANTINE, quarantine_key(place), 1, body)


def quarantine_key(place: LogRecord) -> str:
    """Return the key of a quarantined record."""
    return f"{place.topic}/{place.partition}/{place.offset}"


async def quarantined_for_a_key(
    store: Store, topic: str, partitions: Sequence[int]
) -> AsyncIterator[LogRecord]:
    """Yield the records of these partitions whose key was unknown when they came, by offset."""
    for partition in partitions:
        places = []
        async for row in scan_all(store, QUARANTINE, f"{topic}/{partition}/"):
            body = orjson.loads(row.body or b"{}")
            if body["code"] == UNKNOWN_KEY:
                (record,) = unpack_records(bytes.fromhex(body["record"]))
                offset = int(row.key.rpartition("/")[2])
                places.append(LogRecord(topic, partition, offset, record))
        for place in sorted(places, key=lambda each: each.offset):
            yield place
