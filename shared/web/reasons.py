"""Reasons of events as answers show them: rule, parameters and the sentence in every language."""

from typing import Any

from shared.events.values import Reason
from shared.kernel.sentences import in_all


def told(reason: Reason) -> dict[str, Any]:
    """Return the reason as JSON, with its sentence by language; a fallback text for a
    foreign rule.
    """
    sentences = in_all(reason.code, reason.params, reason.version)
    return {**reason.model_dump(mode="json"), **sentences}
