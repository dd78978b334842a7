"""A connection to one database of a server of MongoDB's protocol; the only file with Motor."""

from collections.abc import Callable
from inspect import isawaitable
from typing import cast

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient, ReadPreference, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.read_concern import ReadConcern

from shared.adapters.mongo.documents import (
    BeatDocument,
    CommitDocument,
    PrivateDocument,
    RowDocument,
)
from shared.adapters.mongo.failures import CONCERN_MS, unavailable
from shared.kernel.ports import Unavailable

_SELECTION_MS = 3_000
_SOCKET_MS = 10_000
DURABLE = WriteConcern("majority", wtimeout=CONCERN_MS, j=True)
MAJORITY = WriteConcern("majority", wtimeout=CONCERN_MS)
# The journal and the oplog keep the order of writes, so whatever loses these loses all later ones.
_ORDERED = WriteConcern(1)
_COMMITTED = ReadConcern("majority")
LOCAL = ReadConcern("local")

_Client = AsyncMongoClient[dict[str, object]]


class MongoDatabase:
    """The collections of one database, each with the concerns that its promises need.

    `client` makes the driver's client: Motor's, or `pymongo.AsyncMongoClient`. Only calls that both
    share are used, so PyMongo's types stand for both.
    """

    def __init__(
        self, url: str, database: str, *, client: Callable[..., object] = AsyncIOMotorClient
    ) -> None:
        self._url = url
        self._name = database
        self._make = client
        self._client: _Client | None = None
        # Tables whose index of due rows is known to be there.
        self._indexed: set[tuple[str, str]] = set()

    async def connect(self) -> None:
        """Make the client. The first call connects it."""
        made = self._make(
            self._url,
            serverSelectionTimeoutMS=_SELECTION_MS,
            connectTimeoutMS=_SELECTION_MS,
            socketTimeoutMS=_SOCKET_MS,
            tz_aware=True,
        )
        self._client = cast("_Client", made)

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            # Motor closes at once, PyMongo Async when awaited.
            closing: object = client.close()
            if isawaitable(closing):
                await closing

    async def ping(self) -> None:
        with unavailable("the store does not answer"):
            await self._database.command("ping")

    @property
    def _database(self) -> AsyncDatabase[dict[str, object]]:
        if self._client is None:
            raise Unavailable(f"the store {self._name} is not open")
        return self._client[self._name]

    def _collection(
        self, name: str, read: ReadConcern, write: WriteConcern
    ) -> AsyncCollection[dict[str, object]]:
        return self._database.get_collection(
            name, read_preference=ReadPreference.PRIMARY, read_concern=read, write_concern=write
        )

    def _commits(
        self, write: WriteConcern = DURABLE, read: ReadConcern = _COMMITTED
    ) -> AsyncCollection[CommitDocument]:
        found = self._collection("commits", read, write)
        return cast("AsyncCollection[CommitDocument]", found)

    def _private(self, collection: str) -> AsyncCollection[PrivateDocument]:
        found = self._collection(f"private.{collection}", _COMMITTED, DURABLE)
        return cast("AsyncCollection[PrivateDocument]", found)

    def _rows(self, table: str) -> AsyncCollection[RowDocument]:
        # What one process has put it must see at once, before a majority has it.
        found = self._collection(f"rows.{table}", LOCAL, _ORDERED)
        return cast("AsyncCollection[RowDocument]", found)

    def _beats(self) -> AsyncCollection[BeatDocument]:
        found = self._collection("beats", LOCAL, MAJORITY)
        return cast("AsyncCollection[BeatDocument]", found)
