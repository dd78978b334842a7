"""In which order tests run, and which of them run in one process, where pytest-xdist has several.

Every worker has a Kafka and a server of MongoDB's protocol of its own, so that a test may empty,
pause or kill them. Only a server that the environment gives is one for all.
"""

import os
from collections import defaultdict

import pytest
from _pytest.nodeid import NodeId

_GIVEN = ("SINERGI_TEST_KAFKA", "SINERGI_TEST_MONGO")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "compose_system" in getattr(item, "fixturenames", ()):
            # Whichever comes first waits for the images: longer than a test may take by itself.
            item.add_marker(pytest.mark.timeout(1200))
            item.add_marker(pytest.mark.xdist_group("compose"))
    if any(os.environ.get(variable) for variable in _GIVEN):
        for item in items:
            item.own_markers = [m for m in item.own_markers if m.name != "xdist_group"]
            item.add_marker(pytest.mark.xdist_group("given"))
    # The longest first: else one worker ends with a long one while the others have nothing left.
    # A group is as long as its longest, and stays together.
    longest = defaultdict[str, float](float)
    for item in filter(_group, items):
        longest[_group(item)] = max(longest[_group(item)], _seconds(item))
    items.sort(key=lambda item: (-(longest[_group(item)] or _seconds(item)), _group(item)))
    if getattr(config.option, "loadgroup", False):
        # pytest-xdist 3.8 puts the group into a field that pytest 9.2 no longer reads.
        for item in filter(_group, items):
            item._id = NodeId.parse(f"{item.nodeid}@{_group(item)}")


def _group(item: pytest.Item) -> str:
    """The group's name; empty if it is in none."""
    mark = item.get_closest_marker("xdist_group")
    return str(mark.args[0]) if mark else ""


def _seconds(item: pytest.Item) -> float:
    """Return the seconds that the test's time limit allows; 0 if it has none."""
    if "compose_system" in getattr(item, "fixturenames", ()):
        return 1.0  # after those that say so: its images may still be under construction
    limits = [float(mark.args[0]) for mark in item.iter_markers("timeout") if mark.args]
    return max(limits, default=0.0)
