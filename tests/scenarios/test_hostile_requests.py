"""Requests that mean harm, over real sockets: short answers, little work, and an end in time."""

import asyncio
import gc
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

import httpx
import orjson
import pytest

from apps.server.http import serving
from shared.kernel.settings import Settings
from shared.web.problems import MOST_LISTED
from shared.web.throttle import ADDRESS_LIMIT
from tests.scenarios.paser import Paser, applicant, paser, programme
from tests.servers.clients import Heard, exchange, head, is_closed
from tests.servers.port import free_port

BLK, AT = "petugas-blk", "registration/v1/"
PUBLIC, FOLLOW, OFFICER = "/v1/public/applications", "/v1/follow", "/v1/programmes"
# The promises: CPU of each, until the end of each, and an answer beside them.
CPU_SECONDS, SECONDS, HEALTH_SECONDS = 0.05, 10.0, 1.0
# More than a busy machine adds to a wait.
SLACK = 5.0

R = TypeVar("R")


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Leave the collector as it was: serving tunes it for a process of its own."""
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


@pytest.fixture
async def system(tmp_path: Path) -> AsyncIterator[Paser]:
    async with paser(tmp_path) as running:
        yield running


@pytest.fixture
async def port(system: Paser, tmp_path: Path) -> AsyncIterator[int]:
    settings = Settings(data=tmp_path, port=free_port())
    async with serving(system.apps["registration"], settings):
        yield settings.port


def post(path: str, body: bytes, token: str, length: int | None, **headers: str) -> Sequence[bytes]:
    """Return a request in two pieces; without a length, its body is one chunk."""
    given: dict[str, str | int] = {
        "content-type": "application/json", "accept-language": "en", **headers
    }  # fmt: skip
    if token:
        given["authorization"] = f"Bearer {token}"
    if length is None:
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        return head("POST", path, transfer_encoding="chunked", **given), body
    return head("POST", path, content_length=length, **given), body


def unknown(number: int) -> bytes:
    return orjson.dumps({f"k{each}": 1 for each in range(number)})


MEGABYTES = b'{"title":"' + b"x" * 2_000_000 + b'"}'
DEEP = b'{"a":' * 1_000 + b"1" + b"}" * 1_000
# What is sent where, and what it gets.
HOSTILE: Mapping[str, tuple[str, bytes, int, str]] = {
    "over the limit, public": (PUBLIC, MEGABYTES, 413, "too-large:body"),
    "over the limit": (OFFICER, MEGABYTES, 413, "too-large:body"),
    "10,000 unknown keys, public": (PUBLIC, unknown(10_000), 413, "too-large:body"),
    "10,000 unknown keys": (OFFICER, unknown(10_000), 413, "too-large:values"),
    "4,900 unknown keys, public": (PUBLIC, unknown(4_900), 422, "invalid-input"),
    "4,900 unknown keys": (OFFICER, unknown(4_900), 422, "invalid-input"),
    "nested 1,000 deep, public": (FOLLOW, DEEP, 400, "ambiguous-json"),
    "nested 1,000 deep": (OFFICER, DEEP, 400, "ambiguous-json"),
}


async def costing(work: Callable[[], R]) -> tuple[R, float]:
    """Do it in a thread; return also the CPU seconds of all else in this process."""

    def timed() -> tuple[R, float]:
        started = time.thread_time()
        return work(), time.thread_time() - started

    started = time.process_time()
    result, own = await asyncio.to_thread(timed)
    return result, time.process_time() - started - own


async def cheapest(port: int, pieces: Sequence[bytes]) -> tuple[Heard, float]:
    """Return the answer, and the least CPU of three: the rest is the machine's."""
    tries = [await costing(lambda: exchange(port, pieces)) for _ in range(3)]
    return min(tries, key=lambda each: each[1])


@pytest.mark.parametrize("announced", [True, False])
async def test_what_is_too_much_is_refused_at_little_cost(
    system: Paser, port: int, announced: bool
) -> None:
    token = await system.token(BLK)

    def asked(path: str, body: bytes) -> Sequence[bytes]:
        length = len(body) if announced else None
        return post(path, body, token if path == OFFICER else "", length, connection="close")

    answer, ordinary = await cheapest(port, asked(OFFICER, orjson.dumps(programme())))
    assert answer.status == 201
    for name, (path, body, status, code) in HOSTILE.items():
        answer, cost = await cheapest(port, asked(path, body))
        assert (name, answer.status) == (name, status)
        problem = orjson.loads(answer.answer.partition(b"\r\n\r\n")[2])
        assert (name, problem["code"]) == (name, code)
        assert len(answer.answer) < 4_000, name
        assert answer.seconds < SECONDS, name
        assert cost < max(CPU_SECONDS, 10 * ordinary), name
        if status == 422:
            assert len(problem["errors"]) == MOST_LISTED + 1
            assert problem["errors"][-1]["detail"].endswith("more problems; correct these first")


async def test_who_dawdles_is_cut_off(system: Paser, port: int) -> None:
    token = await system.token(BLK)
    bytes_ = [b" "] * 30
    slowly: Mapping[str, tuple[Sequence[bytes], int]] = {
        "a line, a byte a second": ([b"%c" % byte for byte in b"POST /v1/programmes HT"], 408),
        "a body, a byte a second": ([post(OFFICER, b"", token, 2_000)[0], *bytes_], 408),
        "a public body, a byte a second": ([post(PUBLIC, b"", "", 2_000)[0], *bytes_], 408),
        "half a request": ([head("POST", OFFICER)[:-2]], 408),
        "half a body": (post(OFFICER, b"{", token, 2_000), 408),
        "nothing": ([], 0),
        "no token, and a byte a second": ([post(OFFICER, b"", "", 2_000)[0], *bytes_], 401),
        "refused, and then silent": (post(OFFICER, b"{", token, 1), 400),
    }

    def dawdle(pieces: Sequence[bytes]) -> Heard:
        return exchange(port, pieces, pause=1.0 * (len(pieces) > 2))

    with ThreadPoolExecutor(len(slowly)) as threads:
        loop, asked = asyncio.get_running_loop(), [pieces for pieces, _ in slowly.values()]
        answers = await asyncio.gather(
            *(loop.run_in_executor(threads, dawdle, pieces) for pieces in asked)
        )
    told = dict(zip(slowly, answers, strict=True))
    assert {name: answer.status for name, answer in told.items()} == {
        name: status for name, (_, status) in slowly.items()
    }
    assert all(len(answer.answer) < 2_000 for answer in answers)
    assert max(answer.seconds for answer in answers) < SECONDS + SLACK


async def test_a_crowd_of_half_requests_leaves_the_probe_alone(system: Paser, port: int) -> None:
    def crowd() -> tuple[float, float, int]:
        """Return the slowest answer of /healthz alone and beside 1,500 half requests, and how many
        of these are closed in time.
        """
        with ExitStack() as stack:
            client = stack.enter_context(httpx.Client(trust_env=False, timeout=30))

            def probed() -> float:
                asked = time.monotonic()
                url = f"http://127.0.0.1:{port}/healthz"
                assert client.get(url, headers={"connection": "close"}).is_success
                return time.monotonic() - asked

            alone = max(probed() for _ in range(20))
            half, slowest = [], 0.0
            opened = time.monotonic()
            for number in range(1_500):
                connection = socket.create_connection(("127.0.0.1", port), timeout=30)
                half.append(stack.enter_context(connection))
                connection.sendall(head("POST", PUBLIC, content_length=9)[: 30 + number % 60])
            while time.monotonic() < opened + SECONDS + 2 * SLACK:
                slowest = max(slowest, probed())
                if all(map(is_closed, half)):
                    break
                time.sleep(0.2)
            return alone, slowest, sum(map(is_closed, half))

    alone, slowest, closed = await asyncio.to_thread(crowd)
    assert closed == 1_500
    assert slowest < max(HEALTH_SECONDS, 10 * alone)


async def test_a_throttled_address_is_refused_before_anything_is_read(system: Paser) -> None:
    client = system.clients["registration"]

    async def sent(path: str, body: bytes = b"{}", **headers: str) -> int:
        given = {"content-type": "application/json"} | headers
        return (await client.post(path, content=body, headers=given)).status_code

    for number in range(ADDRESS_LIMIT):
        assert await sent(PUBLIC if number % 2 else FOLLOW) == 422
    for path in (PUBLIC, FOLLOW, "/v1/follow/withdrawal", "/v1/follow/access-report"):
        assert await sent(path, b"no JSON") == 429
        assert await sent(path, b"x" * 2_000_000, **{"content-type": "text/plain"}) == 429
    assert (await client.get("/v1/public/certificates/none")).status_code != 429
    assert await sent(OFFICER) == 401


async def test_others_behind_an_address_do_not_lock_out_the_right_code(system: Paser) -> None:
    client, intake = system.clients["registration"], await system.opened(BLK)
    registered = await client.post(PUBLIC, content=orjson.dumps(applicant(intake, 1)))
    right = {"code": registered.headers["x-follow-code"], "birth_date": "1999-08-17"}
    for number in range(20):
        wrong = await client.post(FOLLOW, json=right | {"code": f"{number:010}"})
        assert wrong.status_code == 404
    assert (await client.post(FOLLOW, json=right)).is_success
    for _ in range(5):
        wrong = await client.post(FOLLOW, json=right | {"birth_date": "2000-08-17"})
        assert wrong.status_code == 404
    assert (await client.post(FOLLOW, json=right)).status_code == 429
