"""Events to measure with, made as a loaded service makes them: 64 commands at once."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import uuid_utils

from shared.adapters.sqlite_store import SqliteStore
from shared.eventsourcing.command_handler import CommandHandler
from shared.eventsourcing.decider import AnyDecider, Command
from shared.eventsourcing.idempotency import request_cause, request_id
from shared.kernel.clock import system_clock
from shared.kernel.ports import Commit
from shared.signing.keys import Secret
from tests.toy import COUNTER, Add, World

AT_ONCE = 64
_SECRET = Secret(b"s" * 32)


def stream() -> str:
    return f"counter/{uuid_utils.uuid7()}"


async def ask(command_handler: CommandHandler, stream: str, command: Command) -> None:
    """One command as an HTTP request asks it."""
    id_ = request_id(_SECRET, "bench", "ask", None)
    await command_handler.handle(
        command_handler.ref(stream), command, request_cause(id_, actor="bench", agency="urn:x")
    )


async def ask_all(command_handler: CommandHandler, streams: Sequence[str], at_once: int) -> None:
    """A command for each of these, `at_once` of them waiting for their commit at any time."""
    left = iter(streams)

    async def client(left: Iterator[str]) -> None:
        for name in left:
            await ask(command_handler, name, Add(amount=1))

    await asyncio.gather(*(client(left) for _ in range(at_once)))


@asynccontextmanager
async def alpha(
    file: Path, taken: list[Commit] | None = None, *, decider: AnyDecider = COUNTER
) -> AsyncIterator[CommandHandler]:
    """Alpha's command_handler on a new SQLite file; `taken` gets its commits."""
    world, store = World(), SqliteStore(file)
    await store.open()
    command_handler = CommandHandler(
        service=world.alpha.name,
        source=world.alpha.source,
        store=store,
        signer=world.signers[world.alpha.name],
        catalogue=world.topology.catalogue,
        deciders=(decider,),
        clock=system_clock,
        on_commit=taken.extend if taken is not None else lambda _: None,
    )
    try:
        yield command_handler
    finally:
        await store.close()


async def history(file: Path, streams: int, each: int) -> list[Commit]:
    """So many streams of so many events each, all streams growing side by side."""
    names = [stream() for _ in range(streams)]
    taken: list[Commit] = []
    async with alpha(file, taken) as command_handler:
        await ask_all(command_handler, names * each, AT_ONCE)
    return taken
