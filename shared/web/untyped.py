"""Answers of routes that are still to be typed; tests/contract/untyped.txt names them.

This file goes with the last of them.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import ConfigDict

from shared.eventsourcing.decider import State
from shared.web.state_views import StateView

S = TypeVar("S", bound=State)

# What a handler returns that has no model yet: an object of any fields.
Untyped = dict[str, Any]


def untyped_view(show: Callable[[str, S], Mapping[str, Any]]) -> type[StateView[S]]:
    """Return the view of a state that shows what `show` returns for an id and a state."""

    class UntypedView(StateView[S]):
        model_config = ConfigDict(extra="allow")

        @classmethod
        def of(cls, kind: str, id_: str, sequence: int, state: S) -> StateView[S]:
            place = {"id": id_, "stream": f"{kind}/{id_}", "sequence": sequence}
            return cls.model_construct(**{**show(id_, state), **place})

    return UntypedView
