"""Which real servers a test run had and what shared fixtures cost: its last lines say so."""

import time
from collections import Counter, defaultdict
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Protocol

import pytest

_SHOWN = 0.5  # seconds; what took less is not worth a word


@dataclass
class Record:
    """Servers and seconds that one process notes; the controller adds up those of its workers."""

    servers: list[str] = field(default_factory=list)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    # Of the set-ups under way: what each must leave out, for another fixture took it.
    inner: list[float] = field(default_factory=list)


class Worker(Protocol):
    """A worker of pytest-xdist as its controller sees it."""

    config: pytest.Config


_RECORD = pytest.StashKey[Record]()


def _record(config: pytest.Config) -> Record:
    return config.stash.setdefault(_RECORD, Record())


def note(config: pytest.Config, server: str) -> None:
    """Remember that this server ran."""
    _record(config).servers.append(server)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Time every fixture that several tests share, without the shared ones that it asks for."""
    if fixturedef.scope == "function":
        return (yield)
    record, began = _record(request.config), time.perf_counter()
    record.inner.append(0.0)
    try:
        return (yield)
    finally:
        took = time.perf_counter() - began
        record.seconds[fixturedef.argname] += took - record.inner.pop()
        if record.inner:
            record.inner[-1] += took


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the record over to the controller, where this is a worker of pytest-xdist."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        record = _record(session.config)
        output |= {"servers": record.servers, "seconds": dict(record.seconds)}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Worker) -> None:
    """Add up what a worker hands over; one that crashed hands over nothing."""
    output = getattr(node, "workeroutput", {})
    record = _record(node.config)
    record.servers += output.get("servers", [])
    for name, took in output.get("seconds", {}).items():
        record.seconds[name] += took


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    record = _record(config)
    slowest = sorted(record.seconds.items(), key=lambda each: each[1], reverse=True)
    slow = [f"{name} {took:.1f} s" for name, took in slowest if took > _SHOWN]
    if slow:
        terminalreporter.write_line("set-up of shared fixtures: " + ", ".join(slow))
    # Each worker of pytest-xdist has servers of its own.
    ran = [f"{name} ×{n}" if n > 1 else name for name, n in Counter(record.servers).items()]
    terminalreporter.write_line("real servers: " + (", ".join(ran) or "none"))
