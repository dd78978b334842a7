"""A demo that has been played to its end on a real Kafka and a server of MongoDB's protocol."""

import asyncio
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from apps.composition.client import System as Client
from apps.console.accounts import ACCOUNTS
from apps.demo.story import play
from tests.scenarios.running import System, empty_kafka, empty_mongo, running
from tests.servers import kafka, mongo
from tests.servers.fixtures import started

# What a form says of a person; the sex, the region and the education may be seen.
_PERSONAL = ("nik", "nip", "name", "phone", "address", "birth_date", "note")
_FORMS = re.compile(r"/v1/(public/)?(applications|instructors|follow|persons)\b")


class Told:
    """Personal data that the demo's people sent of themselves, or officers of them."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self.values = set(values)

    def listen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        call, told = Client.call, self

        async def overheard(
            self: Client, account: str, method: str, service: str, path: str, *rest: Any
        ) -> httpx.Response:
            body = rest[0] if rest else None
            if service == "registration" and _FORMS.match(path) and body:
                told.values |= {str(body[name]) for name in _PERSONAL if body.get(name)}
            return await call(self, account, method, service, path, *rest)

        monkeypatch.setattr(Client, "call", overheard)

    def needles(self) -> list[str]:
        """Without those that say nobody: the name of a demo account, a NIK cut short."""
        accounts = " ".join(account.name for account in ACCOUNTS.values())
        return sorted(value for value in self.values if value not in accounts)


@dataclass(frozen=True)
class World:
    """A finished demo: its data, what it said, and what people told it of themselves."""

    folder: Path
    settings: Mapping[str, str]
    shown: str
    told: Told

    def running(self) -> AbstractContextManager[System]:
        """Start the system again, as it was when the demo was over."""
        return running(self.folder, **self.settings)


def played(folder: Path, **settings: str) -> World:
    """Play the demo on a system of its own, which has stopped when this returns."""
    with running(folder, **settings) as system:
        shown, told = overheard(system)
    return World(folder, settings, shown, told)


def overheard(system: System) -> tuple[str, Told]:
    """Play the demo; return what it said, and what people told it of themselves."""
    told, shown = Told(), io.StringIO()
    with pytest.MonkeyPatch.context() as monkeypatch, redirect_stdout(shown):
        told.listen(monkeypatch)
        asyncio.run(play(system.url))
    return shown.getvalue(), told


@pytest.fixture(scope="session")
def deployed(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[World]:
    """A demo that has been played on servers of its own: on kafka_server and mongo_server the
    next test begins by deleting what is there. The tests that use it belong to one xdist_group.
    """
    with (
        started(kafka.find, tmp_path_factory.mktemp("kafka"), pytestconfig) as log,
        started(mongo.find, tmp_path_factory.mktemp("mongo"), pytestconfig) as store,
    ):
        # They are other tests' too where the environment gives them.
        empty_kafka(log.bootstrap)
        empty_mongo(store.url)
        settings = {"SINERGI_LOG": f"kafka://{log.bootstrap}", "SINERGI_STORE": store.url}
        yield played(tmp_path_factory.mktemp("deployed") / "data", **settings)
