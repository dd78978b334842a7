"""The MongoDB store between two of its calls, and its driver's errors."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import cast

import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import BulkWriteError, OperationFailure, WTimeoutError
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from shared.adapters.conformance.store.samples import chain
from shared.adapters.mongo.store import MongoStore
from shared.kernel.ports import Row, Store, Unavailable
from tests.contract.mongo_site import CLIENTS, MongoSite
from tests.servers.mongo import Mongo


class Meddler(CommandListener):
    """Do something once, after the next read of the client that it listens to."""

    def __init__(self) -> None:
        self.meddle: Callable[[], None] | None = None

    def started(self, event: CommandStartedEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...

    def succeeded(self, event: CommandSucceededEvent) -> None:
        if event.command_name == "find" and self.meddle:
            meddle, self.meddle = self.meddle, None
            meddle()


@pytest.fixture(params=CLIENTS)
def site(request: pytest.FixtureRequest, mongo_server: Mongo) -> Iterator[MongoSite]:
    with MongoSite(mongo_server, CLIENTS[request.param]) as site:
        yield site


@pytest.mark.parametrize("there", [None, 1])
@pytest.mark.parametrize(("between", "ours"), [(2, 3), (3, 2)])
async def test_put_is_conditional_at_the_moment_of_writing(
    site: MongoSite, there: int | None, between: int, ours: int
) -> None:
    def row(sequence: int) -> Row:
        return Row("t", "k", sequence, b"%d" % sequence)

    async def put_by_another() -> None:
        another = site.store()
        await another.open()
        await another.put([row(between)])
        await another.close()

    def meddle() -> None:
        thread = threading.Thread(target=asyncio.run, args=(put_by_another(),))
        thread.start()
        thread.join()

    meddler = Meddler()
    store = site.maker(event_listeners=[meddler])()
    await store.open()
    if there is not None:
        await store.put([row(there)])
    meddler.meddle = meddle
    await store.put([row(ours)])
    assert meddler.meddle is None
    assert await store.get("t", ["k"]) == {"k": row(3)}
    await store.close()


def failing(error: Exception) -> Store:
    class Failing:
        def __getitem__(self, name: str) -> "Failing":
            return self

        def get_collection(self, *_: object, **__: object) -> "Failing":
            return self

        async def insert_many(self, *_: object, **__: object) -> None:
            raise error

    store = MongoStore("mongodb://nowhere", "x")
    store._client = cast("AsyncMongoClient[dict[str, object]]", Failing())
    return store


def bulk(*codes: int, concern: int = 0) -> BulkWriteError:
    return BulkWriteError(
        {
            "writeErrors": [{"index": n, "code": code} for n, code in enumerate(codes)],
            "writeConcernErrors": [{"code": concern}] if concern else [],
        }
    )


@pytest.mark.parametrize(
    "error",
    [
        bulk(concern=64),
        bulk(11000, concern=100),
        bulk(11000, 10107),
        WTimeoutError("", 64),
        OperationFailure("", 11602),
    ],
    ids=repr,
)
async def test_what_no_majority_acknowledged_is_unavailable(error: Exception) -> None:
    with pytest.raises(Unavailable) as caught:
        await failing(error).append(chain("s/1", 1))
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("error", [bulk(2), bulk(11000, 2), OperationFailure("", 13)], ids=repr)
async def test_what_the_server_will_never_take_is_an_error(error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        await failing(error).append(chain("s/1", 1))
    assert caught.value is error
