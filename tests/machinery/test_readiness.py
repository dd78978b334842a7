"""A service is ready while it can write to its store and reach its log."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from shared.adapters.sqlite_log import EmbeddedLog
from shared.adapters.sqlite_store import SqliteStore
from shared.kernel.ports import Row, Unavailable
from shared.runtime.application import service_app
from shared.web.authentication import Authenticator
from tests.toy import World


class FullDisk(SqliteStore):
    """A store that can be read, and written only while there is room."""

    full = False

    async def put(self, rows: Sequence[Row]) -> None:
        if self.full:
            raise Unavailable("cannot write: the disk is full")
        await super().put(rows)


async def test_a_store_that_cannot_be_written_is_not_ready(tmp_path: Path) -> None:
    world, log = World(), EmbeddedLog(tmp_path / "log.sqlite")
    await log.open()
    await log.create_topics(world.topics)
    store = FullDisk(tmp_path / "alpha.sqlite")
    service = world.service(world.alpha, store, log)
    app = service_app(service, Authenticator("http://issuer.test"), "test")
    async with (
        service.run(),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://alpha") as client,
    ):

        async def ready() -> tuple[int, dict[str, Any]]:
            answer = await client.get("/readyz")
            return answer.status_code, answer.json()

        assert await ready() == (200, {"status": "ready"})
        store.full = True
        assert await ready() == (
            503,
            {"status": "not ready", "why": "cannot write: the disk is full"},
        )
        assert (await client.get("/healthz")).status_code == 200
        store.full = False
        assert await ready() == (200, {"status": "ready"})
    await log.close()
