"""Reasons of events, in words."""

from collections.abc import Iterable

from shared.events.values import Reason
from shared.kernel.sentences import DEFAULT, told


def spoken(reasons: Iterable[Reason]) -> str:
    """Return the sentences of the reasons, in Indonesian."""
    return " ".join(told(reason.rule, reason.params, DEFAULT, reason.version) for reason in reasons)
