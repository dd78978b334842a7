"""The optional promises of an adapter, and the tests that need them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import pytest

_Test = TypeVar("_Test", bound=Callable[..., object])
_NEEDS = "conformance_needs"


@dataclass(frozen=True, kw_only=True)
class StoreFeatures:
    """The optional promises of a Store adapter. A test that needs one is skipped without it.

    `persistent`: a store that is opened again has everything; a place without one is Unavailable.
    `survives_kill`: what was acknowledged survives kill -9 of the process, and of the server.
    `shared`: several stores, in threads or processes of their own, write to one database at once.
    `remote`: there is a server, which can be away while the process runs on.
    `forgets`: deleted and replaced private values are gone from the files, not only from answers.
    `atomic_updates`: of two updates of one row that race the higher stands, and of two holders
    that race for a lease that has run out one gets it.
    """

    persistent: bool
    survives_kill: bool
    shared: bool
    remote: bool
    forgets: bool
    atomic_updates: bool


@dataclass(frozen=True, kw_only=True)
class LogFeatures:
    """The optional promises of a Log adapter. A test that needs one is skipped without it.

    `partitions`: how many a topic has that the adapter makes.
    `persistent`: a log that is opened again has every record.
    `survives_kill`: what was acknowledged survives kill -9 of the process, and of the server.
    `shared`: several logs, in processes of their own, send and subscribe at once, and a group's
    partitions are shared out among them. Without it one object has all subscriptions.
    `remote`: there is a server, which can be away while the process runs on.
    """

    partitions: int
    persistent: bool
    survives_kill: bool
    shared: bool
    remote: bool


def needs(*features: str) -> Callable[[_Test], _Test]:
    """Skip the test where the adapter lacks one of these features."""

    def mark(test: _Test) -> _Test:
        setattr(test, _NEEDS, features)
        return test

    return mark


def skip_without(request: pytest.FixtureRequest, features: StoreFeatures | LogFeatures) -> None:
    """Skip the requesting test if it needs a feature that these lack.

    Raises AttributeError where a test names a feature that does not exist.
    """
    for name in getattr(request.function, _NEEDS, ()):
        if not getattr(features, name):
            pytest.skip(f"the adapter's features say: not {name}")
