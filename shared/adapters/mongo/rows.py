"""Rows in MongoDB: one collection for each table."""

from collections.abc import Sequence

from pymongo import ReplaceOne
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError

from shared.adapters.mongo.database import MongoDatabase
from shared.adapters.mongo.documents import Query, RowDocument, row_of
from shared.adapters.mongo.failures import refused, unavailable
from shared.adapters.mongo.queries import BULK, among, beyond, chunks, delete, empty
from shared.kernel.ports import Row


class MongoRows(MongoDatabase):
    """Writes and reads rows, in the order of the primary's journal."""

    async def put(self, rows: Sequence[Row]) -> None:
        tables: dict[str, dict[str, Row]] = {}
        for row in rows:
            newest = tables.setdefault(row.table, {})
            if row.key not in newest or row.sequence > newest[row.key].sequence:
                newest[row.key] = row
        with unavailable("the store cannot write"):
            for table, newest in tables.items():
                if any(row.due is not None for row in newest.values()):
                    await self._index(table, "due")
                if any(row.order is not None for row in newest.values()):
                    await self._index(table, "order")
                for chunk in chunks(list(newest.values()), BULK):
                    await self._put(self._rows(table), chunk)

    async def _index(self, table: str, field: str) -> None:
        if (table, field) not in self._indexed:
            await self._rows(table).create_index([(field, 1), ("_id", 1)], name=field)
            self._indexed.add((table, field))

    async def _put(self, collection: AsyncCollection[RowDocument], rows: Sequence[Row]) -> None:
        # Not upserts: FerretDB ends a bulk at the first that meets an existing row, and a race of
        # two would refuse the higher one on MongoDB too.
        query = among([row.key for row in rows])
        there = {found["_id"]: found["seq"] async for found in collection.find(query, {"seq": 1})}
        documents: list[RowDocument] = [
            {
                "_id": row.key,
                "seq": row.sequence,
                "body": row.body,
                "due": row.due,
                "order": row.order,
            }
            for row in rows
        ]
        fresh = [each for each in documents if each["_id"] not in there]
        stale = [
            each for each in documents if each["_id"] in there and there[each["_id"]] < each["seq"]
        ]
        if fresh:
            try:
                await collection.insert_many(fresh, ordered=False)
            except BulkWriteError as error:
                stale += [fresh[place] for place in refused(error)]
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
        with unavailable("the store cannot read"):
            found = self._rows(table).find(among(keys))
            return {document["_id"]: row_of(table, document) async for document in found}

    async def scan(
        self, table: str, prefix: str = "", after: str = "", limit: int = 1000
    ) -> list[Row]:
        return await self._page("_id", table, prefix, after, limit)

    async def page(
        self, table: str, prefix: str = "", after: str = "", limit: int = 1000
    ) -> list[Row]:
        return await self._page("order", table, prefix, after, limit)

    async def _page(self, by: str, table: str, prefix: str, after: str, limit: int) -> list[Row]:
        if limit <= 0:
            return []
        bounds = {"$gt": after} if after >= prefix else {"$gte": prefix}
        end = beyond(prefix)
        if end is not None:
            bounds["$lt"] = end
        with unavailable("the store cannot read"):
            found = self._rows(table).find({by: bounds}).sort([(by, 1)]).limit(limit)
            return [row_of(table, document) async for document in found]

    async def due(
        self, table: str, until: int, limit: int, after: tuple[int, str] | None = None
    ) -> list[Row]:
        if limit <= 0 or (after is not None and after[0] > until):
            return []
        query: Query = {"due": {"$lte": until}}
        if after is not None:
            due, key = after
            later = {"due": {"$gt": due, "$lte": until}}
            query = {"$or": [{"due": due, "_id": {"$gt": key}}, later]}
        with unavailable("the store cannot read"):
            found = self._rows(table).find(query)
            found = found.sort([("due", 1), ("_id", 1)]).limit(limit)
            return [row_of(table, document) async for document in found]

    async def delete(self, table: str, keys: Sequence[str]) -> None:
        with unavailable("the store cannot delete"):
            await delete(self._rows(table), keys)

    async def drop(self, table: str) -> None:
        with unavailable("the store cannot delete"):
            await empty(self._rows(table))
