"""A fresh database on the tests' server of MongoDB's protocol."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import TracebackType
from uuid import uuid4

import pytest
from pymongo import AsyncMongoClient, MongoClient

from shared.adapters.conformance.store import StoreFeatures, StoreSite
from shared.adapters.mongo.store import MongoStore
from shared.kernel.ports import Store
from tests.servers.mongo import Mongo

_MOTOR = inspect.signature(MongoStore).parameters["client"].default
CLIENTS: dict[str, Callable[..., object]] = {"motor": _MOTOR, "pymongo": AsyncMongoClient}
# FerretDB reads and then writes, so of two updates of one row that race either may stand; its
# inserts are atomic. MongoDB's updates are too.
_NON_ATOMIC_UPDATES = "ferretdbVersion"

# PyMongo Async 4.20 forgets a socket when it is closed while its monitor is connecting.
forgotten_sockets = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <socket.socket:pytest.PytestUnraisableExceptionWarning"
)


class MongoSite(StoreSite):
    """`client` makes the driver's client. Leaving the context drops the database."""

    features = StoreFeatures(
        persistent=True,
        survives_kill=True,
        shared=True,
        remote=True,
        forgets=False,
        atomic_updates=True,
    )

    def __init__(self, server: Mongo, client: Callable[..., object]) -> None:
        self.server: Mongo = server
        self._client = client
        self._name = f"sinergi_test_{uuid4().hex}"
        with MongoClient[dict[str, object]](server.url) as admin:
            atomic = _NON_ATOMIC_UPDATES not in admin.admin.command("buildInfo")
        self.features = replace(self.features, atomic_updates=atomic)

    def maker(self, **options: object) -> Callable[[], Store]:
        client = partial(self._client, **options) if options else self._client
        return partial(MongoStore, self.server.url, self._name, client=client)

    def unreachable(self) -> Store:
        return MongoStore("mongodb://127.0.0.1:1", self._name, client=self._client)

    def __enter__(self) -> "MongoSite":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with MongoClient[dict[str, object]](self.server.url) as client:
            client.drop_database(self._name)
