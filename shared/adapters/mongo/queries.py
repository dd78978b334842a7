"""Queries by key, in the forms that every server of the protocol answers with its index."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from pymongo.asynchronous.collection import AsyncCollection

from shared.adapters.mongo.documents import CommitDocument, PrivateDocument, Query, RowDocument

_Item = TypeVar("_Item")

BULK = 50  # FerretDB 1.24 hangs on a bulk of 100 updates.
BATCH = 5_000


def chunks(items: Sequence[_Item], size: int) -> Iterator[Sequence[_Item]]:
    """Yield the items in order, at most so many at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))


def among(ids: Sequence[str]) -> Query:
    """Return the query for documents with these ids."""
    # Some servers of the protocol use their index for equality only.
    return {"_id": ids[0] if len(ids) == 1 else {"$in": list(ids)}}


def beyond(prefix: str) -> str | None:
    """Return the first string above all that begin with the prefix; None when there is none."""
    for place in range(len(prefix) - 1, -1, -1):
        point = ord(prefix[place]) + 1
        if point <= 0x10FFFF:
            # Surrogates are no characters and cannot be sent.
            return prefix[:place] + chr(0xE000 if 0xD800 <= point < 0xE000 else point)
    return None


_Keyed = TypeVar("_Keyed", RowDocument, PrivateDocument, CommitDocument)


async def delete(collection: AsyncCollection[_Keyed], keys: Sequence[str]) -> None:
    """Delete the documents with these ids."""
    for chunk in chunks(keys, BATCH):
        await collection.delete_many(among(chunk))


async def empty(collection: AsyncCollection[_Keyed]) -> None:
    """Delete all documents.

    In steps that end within the socket's timeout; a dropped collection would take its unique index
    with it while other processes append.
    """
    while True:
        lowest = collection.find({}, {"_id": 1}).sort([("_id", 1)]).limit(BATCH)
        ids = [document["_id"] async for document in lowest]
        if not ids:
            return
        await collection.delete_many({"_id": {"$lte": ids[-1]}})
