"""Which real servers a test run had: its last line says so."""

import pytest

_RAN = pytest.StashKey[list[str]]()


def note(config: pytest.Config, server: str) -> None:
    config.stash.setdefault(_RAN, []).append(server)


def line(config: pytest.Config) -> str:
    ran: list[str] = config.stash.setdefault(_RAN, [])
    return "real servers: " + (", ".join(ran) or "none")
