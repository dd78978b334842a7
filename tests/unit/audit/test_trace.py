"""Causes and effects over agencies, and the drawing of them."""

import re
from xml.etree import ElementTree as Xml

from apps.audit import graph
from apps.audit.graph import to_html, to_svg
from apps.audit.past import in_text
from apps.audit.trace import Trace, trace
from shared.signing.cloudevents import Envelope
from tests.toy import Added, Echoed, Rang
from tests.unit.audit.told import Told


def story() -> tuple[Told, dict[str, Envelope]]:
    """A request, what it led to here and there, and what has nothing to do with it."""
    told = Told()
    root = told.tell("alpha", "counter/root", Added(amount=1), Rang(), at=1)
    near = told.tell("alpha", "counter/near", Added(amount=1), at=2, cause=root)
    far = told.tell("beta", "counter/far", Echoed(amount=1), at=2.5, cause=root)
    back = told.tell("alpha", "counter/back", Added(amount=1), at=65, cause=far)
    told.tell("alpha", "counter/other", Added(amount=1), at=3)
    return told, {"root": root, "near": near, "far": far, "back": back}


def refs(found: Trace) -> list[str]:
    return [envelope.ref for envelope in found.events]


async def test_it_goes_back_to_the_request_and_on_to_all_effects() -> None:
    told, events = story()
    whole = await trace(told.history, "counter/root/2")
    assert whole.origin == "request/alpha-counter-root-1"
    assert refs(whole) == [
        "urn:sinergi:a/counter/root/1",
        *(events[name].ref for name in ("root", "near", "far", "back")),
    ]
    assert [(s.service, depth) for s, _, depth in whole.steps()] == [
        ("alpha", 0), ("alpha", 1), ("beta", 1), ("alpha", 2),
    ]  # fmt: skip


async def test_what_an_earlier_event_led_to_elsewhere_is_left_out() -> None:
    told, events = story()
    found = await trace(told.history, events["back"].ref)
    assert refs(found) == [
        "urn:sinergi:a/counter/root/1",
        *(events[name].ref for name in ("root", "far", "back")),
    ]
    assert found.violations == []


async def test_an_effect_whose_cause_is_not_before_it_is_named() -> None:
    told = Told()
    cause = told.tell("alpha", "counter/one", Added(amount=1), at=5)
    effect = told.tell("beta", "counter/one", Echoed(amount=1), at=4, cause=cause)
    found = await trace(told.history, effect.ref)
    assert refs(found) == [effect.ref]
    assert found.violations == [f"{effect.ref} has no cause before it: {cause.ref}"]


async def test_the_text_is_a_tree_with_delays() -> None:
    told, _ = story()
    lines = in_text(await trace(told.history, "counter/far/1")).splitlines()
    assert lines == [
        "request/alpha-counter-root-1",
        "├── alpha  Added  counter/root/1  2026-08-17 10:00:01.000",
        "└── alpha  Rang  counter/root/2  2026-08-17 10:00:01.000",
        "    └── *  beta  Echoed  counter/far/1  2026-08-17 10:00:02.500  +1.5 s",
        "        └── alpha  Added  counter/back/1  2026-08-17 10:01:05.000  +0:01:02",
    ]


async def test_json_has_every_event_with_its_place_and_cause() -> None:
    told, events = story()
    shown = (await trace(told.history, "counter/far/1")).shown()
    assert shown["correlation"] == events["root"].correlation
    last = shown["events"][-1]
    assert last["causation"] == events["far"].ref
    assert last["delay_seconds"] == 62.5
    assert (last["topic"], last["partition"], last["offset"]) == ("alpha.events", 0, 3)


async def test_the_page_stands_by_itself_and_nothing_overlaps() -> None:
    told, events = story()
    # Many effects, each with one of its own: the arrows need many tracks.
    leaves = [
        told.tell("beta", f"counter/leaf{n}", Echoed(amount=1), at=70 + n, cause=events["back"])
        for n in range(5)
    ]
    for n, leaf in enumerate(leaves):
        told.tell("alpha", f"counter/end{n}", Added(amount=1), at=80 + n, cause=leaf)
    found = await trace(told.history, "counter/root/2")
    page, drawing = to_html(found), to_svg(found)
    assert not re.search(r"<script|https?://(?!www\.w3\.org/2000/svg)|url\((?!#)", page)
    for envelope in found.events:
        assert envelope.ref in page
        assert envelope.ref in drawing
    svg = Xml.fromstring(drawing)  # noqa: S314 - our own
    space = "{http://www.w3.org/2000/svg}"
    boxes = [
        tuple(float(box.attrib[side]) for side in ("x", "y", "width", "height"))
        for box in svg.iter(f"{space}rect")
        if box.get("class") == "box"
    ]
    assert len(boxes) == 4 + 10
    bottoms = [y + height for _, y, _, height in boxes]
    assert all(y > bottom for bottom, (_, y, _, _) in zip(bottoms, boxes[1:], strict=False))
    assert bottoms[-1] < float(svg.attrib["height"])
    # No arrow runs down where another does, nor through a box.
    downs = []
    for path in svg.iter(f"{space}path"):
        if found_ := re.fullmatch(r"M(\d+) (\d+)(?:H(\d+))?V(\d+)H\d+", path.get("d", "")):
            x, start, turn, end = found_.groups()
            downs.append((int(turn or x), int(start), int(end)))
    assert len(downs) == 13
    for index, (x, start, end) in enumerate(downs):
        for left, _, width, _ in boxes:
            assert not left <= x <= left + width
        for other, begun, ended in downs[index + 1 :]:
            assert x != other or end <= begun or ended <= start


def test_a_name_is_shortened_to_its_end() -> None:
    assert (
        graph.short("application/01a20df6-e54b-7b3a-a2cd-af9efdadeb34") == "application/…fdadeb34"
    )
    assert len(graph.short("consumer/" + "x" * 90)) == 40
