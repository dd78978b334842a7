"""A durable command over HTTP, beside a FastAPI route that does nothing."""

from bench.measure import Result, Site, in_turn
from bench.process import Server, server

_REQUESTS = 3000


async def measure(site: Site) -> list[Result]:
    async with (
        server("command", site.new("command")) as ours,
        server("noop", site.new("noop")) as noop,
    ):

        async def rate(of: Server) -> float:
            started, ended = await of.drive(_REQUESTS)
            return _REQUESTS / (ended - started)

        mine, beside = await in_turn(site.rounds, lambda: rate(ours), lambda: rate(noop))
    what = (
        "POST that begins a stream (token, model, Idempotency-Key; SQLite FULL; relayed to the"
        " embedded log; no subscribers) / FastAPI POST no-op with the same pydantic model, both"
        " headers as Header(), one uvicorn worker each, 64 connections"
    )
    return [Result("command", what, "req/s", mine, beside, 0.7)]
