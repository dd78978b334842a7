"""Private values in MongoDB: a collection of their own for each name."""

from collections.abc import Mapping, Sequence

from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError

from shared.adapters.mongo.database import MongoDatabase
from shared.adapters.mongo.failures import deadline, unavailable, wait
from shared.adapters.mongo.queries import BULK, among, chunks, delete


class MongoPrivate(MongoDatabase):
    """Keeps, replaces and deletes private values, acknowledged by a majority's journals."""

    async def keep_private(self, collection: str, key: str, value: bytes) -> bytes:
        private = self._private(collection)
        with unavailable("the store cannot write"):
            until = deadline()
            while True:
                try:
                    await private.insert_one({"_id": key, "value": value})
                except DuplicateKeyError:
                    kept = await private.find_one({"_id": key})
                    if kept is not None:
                        return bytes(kept["value"])
                else:
                    return value
                await wait(until, "refused by a value that no majority has yet")

    async def get_private(self, collection: str, keys: Sequence[str]) -> dict[str, bytes]:
        if not keys:
            return {}
        with unavailable("the store cannot read"):
            found = self._private(collection).find(among(keys))
            return {document["_id"]: document["value"] async for document in found}

    async def private_collections(self) -> list[str]:
        with unavailable("the store cannot read"):
            names = await self._database.list_collection_names()
            found = sorted(n.removeprefix("private.") for n in names if n.startswith("private."))
            return [name for name in found if await self.scan_private(name, limit=1)]

    async def scan_private(
        self, collection: str, after: str = "", limit: int = 1000
    ) -> dict[str, bytes]:
        if limit <= 0:
            return {}
        with unavailable("the store cannot read"):
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
        with unavailable("the store cannot write"):
            for chunk in chunks(updates, BULK):
                await self._private(collection).bulk_write(chunk, ordered=False)

    async def delete_private(self, collection: str, keys: Sequence[str]) -> None:
        with unavailable("the store cannot delete"):
            await delete(self._private(collection), keys)
