"""What the commands share: options, settings, and a running system to ask."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Annotated, Any

import typer

from shared.kernel.settings import Settings, read_settings

Url = Annotated[str, typer.Option(help="The console's address.", envvar="SINERGI_URL")]
Json = Annotated[bool, typer.Option("--json", help="For programs: JSON on standard output.")]
URL = "http://127.0.0.1:8000"


def run(work: Coroutine[Any, Any, Any]) -> Any:
    try:
        return asyncio.run(work)
    except BaseExceptionGroup as group:
        # A service's tasks fail together; the first reason is what an operator needs.
        error: BaseException = group
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        raise error from group


def settings_of(**overrides: object) -> Settings:
    return read_settings(**overrides)


@asynccontextmanager
async def system_at(url: str) -> AsyncIterator[Any]:
    import httpx

    from apps.composition.client import System

    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        yield await System.find(url, client, settings_of().service_urls)


async def ask(url: str, method: str, service: str, path: str, body: Any = None) -> Any:
    from apps.composition.client import Failed

    async with system_at(url) as system:
        if service not in system.services:
            raise Failed(f"there is no service {service}")
        answer = await system.call("operator", method, service, path, body)
        if answer.is_error:
            raise Failed(answer.json().get("detail", answer.text))
        return answer.json()
