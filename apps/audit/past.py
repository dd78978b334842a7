"""The output of the commands about the past: states, differences, causes, tables."""

import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import orjson
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from apps.audit import parquet
from apps.audit.as_of import Standing, as_of
from apps.audit.difference import Difference, difference
from apps.audit.graph import to_html, to_svg
from apps.audit.history import History, history_of
from apps.audit.lookup import find_instant, only_one
from apps.audit.trace import Step, Trace, event_name, in_words, trace
from shared.events.values import WITA
from shared.kernel.settings import Settings
from shared.signing.cloudevents import format_time

_SHOWN = 20


@asynccontextmanager
async def _reading(settings: Settings) -> AsyncIterator[tuple[History, list[str]]]:
    """Open a history, and a list of what does not hold: complete, and printed, at the end."""
    wrong: list[str] = []
    async with history_of(settings) as history:
        yield history, wrong
        wrong += [
            f"{p.topic} partition {p.partition} offset {p.offset}: {p.why} ({p.code})"
            for p in history.problems
        ]
    for what in wrong[:_SHOWN]:
        _note(f"DOES NOT HOLD  {what}")
    if (more := len(wrong) - _SHOWN) > 0:
        _note(f"... and {more} more; sinergi audit verify --json shows all")


async def show_state(
    settings: Settings, when: str, name: str | None, service: str | None, *, as_json: bool
) -> int:
    """Run `sinergi audit as-of`; return the exit code. Raises NotFound, BadKey and Unavailable."""
    async with _reading(settings) as (history, wrong):
        instant = await find_instant(history, when)
        _note(f"As of {_clock(instant)}, {format_time(instant)}")
        moment = await as_of(history, instant, name, service)
        wrong += moment.violations
    if name is not None:
        _json(moment.states[only_one(moment.states, name)].shown(), indented=not as_json)
    elif as_json:
        for standing in moment.states.values():
            _json(standing.shown())
    else:
        _count(moment.states.values())
    return int(bool(wrong))


def _count(states: Iterable[Standing]) -> None:
    streams, events = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for standing in states:
        kind = standing.service, standing.envelope.subject.partition("/")[0]
        streams[kind] += 1
        events[kind] += standing.envelope.sequence
    print(f"{'service':<14}{'kind':<16}{'streams':>8}{'events':>9}")
    for (service, name), count in streams.items():
        print(f"{service:<14}{name:<16}{count:>8}{events[service, name]:>9}")


async def show_difference(
    settings: Settings, since: str, until: str, name: str, service: str | None, *, as_json: bool
) -> int:
    """Run `sinergi audit diff`; return the exit code. Raises NotFound, BadKey and Unavailable."""
    async with _reading(settings) as (history, wrong):
        earlier, later = sorted([await find_instant(history, w) for w in (since, until)])
        _note(f"From {_clock(earlier)} to {_clock(later)}")
        found = await difference(history, earlier, later, name, service)
        wrong += found.violations
    if as_json:
        _json(found.shown())
    else:
        _tell(found)
    return int(bool(wrong))


def _tell(found: Difference) -> None:
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


async def show_trace(settings: Settings, name: str, form: str) -> tuple[str, int]:
    """Run `sinergi audit trace`; return text and exit code.

    Raises NotFound, BadKey, Unavailable."""
    async with _reading(settings) as (history, wrong):
        found = await trace(history, name)
        wrong += found.violations
        made = _FORMS[form](found)
    return made, int(bool(wrong))


def in_text(found: Trace) -> str:
    """Write the trace as a tree, a line an event; the one that was asked for has a star."""
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
    """Run `sinergi audit parquet` into a folder that is there; return the exit code.

    Raises BadKey and Unavailable."""
    async with _reading(settings) as (history, wrong):
        for topic in history.definitions:
            file = folder / f"{topic}.parquet"
            print(f"{file}: {await parquet.write(history, topic, file)} events")
    return int(bool(wrong))


def _clock(time: datetime) -> str:
    return f"{time.astimezone(WITA):%Y-%m-%d %H:%M:%S.%f} WITA"


def _value(value: object) -> str:
    return "(none)" if value == () else orjson.dumps(value).decode()


def _json(value: Mapping[str, object], *, indented: bool = False) -> None:
    option = orjson.OPT_APPEND_NEWLINE | (orjson.OPT_INDENT_2 if indented else 0)
    sys.stdout.buffer.write(orjson.dumps(value, option=option))


def _note(line: str) -> None:
    print(line, file=sys.stderr)
