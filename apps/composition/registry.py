"""Services by name; one is loaded when it is first asked for."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module

from shared.runtime.definition import Definition


class Registry(Mapping[str, Definition]):
    """The definitions of these services. Asking for names loads none of them.

    A service `x` is the definition `X` in services/x/service.py.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(names)

    def __getitem__(self, name: str) -> Definition:
        if name not in self._names:
            raise KeyError(name)
        return _load(name)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@cache
def _load(name: str) -> Definition:
    definition = getattr(import_module(f"services.{name}.service"), name.upper())
    if not isinstance(definition, Definition):
        raise TypeError(f"{name.upper()} in services/{name}/service.py is no definition")
    return definition
