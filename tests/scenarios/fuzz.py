"""Send anything to every operation of a service: each answer is as the OpenAPI document says.

    python -m tests.scenarios.fuzz SERVICE SEED FOLDER EXAMPLES

EXAMPLES are those of each operation and of each kind, right and wrong ones. A program of its
own, so that nothing in it can hang the test run: see test_fuzz.py.
"""

import asyncio
import sys
import warnings
from collections.abc import Callable, Iterator
from itertools import count, cycle
from pathlib import Path
from typing import Any

import httpx
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared.web import throttle
from shared.web.authentication import Role
from tests.scenarios.paser import Paser, paser

BLK, REVIEWER, NETWORK = "petugas-blk", "peninjau-kemenaker", "sekretariat-bpvp"
ACCOUNTS = {
    Role.CITIZEN: ["warga-1"],
    Role.BLK_OFFICER: [BLK],
    Role.MINISTRY_REVIEWER: [REVIEWER],
    Role.BPVP_OFFICER: [NETWORK, "bpvp-makassar"],
    Role.AUDITOR: ["auditor"],
    Role.OPERATOR: ["operator"],
}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


async def fuzz(service: str, seed: int, folder: Path, examples: int) -> None:
    """Fail with AssertionError where an answer is not as documented."""
    throttle.ADDRESS_LIMIT = sys.maxsize  # all of it comes from one address
    async with paser(folder) as system:
        document = (await system.clients[service].get("/openapi.json")).json()
        fuzz = Fuzz(system, service, seed, examples, asyncio.get_running_loop())
        for account in {account for accounts in ACCOUNTS.values() for account in accounts}:
            fuzz.tokens[account] = await system.token(account)
        await asyncio.to_thread(fuzz.run, document)
        assert fuzz.asked > 2 * len(document["paths"])


class Fuzz:
    """Asks from a thread of its own, since what makes the requests is not asynchronous."""

    def __init__(
        self,
        system: Paser,
        service: str,
        seed: int,
        examples: int,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._client, self._seed, self._loop = system.clients[service], seed, loop
        self._examples = examples
        self._roles = {(method, path): roles for method, path, roles, *_ in system.routes[service]}
        self._known, self._numbers = ["las", "makassar"], count()
        self.tokens: dict[str, str] = {}
        self.asked = 0

    def run(self, document: dict[str, Any]) -> None:
        schema = schemathesis.openapi.from_dict(document)
        failures = []
        for found in schema.get_all_operations():
            assert isinstance(found, Ok), found
            operation = found.ok()
            accounts = self._accounts(operation.method, operation.path)
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                # The last of these lines tells where it hangs.
                print(f"{operation.label}, {mode.name.lower()} cases", flush=True)
                try:
                    self._fuzz(operation.as_strategy(mode), accounts)
                except Unsatisfiable:
                    continue  # there is nothing that could be wrong
                except BaseExceptionGroup as error:
                    failures += [f"{operation.label}: {each}" for each in error.exceptions]
                except Exception as error:
                    failures.append(f"{operation.label}: {error}")
        assert not failures, "\n\n".join(dict.fromkeys(failures))

    def _accounts(self, method: str, path: str) -> Iterator[str]:
        roles = self._roles.get((method.upper(), path), frozenset(ACCOUNTS))
        return cycle([account for role in ACCOUNTS if role in roles for account in ACCOUNTS[role]])

    def _fuzz(self, cases: Any, accounts: Iterator[str]) -> None:
        @seed(self._seed)
        @settings(
            max_examples=self._examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(cases)
        def each(case: Case[Any]) -> None:
            self._ask(case, next(accounts))

        each()

    def _ask(self, case: Case[Any], account: str) -> None:
        number = next(self._numbers)
        if number % 2 and case.path_parameters:
            # What is there, so that more than the look-up is met.
            known = self._known[number // 2 % len(self._known)]
            case.path_parameters = dict.fromkeys(case.path_parameters, known)
        given = case.as_transport_kwargs(base_url=str(self._client.base_url))
        given["headers"]["authorization"] = f"Bearer {self.tokens[account]}"
        given = {k: v for k, v in given.items() if k in _REQUEST}
        prepared = requests.Request(**given).prepare()
        body = prepared.body
        assert body is None or isinstance(body, str | bytes)
        request = httpx.Request(
            str(prepared.method),
            str(prepared.url),
            # Header values are bytes to HTTP, and as they came they may be any of Latin-1.
            headers=[(_raw(k), _raw(v)) for k, v in prepared.headers.items()],
            content=body,
        )
        answer = self._wait(self._client.send, request)
        self.asked += 1
        if answer.status_code == 201:
            self._known.append(str(answer.json()["id"]))
        case.validate_response(answer, checks=CHECKS)

    def _wait(self, send: Callable[..., Any], request: httpx.Request) -> httpx.Response:
        waiting = asyncio.run_coroutine_threadsafe(send(request), self._loop)
        answer: httpx.Response = waiting.result(60)
        return answer


def _raw(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1")


_REQUEST = {"method", "url", "headers", "json", "data", "params", "cookies", "files"}


if __name__ == "__main__":
    warnings.simplefilter("error")  # as in every other test
    asyncio.run(fuzz(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])))
