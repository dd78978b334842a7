"""The Store on a server of MongoDB's protocol.

Only calls that Motor and PyMongo Async share are used, and nothing that some server of the protocol
lacks: no transaction, no partial, sparse or array index, no aggregation, no upsert in bulk. What
the server itself keeps of deleted private values (its journal, the oplog of a replica set, backups)
is overwritten in its own time: such servers need encrypted storage.
"""

from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from shared.adapters.mongo.commits import MongoCommits
from shared.adapters.mongo.failures import unavailable
from shared.adapters.mongo.private import MongoPrivate
from shared.adapters.mongo.queries import empty
from shared.adapters.mongo.rows import MongoRows


class MongoStore(MongoCommits, MongoRows, MongoPrivate):
    """One database of a MongoDB-protocol server, shared by any number of processes.

    What the server will never take (a commit above 16 MiB, say) raises the driver's own error.
    """

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

    async def lease(self, name: str, holder: str, seconds: float) -> bool:
        leases = self._leases()
        with unavailable("the store cannot lease"):
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
