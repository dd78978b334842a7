"""The Store on a server of MongoDB's protocol.

Only calls that Motor and PyMongo Async share are used, and nothing that some server of the protocol
lacks: no transaction, no partial, sparse or array index, no aggregation, no upsert in bulk. What
the server itself keeps of deleted private values (its journal, the oplog of a replica set, backups)
is overwritten in its own time: such servers need encrypted storage.
"""

from contextlib import suppress

from pymongo.errors import DuplicateKeyError

from shared.adapters.mongo.commits import MongoCommits
from shared.adapters.mongo.failures import unavailable
from shared.adapters.mongo.private import MongoPrivate
from shared.adapters.mongo.queries import empty
from shared.adapters.mongo.rows import MongoRows
from shared.kernel.ports import Beat


class MongoStore(MongoCommits, MongoRows, MongoPrivate):
    """One database of a MongoDB-protocol server, shared by any number of processes.

    What the server will never take (a commit above 16 MiB, say) raises the driver's own error.
    """

    shared = True

    async def open(self) -> None:
        await self.connect()
        try:
            with unavailable(f"cannot open the store {self._name}"):
                commits = self._commits()
                await commits.create_index([("cause", 1)], name="cause", unique=True)
                await commits.create_index([("sent", 1), ("at", 1), ("_id", 1)], name="pending")
                await commits.create_index([("partition", 1), ("offset", -1)], name="sent")
        except BaseException:
            await self.close()
            raise

    async def clear(self) -> None:
        """Delete all commits and rows; what is private stays. Repeat it after a failure."""
        with unavailable("the store cannot delete"):
            # Rows follow from commits, so those must not outlive them.
            for name in await self._database.list_collection_names():
                kind, _, table = name.partition(".")
                if kind == "rows":
                    await empty(self._rows(table))
            await empty(self._commits())

    async def beat(self, name: str, holder: str, seen: Beat | None) -> Beat:
        beats = self._beats()
        with unavailable("the store cannot lease"):
            if seen is None:
                with suppress(DuplicateKeyError):
                    await beats.insert_one({"_id": name, "holder": holder, "number": 1})
            else:
                await beats.update_one(
                    {"_id": name, "holder": seen.holder, "number": seen.number},
                    {"$set": {"holder": holder, "number": seen.number + 1}},
                )
            found = await beats.find_one({"_id": name})
        return Beat(found["holder"], found["number"]) if found else Beat("", 0)

    async def release(self, name: str, seen: Beat) -> None:
        with unavailable("the store cannot lease"):
            await self._beats().delete_one(
                {"_id": name, "holder": seen.holder, "number": seen.number}
            )
