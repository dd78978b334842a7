"""Shared by the commands: options, settings, and a running system to speak to."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, TypeVar

import httpx
import typer
from pydantic import BaseModel

from apps.composition.client import Failed, System, problem_of
from apps.composition.running import Target, target
from shared.kernel.settings import Settings, read_client_settings, read_settings

Url = Annotated[
    str | None,
    typer.Option(
        help="The console's address. Else SINERGI_URL, the running system of the data folder, or"
        " SINERGI_PORT."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="For programs: JSON on standard output.")]

T = TypeVar("T")
Answer = TypeVar("Answer", bound=BaseModel)


def run(work: Coroutine[object, object, T]) -> T:
    """Run it to its end. Of failures that come together the first is raised."""
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


def target_of(url: str | None) -> Target:
    """Return the system that the command speaks to. Raises BadSetting."""
    return target(url, settings_of())


@asynccontextmanager
async def system_at(url: str | None) -> AsyncIterator[System]:
    """Find the system and name it on standard error, before anything is written there.

    Raises Failed and BadSetting.
    """
    meant, token = target_of(url), read_client_settings().token
    typer.echo(f"on {meant}", err=True)
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        yield await System.find(meant.url, client, settings_of().service_urls, token)


async def ask(
    answers: type[Answer],
    url: str | None,
    method: str,
    service: str,
    path: str,
    body: Mapping[str, object] | None = None,
) -> Answer:
    """RequestContext a service as the operator. Raises Failed with what the service says."""
    async with system_at(url) as system:
        return answered(answers, await system.call("operator", method, service, path, body))


def answered(answers: type[Answer], answer: httpx.Response) -> Answer:
    """Read an answer. Raises Failed for a refusal."""
    if answer.is_error:
        raise Failed(problem_of(answer).detail)
    return answers.model_validate_json(answer.content)
