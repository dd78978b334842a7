"""The proof that the log holds together and that each service's rows equal it."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from apps.audit.index import Index
from apps.audit.live import CannotCheck, Digests, Fields, Live, ask, named
from apps.audit.log_pass import Discarded, LogPass, Progress, StartOver
from apps.audit.reading import Ends
from apps.audit.report import Report
from apps.audit.seen_before import SeenBefore
from apps.audit.trees import Notes
from apps.composition.client import Failed
from shared.kernel.ports import Log
from shared.messaging.dead_letter_record import PARKED
from shared.messaging.delivery_receipts import RECEIPTS
from shared.runtime.definition import Definition
from shared.signing.key_history import KeyHistory, Keyring
from shared.signing.stream_chains import Problem

_NAMED = 20


class Verification:
    """One run over the log of a topology.

    `ring` is what the keys on the log say, `digests` how to ask a service for its rows; None when
    only the log is to be checked. Services may go on working meanwhile: each of their rows is
    compared at the sequence it names. With an `index` that an earlier run has left, only what
    came since is judged; what was proven before is only hashed, to see that it is still the same,
    or not even that when `quick`. It is saved while all holds, so that an interrupted run goes on
    there.
    `kept` are checkpoints that the auditor has brought along, `fields` how to ask a service for
    the fields of a row that differs.
    """

    def __init__(
        self,
        log: Log,
        definitions: Iterable[Definition],
        ring: Keyring,
        digests: Digests | None,
        progress: Progress = lambda topic, done, total: None,
        index: Index | None = None,
        kept: Sequence[bytes] = (),
        fields: Fields | None = None,
        quick: bool = False,
    ) -> None:
        self._log, self._ring, self._digests, self._progress = log, ring, digests, progress
        self._definitions = {d.name: _with_delivery(d) for d in definitions}
        self._topics: dict[str, set[str]] = {
            d.topic: {d.source} for d in self._definitions.values()
        }
        self._index = index or Index(None, "")
        self._kept, self._fields, self._quick = kept, fields, quick
        self._changed: list[Problem] = []
        self._report = Report()

    async def run(self) -> Report:
        """Verify, and return what was found.

        Raises Unavailable when the log cannot be read, BadNote for a kept note that is none."""
        with _few_collections():
            return await self._run()

    async def _run(self) -> Report:
        report = self._report
        await self._ring.refresh(self._log)
        problems: list[Problem] = []
        if isinstance(self._ring, KeyHistory):
            problems += self._ring.problems
            problems += await SeenBefore(self._log, self._index).problems()
        notes = Notes(self._topics, self._ring.trust)
        await notes.read(self._log)
        for raw in self._kept:
            notes.add(raw)
        problems += notes.problems
        settled = await self._ends()
        lives = await self._ask(settled)
        passing = await self._follow(notes, settled, lives)
        problems += self._changed
        report.waiting = await passing.finish(problems)
        report.problems = sorted(
            {*problems, *passing.problems}, key=lambda p: (p.topic, p.partition, p.offset, p.code)
        )
        for live in lives.values():
            found = sorted(live.differences(), key=lambda d: (d.table, d.key))
            if self._fields is not None:
                first = [await named(d, live, self._fields) for d in found[:_NAMED]]
                found[:_NAMED] = first
            report.differences += found
        self._summarise(passing)
        if not (report.problems or report.differences):
            passing.save()
        return report

    async def _ends(self) -> Ends:
        return {topic: await self._log.ends(topic) for topic in self._topics}

    async def _ask(self, settled: Ends) -> dict[str, Live]:
        lives: dict[str, Live] = {}
        for name in self._definitions if self._digests is not None else ():
            assert self._digests is not None  # noqa: S101 - asked one line before
            try:
                lives[name], behind = await ask(name, self._digests, settled)
            except (CannotCheck, Failed) as error:
                self._report.unchecked.append(f"{name}: {error}")
                continue
            self._report.rows[name] = len(lives[name].rows)
            self._report.parked[name] = len(lives[name].head.parked)
            if behind:
                self._report.unchecked.append(f"{name} has not yet applied {behind}")
        return lives

    async def _follow(self, notes: Notes, settled: Ends, lives: dict[str, Live]) -> LogPass:
        ends = await self._ends()
        discarded: set[Discarded] = set()
        known = not self._quick
        while True:
            passing = LogPass(
                self._log,
                self._ring.trust,
                self._definitions,
                self._index,
                notes,
                discarded,
                self._progress,
            )
            if known:
                passing.trees.starts(ends)
                self._changed = await passing.trees.changed(self._log, ends)
                known = False
                if self._changed:
                    # What exactly is different, a reading from the beginning says.
                    self._index.clear()
                    continue
            try:
                await passing.follow(settled, ends, lives)
                return passing
            except StartOver:
                self._index.clear()
                for live in lives.values():
                    live.restart()

    def _summarise(self, passing: LogPass) -> None:
        report = self._report
        report.records, report.streams, report.fresh = passing.counts()
        report.covered = passing.trees.sizes
        report.repeats = sum(chains.repeats for chains in passing.chains.values())
        report.acts = passing.acts.count
        report.keys = len(list(self._ring.trust.listed()))
        report.unchecked += passing.unchecked


@contextmanager
def _few_collections() -> Iterator[None]:
    """Let the garbage collector run seldom: it would find nothing, in a quarter of all the time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _with_delivery(definition: Definition) -> Definition:
    return replace(definition, deciders=(*definition.deciders, RECEIPTS, PARKED))
