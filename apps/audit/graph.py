"""A trace drawn: a lane for each agency, time from top to bottom, an arrow from cause to effect.

Every commit has a row of its own, so that no arrow crosses a box; arrows run down in the space
left of a lane, those of each cause in a track of their own.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from apps.audit.trace import Step, Trace, event_name, in_words
from shared.events.values import WITA
from shared.signing.cloudevents import Envelope, format_time

BOX, LINE, PADDING, GAP = 300, 18, 9, 16
MARGIN, TOP, TRACK, GUTTER = 120, 92, 12, 26
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
# The beginning of a UUIDv7 is only a time.
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{4}([0-9a-f]{8})")
_LONGEST = 40


def short(name: str) -> str:
    """Shorten a name so that it fits into a box; its end tells it apart."""
    found = _UUID.sub(r"…\1", name)
    return found if len(found) <= _LONGEST else f"{found[:12]}…{found[13 - _LONGEST :]}"


class Lane(NamedTuple):
    """An agency's boxes stand at `x`; its arrows run left of them. `number` is its colour."""

    number: int
    title: str
    x: int
    tracks: int


@dataclass(frozen=True, slots=True)
class Box:
    """A commit: its stream on the first line, then a line for each event."""

    step: Step
    lane: Lane
    y: int
    delay: str

    @property
    def height(self) -> int:
        return 2 * PADDING + LINE * (1 + len(self.step.events))

    @property
    def stream(self) -> str:
        return short(self.step.first.subject)

    @property
    def clock(self) -> str:
        return f"{self.step.first.time.astimezone(WITA):%H:%M:%S.%f}"[:12]

    @property
    def entry(self) -> int:
        return self.y + PADDING + LINE // 2

    def line(self, sequence: int) -> int:
        """Return the middle of an event's line."""
        return self.entry + LINE * (1 + sequence - self.step.first.sequence)


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that the template draws. `arrows` are SVG paths with the number of their cause's lane."""

    trace: Trace
    lanes: Sequence[Lane]
    boxes: Sequence[Box]
    arrows: Sequence[tuple[str, int]]

    @property
    def origin(self) -> str:
        return short(self.trace.origin)

    @property
    def width(self) -> int:
        return self.lanes[-1].x + BOX + GAP

    @property
    def height(self) -> int:
        return self.boxes[-1].y + self.boxes[-1].height + GAP


class _Run(NamedTuple):
    """The arrows from one event to all its effects in one lane: from row `start` to row `end`."""

    step: Step
    sequence: int
    service: str
    start: int
    end: int


def draw(trace: Trace) -> Drawing:
    steps = sorted(trace.steps(), key=lambda found: found[0].first.time)
    rows = {step: row for row, (step, _, _) in enumerate(steps)}
    tracks = _tracks(rows)
    lanes = _lanes(trace, tracks)
    boxes: dict[Step, Box] = {}
    y = TOP
    for step, cause, _ in steps:
        boxes[step] = Box(step, lanes[step.service], y, in_words(step.delay(cause)))
        y += boxes[step].height + GAP
    arrows = [arrow for run, track in tracks.items() for arrow in _arrows(run, track, boxes)]
    return Drawing(trace, list(lanes.values()), list(boxes.values()), arrows)


def _tracks(rows: dict[Step, int]) -> dict[_Run, int]:
    """Give each run the leftmost track of its lane that is free all along it."""
    runs = []
    for step, row in rows.items():
        for sequence, effects in step.effects.items():
            for service in {effect.service for effect in effects}:
                end = max(rows[effect] for effect in effects if effect.service == service)
                runs.append(_Run(step, sequence, service, row, end))
    taken: dict[tuple[str, int], int] = {}
    tracks = {}
    for run in sorted(runs, key=lambda run: (run.start, run.sequence, run.service)):
        track = 0
        while taken.get((run.service, track), -1) > run.start:
            track += 1
        taken[run.service, track] = run.end
        tracks[run] = track
    return tracks


def _lanes(trace: Trace, tracks: dict[_Run, int]) -> dict[str, Lane]:
    taking_part = {step.service for step, _, _ in trace.steps()}
    lanes, x = {}, MARGIN
    for number, (name, title) in enumerate(trace.services.items()):
        if name in taking_part:
            wide = 1 + max((t for run, t in tracks.items() if run.service == name), default=0)
            x += GUTTER + wide * TRACK
            lanes[name] = Lane(number, title, x, wide)
            x += BOX
    return lanes


def _arrows(run: _Run, track: int, boxes: Mapping[Step, Box]) -> Iterator[tuple[str, int]]:
    """Draw from the event's line into its track, and down from one effect to the next."""
    cause = boxes[run.step]
    effects = [boxes[e] for e in run.step.effects[run.sequence] if e.service == run.service]
    lane = effects[0].lane
    edge = cause.lane.x + (BOX if lane.x > cause.lane.x else 0)
    down = lane.x - GUTTER // 2 - TRACK * track
    start = f"M{edge} {cause.line(run.sequence)}H{down}"
    for effect in effects:
        yield f"{start}V{effect.entry}H{lane.x - 2}", cause.lane.number
        start = f"M{down} {effect.entry}"


def to_svg(trace: Trace) -> str:
    """Draw a picture by itself: no script, nothing loaded, readable on light and on dark."""
    return _render("graph.svg.html", trace)


def to_html(trace: Trace) -> str:
    """Make a page with the drawing and a table of all its events; likewise self-contained."""
    return _render("graph.html", trace)


def _render(template: str, trace: Trace) -> str:
    return _TEMPLATES.get_template(template).render(
        drawing=draw(trace),
        trace=trace,
        BOX=BOX,
        LINE=LINE,
        event_name=event_name,
        tooltip=tooltip,
        format_time=format_time,
    )


def tooltip(envelope: Envelope) -> str:
    """Write all that tells an event apart, a line each."""
    return "\n".join(
        (
            envelope.ref,
            envelope.type,
            format_time(envelope.time),
            f"cause {envelope.causation}",
            f"actor {envelope.actor}",
            f"hash {envelope.hash}",
        )
    )
