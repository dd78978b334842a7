"""Proves, or disproves, that the log holds together and that each service's rows equal it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from services.audit.shadow import Shadow
from shared import delivery
from shared.chains import Chains, Problem
from shared.envelope import Envelope
from shared.events.base import Event, UnknownVersion
from shared.events.delivery import RecordDiscarded
from shared.ports import Log, LogRecord
from shared.service import Definition, Landscape
from shared.trust import Trust

# The digests of a running service: first its head, then its rows (shared.digests.stream).
Digests = Callable[[str], AsyncIterator[Mapping[str, Any]]]
Progress = Callable[[str, int, int], None]
Ends = dict[str, dict[int, int]]
_PATIENCE = 30.0


class CannotCheck(Exception):
    """Something that is needed for the proof is not to be had; the message says what."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A row of a service that is not what the log says."""

    service: str
    table: str
    key: str
    why: str


@dataclass(slots=True)
class Report:
    """What was checked and what does not hold."""

    records: dict[str, int] = field(default_factory=dict)
    streams: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    parked: dict[str, int] = field(default_factory=dict)
    repeats: int = 0
    problems: list[Problem] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0: all holds; 1: something does not; 2: something could not be checked."""
        if self.problems or self.differences:
            return 1
        return 2 if self.unchecked else 0


@dataclass(slots=True)
class _Live:
    """A service's rows as it reported them, and which of them the log has confirmed."""

    head: Mapping[str, Any]
    rows: dict[tuple[str, str], tuple[int, str]]
    confirmed: set[tuple[str, str]] = field(default_factory=set)
    wrong: dict[tuple[str, str], str] = field(default_factory=dict)
    due: dict[tuple[str, str], int] = field(default_factory=dict)


class Verification:
    """One run over the log of a landscape.

    `digests` is None when only the log is to be checked. Services may go on working meanwhile:
    each of their rows is compared at the sequence it names.
    """

    def __init__(
        self,
        log: Log,
        definitions: Iterable[Definition],
        trust: Trust,
        digests: Digests | None,
        progress: Progress = lambda topic, done, total: None,
    ) -> None:
        self._log, self._trust, self._digests, self._progress = log, trust, digests, progress
        self._definitions = {d.name: _with_delivery(d) for d in definitions}
        self._landscape = Landscape.of(tuple(self._definitions.values()))
        self._discarded: dict[str, set[tuple[str, str, int]]] = {}
        self._live: dict[str, _Live] = {}
        self._report = Report()

    async def run(self) -> Report:
        """Raises Unavailable when the log cannot be read."""
        settled = {topic: await self._log.ends(topic) for topic in self._landscape.owners}
        if self._digests is not None:
            for name in self._definitions:
                await self._ask(name, self._digests, settled)
        ends = {topic: await self._log.ends(topic) for topic in self._landscape.owners}
        while True:
            known = sum(len(d) for d in self._discarded.values())
            await self._pass(settled, ends)
            # Discards that were met late have been folded by mistake: once more, knowing them.
            if sum(len(d) for d in self._discarded.values()) == known:
                break
        for name, live in self._live.items():
            self._compare(name, live)
        return self._report

    async def _ask(self, name: str, digests: Digests, settled: Ends) -> None:
        """Reads a service's digests once it has applied what was on the log at the start."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                lines = digests(name)
                head = await anext(lines)
                if not (behind := _behind(head, settled)) or time.monotonic() > deadline:
                    rows = {(r["table"], r["key"]): (r["sequence"], r["hash"]) async for r in lines}
                    break
            except CannotCheck as error:
                self._report.unchecked.append(f"{name}: {error}")
                return
            await asyncio.sleep(0.2)
        if behind:
            self._report.unchecked.append(f"{name} has not yet applied {behind}")
        self._report.parked[name] = len(head["parked"])
        self._report.rows[name] = len(rows)
        self._live[name] = _Live(head, rows)

    async def _pass(self, settled: Ends, ends: Ends) -> None:
        report = self._report
        report.problems, report.records, report.streams, report.repeats = [], {}, {}, 0
        shadows = {n: Shadow(d, self._landscape) for n, d in self._definitions.items()}
        for live in self._live.values():
            live.confirmed.clear()
            live.wrong.clear()
            live.due.clear()
        for topic, partitions in ends.items():
            chains = Chains(self._landscape.owners[topic], self._trust)
            total, done = sum(partitions.values()), 0
            for partition, end in partitions.items():
                async for batch in self._log.read(topic, partition, 0, end):
                    for place in batch:
                        for found, envelope in chains.take(place):
                            old = found.offset < settled[topic].get(partition, 0)
                            self._event(topic, found, envelope, old, shadows)
                    done += len(batch)
                    self._progress(topic, done, total)
            report.problems += [*chains.problems, *chains.gaps()]
            report.records[topic] = done
            report.streams[topic] = len(chains.streams)
            report.repeats += chains.repeats

    def _event(
        self,
        topic: str,
        place: LogRecord,
        envelope: Envelope,
        old: bool,
        shadows: Mapping[str, Shadow],
    ) -> None:
        owner = topic.removesuffix(".events")
        if not envelope.type.startswith(f"sinergi.{owner}."):
            why = f"{envelope.id}: {envelope.type} is not of this topic"
            problem = Problem(topic, place.partition, place.offset, "type", why)
            self._report.problems.append(problem)
            return
        event = self._decode(place, envelope)
        if event is None:
            return
        if isinstance(event, RecordDiscarded):
            discarded = self._discarded.setdefault(owner, set())
            discarded.add((event.source, event.subject, event.sequence))
        name = envelope.source, envelope.subject, envelope.sequence
        for service, shadow in shadows.items():
            if name in self._discarded.get(service, ()):
                continue
            for row in shadow.take(topic, envelope, event):
                if live := self._live.get(service):
                    _confirm(live, (row.table, row.key), row.sequence, row.hash, old)

    def _decode(self, place: LogRecord, envelope: Envelope) -> Event | None:
        try:
            kind = self._landscape.catalogue.find(envelope.type)
        except UnknownVersion:
            kind = None
        if kind is None:
            self._report.unchecked.append(
                f"{envelope.ref}: this program does not know {envelope.type}"
            )
            return None
        try:
            return kind.of(envelope.data).upcast()
        except ValidationError as error:
            first = error.errors()[0]
            why = f"{envelope.id}: {'.'.join(map(str, first['loc']))}: {first['msg']}"
            problem = Problem(place.topic, place.partition, place.offset, "schema", why)
            self._report.problems.append(problem)
            return None

    def _compare(self, service: str, live: _Live) -> None:
        parked = {key.rpartition(" ")[0].partition(" ")[2] for key in live.head["parked"]}
        for (table, key), why in live.wrong.items():
            self._differ(service, table, key, why)
        for place, (sequence, _) in live.rows.items():
            if place not in live.confirmed and place not in live.wrong:
                self._differ(service, *place, f"the log has no event {sequence} that leads to it")
        for place, sequence in live.due.items():
            reached = live.rows.get(place, (0, ""))[0]
            stream = place[1].rpartition(" ")[2]
            if reached < sequence and stream not in parked:
                why = f"the log leads to event {sequence}, the service is at {reached}"
                self._differ(service, *place, why)
        self._report.differences.sort(key=lambda d: (d.service, d.table, d.key))

    def _differ(self, service: str, table: str, key: str, why: str) -> None:
        self._report.differences.append(Difference(service, table, key, why))


def _confirm(live: _Live, place: tuple[str, str], sequence: int, hash_: str, old: bool) -> None:
    if old:
        live.due[place] = sequence
    if place in live.rows and live.rows[place][0] == sequence:
        if live.rows[place][1] == hash_:
            live.confirmed.add(place)
        else:
            live.wrong[place] = f"at event {sequence} the log leads to another content"


def _behind(head: Mapping[str, Any], settled: Ends) -> str:
    """The topics that a service has not applied up to the given ends."""
    waits = [
        topic
        for topic, positions in head["positions"].items()
        if any(positions.get(str(p), 0) < end for p, end in settled[topic].items())
    ]
    return ", ".join(waits)


def _with_delivery(definition: Definition) -> Definition:
    return replace(definition, deciders=(*definition.deciders, *delivery.DECIDERS))
