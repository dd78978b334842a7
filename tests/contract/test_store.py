"""Every Store adapter keeps the port's promises."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest

from shared.adapters.conformance.store import StoreConformance, StoreFeatures, StoreSite
from shared.adapters.sqlite_store import SqliteStore
from shared.kernel.ports import Store
from tests.contract.mongo_site import CLIENTS, MongoSite, forgotten_sockets
from tests.servers.mongo import Mongo


class SqliteSite(StoreSite):
    features = StoreFeatures(
        persistent=True,
        survives_kill=True,
        shared=True,
        remote=False,
        forgets=True,
        atomic_updates=True,
    )

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def maker(self) -> Callable[[], Store]:
        return partial(SqliteStore, self._folder / "store.db")

    def unreachable(self) -> Store:
        return SqliteStore(self._folder)

    def files(self) -> Iterable[Path]:
        found = [path for path in self._folder.rglob("*") if path.is_file()]
        assert found
        return found


class TestSqlite(StoreConformance):
    @pytest.fixture
    def site(self, tmp_path: Path) -> StoreSite:
        return SqliteSite(tmp_path)


class TestMotor(StoreConformance):
    @pytest.fixture
    def site(self, mongo_server: Mongo) -> Iterator[StoreSite]:
        with MongoSite(mongo_server, CLIENTS["motor"]) as site:
            yield site


@forgotten_sockets
class TestPymongo(StoreConformance):
    @pytest.fixture
    def site(self, mongo_server: Mongo) -> Iterator[StoreSite]:
        with MongoSite(mongo_server, CLIENTS["pymongo"]) as site:
            yield site
