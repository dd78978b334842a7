"""Fixtures of all tests: the real servers, and the two backends the machinery is proven on."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from pymongo import MongoClient
from pymongo.database import Database

from shared.adapters.sqlite_log import EmbeddedLog
from shared.adapters.sqlite_store import SqliteStore
from shared.kernel.ports import Log, Store
from tests.toy import World

# A busy machine is no defect of what is tested.
settings.register_profile("sinergi", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sinergi")

pytest_plugins = [
    "tests.servers.report",  # first, for the others import it
    "tests.servers.fixtures",
    "tests.schedule",
    "tests.scenarios.deployed",  # before the next, which imports it
    "tests.scenarios.finished",
]


class Backend:
    """A world's log and stores; each call makes another connection, as another process would."""

    def __init__(self, world: World, folder: Path, kafka: str = "", mongo: str = "") -> None:
        self.world, self.folder, self._kafka, self._mongo = world, folder, kafka, mongo

    @property
    def embedded(self) -> bool:
        return not self._kafka

    async def log(self) -> Log:
        log: Log
        if self._kafka:
            from shared.adapters.kafka.log import KafkaLog

            log = KafkaLog(f"kafka://{self._kafka}", partitions=3)
        else:
            log = EmbeddedLog(self.folder / "log.sqlite")
        await log.open()
        await log.create_topics(self.world.topics)
        return log

    def store(self, name: str) -> Store:
        if self._mongo:
            from shared.adapters.mongo.store import MongoStore

            return MongoStore(self._mongo, f"test_{name}")
        return SqliteStore(self.folder / f"{name}.sqlite")

    async def copy(self, name: str) -> Callable[[], Awaitable[None]]:
        """A backup of a closed store; calling it puts the backup back."""
        if not self._mongo:
            file = self.folder / f"{name}.sqlite"
            backup = self.folder / f"{name}.backup"
            with closing(sqlite3.connect(file)) as db, closing(sqlite3.connect(backup)) as to:
                db.backup(to)

            async def put_back() -> None:
                for stale in self.folder.glob(f"{name}.sqlite*"):
                    stale.unlink()
                backup.rename(file)

            return put_back

        def database(client: MongoClient[dict[str, Any]]) -> Database[dict[str, Any]]:
            return client[f"test_{name}"]

        with MongoClient[dict[str, Any]](self._mongo) as client:
            kept = {
                n: list(database(client)[n].find())
                for n in database(client).list_collection_names()
            }

        async def put_back_documents() -> None:
            with MongoClient[dict[str, Any]](self._mongo) as client:
                for name in database(client).list_collection_names():
                    database(client)[name].delete_many({})
                for name, documents in kept.items():
                    if documents:
                        database(client)[name].insert_many(documents)

        return put_back_documents


@pytest.fixture(params=["embedded", "kafka+mongo"])
async def backend(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Backend]:
    world = World(f"-{uuid4().hex[:8]}")
    if request.param == "embedded":
        yield Backend(world, tmp_path)
        return
    kafka = request.getfixturevalue("kafka_server")
    mongo = request.getfixturevalue("mongo_server")
    backend = Backend(world, tmp_path, kafka.bootstrap, mongo.url)
    yield backend
    for definition in world.definitions:
        store = backend.store(definition.name)
        await store.open()
        await asyncio.wait_for(store.clear(), 60)
        await store.close()


@pytest.fixture
async def log(backend: Backend) -> AsyncIterator[Log]:
    log = await backend.log()
    yield log
    await log.close()
