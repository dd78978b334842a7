"""The review's checklist: the points that are looked at before the ministry decides."""

from collections.abc import Iterable, Sequence

from shared.events.equipment.values import Check
from shared.eventsourcing.refusal import Refused

# TNA attached, fits the programme, room and power in the workshop, a fair price.
POINTS = ("tna-attached", "fits-programme", "workshop-space", "power-supply", "fair-price")


def refuse_checks(checks: Sequence[Check]) -> None:
    """Raise Refused unless each is a known point, once, with a note where it is not met."""
    if not checks:
        raise Refused("no-checks", field="checks", status=422)
    refuse_points([check.point for check in checks], "checks", ".point")
    for index, check in enumerate(checks):
        if not check.met and check.note is None:
            raise Refused("note-missing", field=f"checks.{index}.note", status=422)


def refuse_points(points: Sequence[str], field: str, rest: str = "") -> None:
    """Raise Refused unless each is a point of the checklist, named once.

    `field` and `rest` are the input's name before and after the point's index.
    """
    for index, point in enumerate(points):
        at = f"{field}.{index}{rest}"
        if point not in POINTS:
            raise Refused("unknown-point", field=at, status=422, points=POINTS)
        if point in points[:index]:
            raise Refused("repeated-point", field=at, status=422)


def refuse_unfinished(checks: Iterable[Check]) -> None:
    """Raise Refused while a point of the checklist has no finding."""
    seen = {check.point for check in checks}
    if open_ := [point for point in POINTS if point not in seen]:
        raise Refused("checklist-incomplete", points=open_)


def merged(earlier: Sequence[Check], newer: Sequence[Check]) -> tuple[Check, ...]:
    """Return the newest finding on each point, in the order of POINTS."""
    found = {check.point: check for check in (*earlier, *newer)}
    return tuple(sorted(found.values(), key=_place))


def _place(check: Check) -> tuple[int, str]:
    place = POINTS.index(check.point) if check.point in POINTS else len(POINTS)
    return place, check.point
