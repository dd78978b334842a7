"""Views of states: the fields of a stream that a list and a single answer show."""

from collections.abc import Collection, Mapping
from typing import Any, Generic, TypeVar

from pydantic import create_model

from shared.eventsourcing.decider import State
from shared.web.responses import StreamItem

S = TypeVar("S", bound=State)


class StateView(StreamItem, Generic[S]):
    """The view of one kind of state: its fields are the state's fields of the same names.

    A view that shows what is computed overrides `computed`. Nothing is validated again.
    """

    @classmethod
    def of(cls, kind: str, id_: str, sequence: int, state: S) -> "StateView[S]":
        """Return the view of the state of the stream `<kind>/<id_>` at its sequence."""
        fields = cls.__pydantic_fields__
        shown: dict[str, object] = {"id": id_, "stream": f"{kind}/{id_}", "sequence": sequence}
        shown |= {name: each for name, each in state.__dict__.items() if name in fields}
        shown |= cls.computed(state)
        # model_construct takes three times as long as all else here: it asks each field for its
        # aliases and its default, and a view has neither.
        view = cls.__new__(cls)
        fill = object.__setattr__
        fill(view, "__dict__", shown)
        fill(view, "__pydantic_fields_set__", fields.keys())
        fill(view, "__pydantic_extra__", None)
        fill(view, "__pydantic_private__", None)
        return view

    @classmethod
    def computed(cls, state: S) -> Mapping[str, object]:
        """Return the fields that the state itself does not have; none unless overridden."""
        return {}


def view_of(state: type[S], without: Collection[str] = ()) -> type[StateView[S]]:
    """Return the view of all of a state's fields but those named."""
    fields: dict[str, Any] = {
        name: (field.annotation, field)
        for name, field in state.model_fields.items()
        if name not in without
    }
    return create_model(
        f"{state.__name__}View", __base__=StateView[S], __doc__=state.__doc__, **fields
    )
