"""The HTTP servers to be measured, one worker each: `python -m bench.server KIND FOLDER PORT`.

Prints a bearer token when it serves; ends on SIGTERM. Every kind is served as the product is.
"""

import asyncio
import sys
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import httpx
from fastapi import FastAPI, Header

from apps.console.issuer import issuer_app
from apps.server.http import serving
from shared.adapters.sqlite_log import EmbeddedLog
from shared.adapters.sqlite_store import SqliteStore
from shared.kernel.settings import Settings
from shared.runtime.application import service_app
from shared.runtime.service import Service
from shared.web.authentication import Authenticator
from tests.toy import Add, World

_ISSUER = "http://issuer.test"
_ACCOUNT = "operator"


def noop() -> FastAPI:
    """FastAPI's quickest way to take the same body and headers and to answer."""
    app = FastAPI()

    @app.post("/v1/counters")
    async def begin(
        body: Add,
        authorization: Annotated[str, Header()],
        idempotency_key: Annotated[str, Header()],
    ) -> dict[str, int]:
        return {"amount": body.amount}

    return app


def services(kind: str, log: EmbeddedLog, folder: Path) -> list[Service]:
    """command: Alpha alone. chain: Beta reacts to it. views: and both keep a view of it."""
    world = World()
    alpha, beta = world.alpha, world.beta
    if kind != "views":
        alpha, beta = replace(alpha, projections=()), replace(beta, projections=())
    chosen = [alpha] if kind == "command" else [alpha, beta]
    return [
        world.service(d, SqliteStore(folder / f"{d.name}.sqlite"), log, data=folder) for d in chosen
    ]


async def serve(kind: str, folder: Path, port: int) -> None:
    issuer = issuer_app(_ISSUER, folder / "issuer.key", folder)
    settings = Settings(data=folder, port=port)
    async with AsyncExitStack() as stack:
        fetch = httpx.AsyncClient(transport=httpx.ASGITransport(issuer), base_url=_ISSUER)
        await stack.enter_async_context(fetch)
        answer = await fetch.post("/token", json={"account": _ACCOUNT})
        token = answer.json()["access_token"]
        if kind == "noop":
            app = noop()
        else:
            log = EmbeddedLog(folder / "log.sqlite")
            await log.open()
            stack.push_async_callback(log.close)
            await log.create_topics(World().topics)
            running = services(kind, log, folder)
            app = service_app(running[0], Authenticator(_ISSUER, fetch=fetch), "bench")
            for service in running:
                await stack.enter_async_context(service.run())
        async with serving(app, settings) as stopped:
            print(token, flush=True)
            await stopped.wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
