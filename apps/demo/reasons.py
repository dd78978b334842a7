"""Reasons of events, in words."""

from collections.abc import Iterable
from typing import Any

from shared.kernel.sentences import DEFAULT, told


def spoken(reasons: Iterable[dict[str, Any]]) -> str:
    """The sentences of the reasons, as an event's data have them, in Indonesian."""
    return " ".join(
        told(reason["rule"], reason["params"], DEFAULT, reason["version"]) for reason in reasons
    )
