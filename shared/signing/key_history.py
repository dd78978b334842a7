"""The keys of all agencies as the log tells them: each change signed by the agency's root key."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import uuid_utils
from pydantic import ValidationError

from shared.events.base import Catalogue, Event, UnknownVersion
from shared.events.keys import EVENTS, SERVICE, TOPIC, KeyEvent
from shared.kernel.ports import Clock, Log, LogRecord, Record
from shared.signing.cloudevents import GENESIS, Draft, Envelope, freeze, sign_group
from shared.signing.keys import BadKey, Signer
from shared.signing.stream_chains import Problem, StreamChains
from shared.signing.trust_store import TrustStore

CATALOGUE = Catalogue({SERVICE: EVENTS})


class Keyring(Protocol):
    """Which keys speak for whom, as far as it is known by now."""

    @property
    def trust(self) -> TrustStore: ...

    async def refresh(self, log: Log) -> bool:
        """Learn what has been said of keys since; return whether there was anything.

        Raises Unavailable.
        """
        ...


class Pinned:
    """Keys that never change."""

    def __init__(self, trust: TrustStore) -> None:
        self.trust = trust

    async def refresh(self, log: Log) -> bool:
        return False


class KeyHistory:
    """Follows the topic `keys.events`; `trust` is what it says so far.

    `roots` are the pinned keys, valid everywhere: all else follows from them. `problems` are the
    records that do not hold; they have changed nothing.
    """

    def __init__(self, roots: TrustStore) -> None:
        self.roots, self.trust = roots, TrustStore()
        self._chains = StreamChains(roots.agencies, roots)
        self._read: dict[int, int] = {}
        self._heads: dict[str, tuple[int, str]] = {}
        self._reading = asyncio.Lock()

    @property
    def problems(self) -> Sequence[Problem]:
        return (*self._chains.problems, *self._chains.gaps())

    def head(self, agency: str) -> tuple[int, str]:
        """Return the sequence and hash of the agency's last key event."""
        return self._heads.get(agency, (0, GENESIS))

    async def refresh(self, log: Log) -> bool:
        async with self._reading:
            moved = False
            for partition, end in (await log.ends(TOPIC)).items():
                start = self._read.get(partition, 0)
                if start >= end:
                    continue
                async for batch in log.read(TOPIC, partition, start, end):
                    for place in batch:
                        self.take(place)
                        self._read[partition] = place.offset + 1
                        moved = True
            return moved

    def take(self, place: LogRecord) -> None:
        for found, envelope in self._chains.take(place):
            self._heads[envelope.source] = (envelope.sequence, envelope.hash)
            try:
                if envelope.subject != subject_of(envelope.source):
                    raise BadKey(f"{envelope.subject} is not the stream of {envelope.source}")
                self.trust.apply(envelope.source, _decode(envelope))
            except (BadKey, ValidationError, UnknownVersion) as error:
                self._chains.problem(found, "key-history", str(error))


def _decode(envelope: Envelope) -> KeyEvent:
    kind = CATALOGUE.find(envelope.type)
    if kind is None:
        raise BadKey(f"{envelope.type} says nothing of keys")
    event = kind.of(envelope.data)
    assert isinstance(event, KeyEvent)  # noqa: S101 - the catalogue has no others
    return event


def subject_of(agency: str) -> str:
    return f"agency/{agency}"


def key_records(
    root: Signer, agency: str, events: Sequence[Event], head: tuple[int, str], clock: Clock
) -> list[Record]:
    """Key events of an agency, signed by its root, to follow the given head of its stream."""
    sequence, prevhash = head
    id_, time = str(uuid_utils.uuid7()), clock()
    records, hashes = [], []
    for number, event in enumerate(events, sequence + 1):
        draft = Draft(
            source=agency,
            type=CATALOGUE.type_of(SERVICE, type(event)),
            subject=subject_of(agency),
            time=time,
            sequence=number,
            first=sequence + 1,
            count=len(events),
            cause=f"root/{id_}",
            fingerprint="",
            correlation=id_,
            causation=f"root/{id_}",
            actor="root",
            prevhash=prevhash,
            data=event.data(),
        )
        record, prevhash = freeze(draft, root.keyid)
        records.append(record)
        hashes.append(prevhash)
    return sign_group(root, records, hashes)
