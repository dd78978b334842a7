"""What the commands about the past say: states, differences, causes, tables."""

import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from services.audit import difference, parquet
from services.audit.as_of import as_of
from services.audit.graph import to_html, to_svg
from services.audit.history import History, history_of
from services.audit.lookup import find_instant, only_one
from services.audit.trace import Step, Trace, event_name, in_words, trace
from shared.envelope import format_time
from shared.events.values import WITA
from shared.settings import Settings

_SHOWN = 20


@dataclass(slots=True)
class Outcome:
    """What a command found not to hold; 1 is then its exit code, and standard error says it."""

    found: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        return 1 if self.found else 0


@asynccontextmanager
async def _reading(settings: Settings) -> AsyncIterator[tuple[History, Outcome]]:
    outcome = Outcome()
    async with history_of(settings) as history:
        yield history, outcome
        outcome.found += [
            f"{p.topic} partition {p.partition} offset {p.offset}: {p.why} ({p.code})"
            for p in history.problems
        ]
    for what in outcome.found[:_SHOWN]:
        _note(f"DOES NOT HOLD  {what}")
    if (more := len(outcome.found) - _SHOWN) > 0:
        _note(f"... and {more} more; sinergi audit verify --json shows all")


async def show_state(
    settings: Settings, when: str, name: str | None, service: str | None, *, as_json: bool
) -> int:
    """`sinergi audit as-of`. Raises NotFound, BadKey and Unavailable."""
    async with _reading(settings) as (history, outcome):
        instant = await find_instant(history, when)
        _note(f"As of {_clock(instant)}, {format_time(instant)}")
        moment = await as_of(history, instant, name, service)
        outcome.found += moment.violations
        if name is not None:
            _json(moment.states[only_one(moment.states, name)].shown(), indented=not as_json)
        elif as_json:
            for standing in moment.states.values():
                _json(standing.shown())
        else:
            kinds = [
                (each.service, each.envelope.subject.partition("/")[0], each.envelope.sequence)
                for each in moment.states.values()
            ]
            streams = Counter((service, kind) for service, kind, _ in kinds)
            print(f"{'service':<14}{'kind':<16}{'streams':>8}{'events':>9}")
            for (service_, kind), count in streams.items():
                events = sum(n for s, k, n in kinds if (s, k) == (service_, kind))
                print(f"{service_:<14}{kind:<16}{count:>8}{events:>9}")
    return outcome.exit_code


async def show_difference(
    settings: Settings, since: str, until: str, name: str, service: str | None, *, as_json: bool
) -> int:
    """`sinergi audit diff`. Raises NotFound, BadKey and Unavailable."""
    async with _reading(settings) as (history, outcome):
        earlier, later = sorted([await find_instant(history, w) for w in (since, until)])
        _note(f"From {_clock(earlier)} to {_clock(later)}")
        found = await difference.difference(history, earlier, later, name, service)
        outcome.found += found.violations
        if as_json:
            _json(found.shown())
            return outcome.exit_code
        last = found.after.envelope
        was = found.before.envelope.sequence if found.before else 0
        print(f"{last.source}/{last.subject}: event {was} -> {last.sequence}\n")
        for change in found.changes:
            print(f"  {change.path}: {_value(change.before)} -> {_value(change.after)}")
        if not found.changes:
            print("  no field has changed")
        print()
        for _, envelope in found.events:
            print(f"  {envelope.sequence:>4}  {_clock(envelope.time)}  {event_name(envelope)}")
            print(f"        caused by {envelope.causation}, actor {envelope.actor}")
    return outcome.exit_code


async def show_trace(settings: Settings, name: str, form: str) -> tuple[str, int]:
    """`sinergi audit trace`: the text and the exit code. Raises NotFound, BadKey, Unavailable."""
    async with _reading(settings) as (history, outcome):
        found = await trace(history, name)
        outcome.found += found.violations
        made = _FORMS[form](found)
    return made, outcome.exit_code


def in_text(found: Trace) -> str:
    """The trace as a tree, a line an event; the one that was asked for has a star."""
    root = Tree(Text(found.origin))
    _grow(root, found.root, None, found.event)
    console = Console(width=400, color_system=None)
    with console.capture() as captured:
        console.print(root, soft_wrap=True)
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def _grow(tree: Tree, step: Step, cause: Step | None, asked: str) -> None:
    for _, envelope in step.events:
        words = [
            "*" if envelope.ref == asked else "",
            step.service,
            event_name(envelope),
            envelope.id,
            f"{envelope.time.astimezone(WITA):%Y-%m-%d %H:%M:%S.%f}"[:-3],
            in_words(step.delay(cause)),
        ]
        branch = tree.add(Text("  ".join(filter(None, words))))
        for effect in step.effects.get(envelope.sequence, ()):
            _grow(branch, effect, step, asked)


def _trace_json(found: Trace) -> str:
    option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(found.shown(), option=option).decode()


_FORMS = {"text": in_text, "json": _trace_json, "svg": to_svg, "html": to_html}
FORMATS = tuple(_FORMS)


async def write_parquet(settings: Settings, folder: Path) -> int:
    """`sinergi audit parquet`, into a folder that is there. Raises BadKey and Unavailable."""
    async with _reading(settings) as (history, outcome):
        for topic in history.definitions:
            file = folder / f"{topic}.parquet"
            print(f"{file}: {await parquet.write(history, topic, file)} events")
    return outcome.exit_code


def _clock(time: datetime) -> str:
    return f"{time.astimezone(WITA):%Y-%m-%d %H:%M:%S.%f} WITA"


def _value(value: Any) -> str:
    return "(none)" if value == () else orjson.dumps(value).decode()


def _json(value: Mapping[str, Any], *, indented: bool = False) -> None:
    option = orjson.OPT_APPEND_NEWLINE | (orjson.OPT_INDENT_2 if indented else 0)
    sys.stdout.buffer.write(orjson.dumps(value, option=option))


def _note(line: str) -> None:
    print(line, file=sys.stderr)
