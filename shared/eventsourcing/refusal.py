"""Refusals: a rule says no, by its code and what it was about. The sentences are in catalogues."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

Param = str | int | Sequence[str]


class Refused(Exception):
    """A rule says no; nothing is stored.

    `code` names the sentence that says what is wrong and how to mend it, and `params` are what the
    sentence mentions, as plain JSON: text, numbers, booleans, lists of text; `about` are more of
    them. `rule` is the stable
    name of the rule: what stands before the colon of a code such as "dates:visit", unless it is
    given. `field` names the offending input where there is one, `status` is the HTTP status (409:
    the state forbids it, 422: the input does, 403: this person may not, 404: there is no such
    thing).
    """

    def __init__(
        self,
        code: str,
        /,
        *,
        field: str | None = None,
        status: int = 409,
        rule: str | None = None,
        about: Mapping[str, Param] = MappingProxyType({}),
        **params: Param,
    ) -> None:
        self.code, self.rule = code, rule or code.partition(":")[0]
        self.params: Mapping[str, Param] = {**about, **params}
        super().__init__(code, self.params)
        self.field, self.status = field, status

    def __str__(self) -> str:
        about = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code} ({about})" if about else self.code


class MovedOn(Refused):
    """The stream no longer stands where it was expected to."""

    def __init__(self, expected: int, sequence: int) -> None:
        super().__init__("precondition", status=412, sequence=sequence, expected=expected)


class NotYet(Exception):
    """A reaction's precondition has not arrived; it is tried again when `stream` has moved."""

    def __init__(self, stream: str) -> None:
        super().__init__(f"waits for {stream}")
        self.stream = stream


def refuse_unless(
    status: str | None,
    allowed: Collection[str],
    kind: str,
    *,
    field: str | None = None,
    **params: Param,
) -> None:
    """Raise Refused unless something of this kind stands at one of these statuses.

    None is the status of what there is not. The catalogue says `not-found:<kind>` and
    `illegal-step:<kind>`, with `current` and `allowed` for the statuses, and each status as
    `<kind>-status.<status>`.
    """
    if status is None:
        raise Refused(f"not-found:{kind}", status=404)
    if status not in allowed:
        raise Refused(
            f"illegal-step:{kind}",
            field=field,
            about=params,
            current=status,
            allowed=list(allowed),
        )


def refuse_empty(items: Sequence[object], field: str) -> None:
    """Raise Refused unless there is at least one item."""
    if not items:
        raise Refused("no-items", field=field, status=422)


def refuse_repeated(names: Iterable[str], field: str) -> None:
    """Raise Refused when an item is listed twice; `field` is the list's name."""
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            raise Refused("repeated-item", field=f"{field}.{index}.item", status=422)
        seen.add(name)
