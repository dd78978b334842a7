"""The Store on a server of MongoDB's protocol; the only file that imports Motor.

Only calls that Motor and PyMongo Async share are used, and nothing that some server of the protocol
lacks: no transaction, no partial, sparse or array index, no aggregation, no upsert in bulk. What
the server itself keeps of deleted private values (its journal, the oplog of a replica set, backups)
is overwritten in its own time: such servers need encrypted storage.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from inspect import isawaitable
from typing import Any, TypeVar

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import ReadPreference, ReplaceOne, UpdateOne, WriteConcern
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DuplicateKeyError,
    OperationFailure,
    WriteConcernError,
)
from pymongo.read_concern import ReadConcern

from shared.adapters.mongo_documents import Document, commit_of, document_of, id_of, row_of
from shared.kernel.ports import Appended, Commit, Place, Position, Row, Unavailable

_Item = TypeVar("_Item")

_SELECTION_MS = 3_000
_SOCKET_MS = 10_000
# Shorter than the socket's, so that a majority that is gone is told apart from a server that is.
_CONCERN_MS = 5_000
_DURABLE = WriteConcern("majority", wtimeout=_CONCERN_MS, j=True)
_MAJORITY = WriteConcern("majority", wtimeout=_CONCERN_MS)
# The journal and the oplog keep the order of writes, so whatever loses these loses all later ones.
_ORDERED = WriteConcern(1)
_COMMITTED = ReadConcern("majority")
_LOCAL = ReadConcern("local")

_STEPS = 3
_BULK = 50  # FerretDB 1.24 hangs on a bulk of 100 updates.
_BATCH = 5_000
_DUPLICATE = 11_000
# A server that cannot serve now. PyMongo raises most of these as ConnectionFailure, but not where
# they stand inside a bulk's answer.
_NETWORK = {6, 7, 89, 202, 317, 9001}
_NO_PRIMARY = {91, 133, 189, 10107, 11600, 11602, 13435, 13436}
_NO_MAJORITY = {64, 100, 134}
_TIME_OR_LOCK = {24, 46, 50, 112, 262}
_CURSOR_GONE, _DISK_FULL = 43, 14031
_PASSING = _NETWORK | _NO_PRIMARY | _NO_MAJORITY | _TIME_OR_LOCK | {_CURSOR_GONE, _DISK_FULL}


def _passing(error: OperationFailure) -> bool:
    if isinstance(error, WriteConcernError) or error.code in _PASSING:
        return True
    details = error.details or {}
    return bool(details.get("writeConcernErrors")) or any(
        failed.get("code") in _PASSING for failed in details.get("writeErrors", ())
    )


@contextmanager
def _unavailable(what: str) -> Iterator[None]:
    try:
        yield
    except ConnectionFailure as error:
        raise Unavailable(f"{what}: {error}") from error
    except OperationFailure as error:
        if _passing(error):
            raise Unavailable(f"{what}: {error}") from error
        raise


def _refused(error: BulkWriteError) -> list[int]:
    """Which members met a duplicate key; raises the error again if there was anything else."""
    failed = error.details["writeErrors"]
    if _passing(error) or any(each["code"] != _DUPLICATE for each in failed):
        raise error
    return [each["index"] for each in failed]


def _chunks(items: Sequence[_Item], size: int) -> Iterator[Sequence[_Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _beyond(prefix: str) -> str | None:
    """The first string above all that begin with the prefix; None when there is none."""
    for place in range(len(prefix) - 1, -1, -1):
        point = ord(prefix[place]) + 1
        if point <= 0x10FFFF:
            # Surrogates are no characters and cannot be sent.
            return prefix[:place] + chr(0xE000 if 0xD800 <= point < 0xE000 else point)
    return None


def _among(ids: Sequence[str]) -> Document:
    # Some servers of the protocol use their index for equality only.
    return {"_id": ids[0] if len(ids) == 1 else {"$in": list(ids)}}


async def _wait(deadline: float, why: str) -> None:
    """For what is on the primary but not yet on a majority, which it may never be."""
    if time.monotonic() > deadline:
        raise Unavailable(why)
    await asyncio.sleep(0.01)


def _deadline() -> float:
    return time.monotonic() + _CONCERN_MS / 1000


class MongoStore:
    """One database of a MongoDB-protocol server, shared by any number of processes.

    Commits and private values are acknowledged by a majority's journals and read as a majority has
    them. `client` makes the driver's client: Motor's, or `pymongo.AsyncMongoClient`. What the
    server will never take (a commit above 16 MiB, say) raises the driver's own error.
    """

    def __init__(
        self, url: str, database: str, *, client: Callable[..., Any] = AsyncIOMotorClient
    ) -> None:
        self._url = url
        self._name = database
        self._make = client
        self._client: Any = None
        self._indexed: set[str] = set()

    async def open(self) -> None:
        self._client = self._make(
            self._url,
            serverSelectionTimeoutMS=_SELECTION_MS,
            connectTimeoutMS=_SELECTION_MS,
            socketTimeoutMS=_SOCKET_MS,
            tz_aware=True,
        )
        try:
            with _unavailable(f"cannot open the store {self._name}"):
                commits = self._commits()
                await commits.create_index([("cause", 1)], name="cause", unique=True)
                await commits.create_index([("sent", 1), ("at", 1), ("_id", 1)], name="pending")
                await commits.create_index([("partition", 1), ("offset", -1)], name="sent")
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            # Motor closes at once, PyMongo Async when awaited.
            closing = client.close()
            if isawaitable(closing):
                await closing

    async def ping(self) -> None:
        with _unavailable("the store does not answer"):
            await self._database.command("ping")

    @property
    def _database(self) -> Any:
        if self._client is None:
            raise Unavailable(f"the store {self._name} is not open")
        return self._client[self._name]

    def _collection(self, name: str, read: ReadConcern, write: WriteConcern) -> Any:
        return self._database.get_collection(
            name, read_preference=ReadPreference.PRIMARY, read_concern=read, write_concern=write
        )

    def _commits(self, write: WriteConcern = _DURABLE) -> Any:
        return self._collection("commits", _COMMITTED, write)

    def _private(self, collection: str) -> Any:
        return self._collection(f"private.{collection}", _COMMITTED, _DURABLE)

    def _rows(self, table: str) -> Any:
        # What one process has put it must see at once, before a majority has it.
        return self._collection(f"rows.{table}", _LOCAL, _ORDERED)

    async def append(self, group: Sequence[Commit]) -> list[Appended]:
        outcomes = [Appended.OK] * len(group)
        with _unavailable("the store cannot append"):
            lost: set[str] = set()
            for wave in _waves(group):
                ready = [group[index] for index in wave if group[index].stream not in lost]
                refused = await self._insert([document_of(commit) for commit in ready])
                for index in wave:
                    commit = group[index]
                    if commit.stream in lost:
                        outcomes[index] = Appended.STREAM
                    elif commit.cause in refused:
                        outcomes[index] = refused[commit.cause]
                        lost.add(commit.stream)
        return outcomes

    async def _insert(self, documents: Sequence[Document]) -> dict[str, Appended]:
        """The causes that were refused, and why."""
        if not documents:
            return {}
        try:
            await self._commits().insert_many(documents, ordered=False)
        except BulkWriteError as error:
            return await self._why([documents[place] for place in _refused(error)])
        return {}

    async def _why(self, refused: Sequence[Document]) -> dict[str, Appended]:
        # The error need not say which index refused, and both may have.
        reasons: dict[str, Appended] = {}
        commits = self._commits()
        deadline = _deadline()
        while True:
            causes = {"cause": {"$in": [each["cause"] for each in refused]}}
            async for found in commits.find(causes, {"cause": 1}):
                reasons[found["cause"]] = Appended.CAUSE
            left = {each["_id"]: each["cause"] for each in refused if each["cause"] not in reasons}
            if left:
                async for found in commits.find(_among(list(left)), {"_id": 1}):
                    reasons[left[found["_id"]]] = Appended.STREAM
            if len(reasons) == len(refused):
                return reasons
            await _wait(deadline, "refused by a commit that no majority has yet")

    async def by_cause(self, cause: str) -> Commit | None:
        with _unavailable("the store cannot read"):
            document = await self._commits().find_one({"cause": cause})
        return document and commit_of(document)

    async def at(self, place: Place) -> Commit | None:
        with _unavailable("the store cannot read"):
            document = await self._commits().find_one({"_id": id_of(place)})
        return document and commit_of(document)

    async def history(self, stream: str, after: int = 0) -> list[Commit]:
        # Mostly there is nothing new, and some servers search a range in all there is.
        found: list[Commit] = []
        while len(found) < _STEPS:
            following = await self.at(Place(stream, found[-1].last + 1 if found else after + 1))
            if following is None:
                return found
            found.append(following)
        rest = {"$gt": id_of(found[-1].place), "$lt": f"{stream}#:"}
        # The stream too, since another's name may begin like this one's ids.
        return found + await self._find({"_id": rest, "stream": stream}, "_id")

    async def pending(self, limit: int) -> list[Commit]:
        return await self._find({"sent": False}, "at", "_id", limit=limit) if limit > 0 else []

    async def sent_from(
        self, partition: int, offset: int, limit: int | None = None
    ) -> list[Commit]:
        if limit is not None and limit <= 0:
            return []
        query = {"partition": partition, "offset": {"$gte": offset}}
        return await self._find(query, "offset", limit=limit or 0)

    async def _find(self, query: Document, *order: str, limit: int = 0) -> list[Commit]:
        with _unavailable("the store cannot read"):
            found = self._commits().find(query).sort([(field, 1) for field in order]).limit(limit)
            return [commit_of(document) async for document in found]

    async def mark_sent(self, sent: Mapping[Place, Position]) -> None:
        marks = [
            UpdateOne({"_id": id_of(place)}, {"$set": {"sent": True, **position._asdict()}})
            for place, position in sent.items()
        ]
        with _unavailable("the store cannot mark"):
            for chunk in _chunks(marks, _BULK):
                await self._commits(_MAJORITY).bulk_write(chunk, ordered=False)

    async def mark_pending(self, places: Sequence[Place]) -> None:
        unmark = {"$set": {"sent": False}, "$unset": {"partition": "", "offset": ""}}
        with _unavailable("the store cannot mark"):
            for chunk in _chunks([id_of(place) for place in places], _BATCH):
                await self._commits().update_many(_among(chunk), unmark)

    async def sent_ends(self) -> dict[int, int]:
        ends: dict[int, int] = {}
        partition = -1
        with _unavailable("the store cannot read"):
            # One seek in the index per partition, instead of an aggregation over all commits.
            while True:
                highest = (
                    self._commits()
                    .find({"partition": {"$gt": partition}}, {"partition": 1, "offset": 1})
                    .sort([("partition", 1), ("offset", -1)])
                    .limit(1)
                )
                found = [document async for document in highest]
                if not found:
                    return ends
                partition = found[0]["partition"]
                ends[partition] = found[0]["offset"]

    async def put(self, rows: Sequence[Row]) -> None:
        tables: dict[str, dict[str, Row]] = {}
        for row in rows:
            newest = tables.setdefault(row.table, {})
            if row.key not in newest or row.sequence > newest[row.key].sequence:
                newest[row.key] = row
        with _unavailable("the store cannot write"):
            for table, newest in tables.items():
                if any(row.due is not None for row in newest.values()):
                    await self._index_due(table)
                for chunk in _chunks(list(newest.values()), _BULK):
                    await self._put(self._rows(table), chunk)

    async def _index_due(self, table: str) -> None:
        if table not in self._indexed:
            await self._rows(table).create_index([("due", 1), ("_id", 1)], name="due")
            self._indexed.add(table)

    async def _put(self, collection: Any, rows: Sequence[Row]) -> None:
        # Not upserts: FerretDB ends a bulk at the first that meets an existing row, and a race of
        # two would refuse the higher one on MongoDB too.
        query = _among([row.key for row in rows])
        there = {found["_id"]: found["seq"] async for found in collection.find(query, {"seq": 1})}
        documents = [
            {"_id": row.key, "seq": row.sequence, "body": row.body, "due": row.due} for row in rows
        ]
        fresh = [each for each in documents if each["_id"] not in there]
        stale = [
            each for each in documents if each["_id"] in there and there[each["_id"]] < each["seq"]
        ]
        if fresh:
            try:
                await collection.insert_many(fresh, ordered=False)
            except BulkWriteError as error:
                stale += [fresh[place] for place in _refused(error)]
        if stale:
            await collection.bulk_write(
                [
                    ReplaceOne({"_id": each["_id"], "seq": {"$lt": each["seq"]}}, each)
                    for each in stale
                ],
                ordered=False,
            )

    async def get(self, table: str, keys: Sequence[str]) -> dict[str, Row]:
        if not keys:
            return {}
        with _unavailable("the store cannot read"):
            found = self._rows(table).find(_among(keys))
            return {document["_id"]: row_of(table, document) async for document in found}

    async def scan(
        self, table: str, prefix: str = "", after: str = "", limit: int = 1000
    ) -> list[Row]:
        if limit <= 0:
            return []
        bounds = {"$gte": prefix, "$gt": after}
        beyond = _beyond(prefix)
        if beyond is not None:
            bounds["$lt"] = beyond
        with _unavailable("the store cannot read"):
            found = self._rows(table).find({"_id": bounds}).sort([("_id", 1)]).limit(limit)
            return [row_of(table, document) async for document in found]

    async def due(self, table: str, until: int, limit: int) -> list[Row]:
        if limit <= 0:
            return []
        with _unavailable("the store cannot read"):
            found = self._rows(table).find({"due": {"$lte": until}})
            found = found.sort([("due", 1), ("_id", 1)]).limit(limit)
            return [row_of(table, document) async for document in found]

    async def delete(self, table: str, keys: Sequence[str]) -> None:
        with _unavailable("the store cannot delete"):
            await self._delete(self._rows(table), keys)

    async def drop(self, table: str) -> None:
        with _unavailable("the store cannot delete"):
            await self._empty(self._rows(table))

    async def clear(self) -> None:
        """Deletes all commits and rows; what is private stays. Repeat it after a failure."""
        with _unavailable("the store cannot delete"):
            # Rows follow from commits, so those must not outlive them.
            for name in await self._database.list_collection_names():
                kind, _, table = name.partition(".")
                if kind == "rows":
                    await self._empty(self._rows(table))
            await self._empty(self._commits())

    @staticmethod
    async def _delete(collection: Any, keys: Sequence[str]) -> None:
        for chunk in _chunks(keys, _BATCH):
            await collection.delete_many(_among(chunk))

    @staticmethod
    async def _empty(collection: Any) -> None:
        # In steps that end within the socket's timeout; a dropped collection would take its unique
        # index with it while other processes append.
        while True:
            lowest = collection.find({}, {"_id": 1}).sort([("_id", 1)]).limit(_BATCH)
            ids = [document["_id"] async for document in lowest]
            if not ids:
                return
            await collection.delete_many({"_id": {"$lte": ids[-1]}})

    async def keep_private(self, collection: str, key: str, value: bytes) -> bytes:
        private = self._private(collection)
        with _unavailable("the store cannot write"):
            deadline = _deadline()
            while True:
                try:
                    await private.insert_one({"_id": key, "value": value})
                except DuplicateKeyError:
                    kept = await private.find_one({"_id": key})
                    if kept is not None:
                        return bytes(kept["value"])
                else:
                    return value
                await _wait(deadline, "refused by a value that no majority has yet")

    async def get_private(self, collection: str, keys: Sequence[str]) -> dict[str, bytes]:
        if not keys:
            return {}
        with _unavailable("the store cannot read"):
            found = self._private(collection).find(_among(keys))
            return {document["_id"]: document["value"] async for document in found}

    async def private_collections(self) -> list[str]:
        with _unavailable("the store cannot read"):
            names = await self._database.list_collection_names()
            found = sorted(n.removeprefix("private.") for n in names if n.startswith("private."))
            return [name for name in found if await self.scan_private(name, limit=1)]

    async def scan_private(
        self, collection: str, after: str = "", limit: int = 1000
    ) -> dict[str, bytes]:
        if limit <= 0:
            return {}
        with _unavailable("the store cannot read"):
            found = self._private(collection).find({"_id": {"$gt": after}})
            found = found.sort([("_id", 1)]).limit(limit)
            return {document["_id"]: document["value"] async for document in found}

    async def replace_private(
        self, collection: str, changed: Mapping[str, tuple[bytes, bytes]]
    ) -> None:
        updates = [
            UpdateOne({"_id": key, "value": old}, {"$set": {"value": new}})
            for key, (old, new) in changed.items()
        ]
        with _unavailable("the store cannot write"):
            for chunk in _chunks(updates, _BULK):
                await self._private(collection).bulk_write(chunk, ordered=False)

    async def delete_private(self, collection: str, keys: Sequence[str]) -> None:
        with _unavailable("the store cannot delete"):
            await self._delete(self._private(collection), keys)

    async def lease(self, name: str, holder: str, seconds: float) -> bool:
        leases = self._collection("leases", _COMMITTED, _MAJORITY)
        with _unavailable("the store cannot lease"):
            # The server's clock, since holders' clocks differ.
            now: datetime = (await self._database.command("hello"))["localTime"]
            try:
                await leases.update_one(
                    {"_id": name, "$or": [{"holder": holder}, {"until": {"$lte": now}}]},
                    {"$set": {"holder": holder, "until": now + timedelta(seconds=seconds)}},
                    upsert=True,
                )
            except DuplicateKeyError:
                # The upsert found no lease to renew or take over and met another holder's.
                return False
        return True


def _waves(group: Sequence[Commit]) -> list[list[int]]:
    """Places in the group, so that no wave has two commits of one stream or one cause: an unordered
    insert promises nothing about which of them wins."""
    waves: list[list[int]] = []
    streams: dict[str, int] = {}
    causes: dict[str, int] = {}
    for place, commit in enumerate(group):
        wave = max(streams.get(commit.stream, 0), causes.get(commit.cause, 0))
        streams[commit.stream] = causes[commit.cause] = wave + 1
        if wave == len(waves):
            waves.append([])
        waves[wave].append(place)
    return waves
