"""Breadth-first search over all interleavings of a small protocol: the shortest way to break it.

A model has `initial()`, `steps(state)`, `broken(state)` (what is wrong, or None), `repeats(state)`
and `settled(state)`. States are tuples. A fault is the world's doing; nothing may rely on one.
"""

from collections import deque
from typing import Any, NamedTuple


class Step(NamedTuple):
    """One atomic step."""

    label: str
    state: Any
    fault: bool = False


def explore(model: Any) -> tuple[str | None, list[str], int, int]:
    """Return the problem, the shortest way there, the states seen, and the most repeats in one.

    A problem is a broken invariant or a trap: a state that only a fault can lead out of.
    """
    first = model.initial()
    came: dict[Any, Any] = {first: None}
    back: dict[Any, list[Any]] = {}
    problem, bad, repeats = None, None, 0
    queue = deque([first])
    while queue and not problem:
        state = bad = queue.popleft()
        problem, repeats = model.broken(state), max(repeats, model.repeats(state))
        for label, after, fault in model.steps(state):
            if not fault:
                back.setdefault(after, []).append(state)
            if after not in came:
                came[after] = (state, label)
                queue.append(after)
    if not problem:
        good = {state for state in came if model.settled(state)}
        waiting = list(good)
        while waiting:
            more = set(back.get(waiting.pop(), ())) - good
            good |= more
            waiting += more
        bad = next((state for state in came if state not in good), None)
        problem = "stuck for ever" if bad else None
    trace: list[str] = []
    while problem and came[bad]:
        bad, label = came[bad]
        trace.insert(0, label)
    return problem, trace, len(came), repeats


def put(items: tuple[Any, ...], place: int, value: Any) -> tuple[Any, ...]:
    return (*items[:place], value, *items[place + 1 :])
