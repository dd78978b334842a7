"""Personal data stand nowhere in plain but with the people themselves: a demo is searched."""

import asyncio
import io
import itertools
import re
import zipfile
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import bson
import httpx
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from pymongo import MongoClient

from apps.composition.client import System as Client
from apps.composition.roles import table
from apps.composition.system import SERVICES, TOPICS, make_log
from apps.console.accounts import ACCOUNTS
from shared.kernel.settings import Settings
from shared.privacy.vault import PersonalDataVault
from shared.web.authentication import Role
from tests.scenarios.deployed import World
from tests.scenarios.finished import Finished
from tests.scenarios.paser import applicant, paser
from tests.scenarios.running import System

BLK, REGISTRATION = "petugas-blk", "registration/v1"


def leaks(needles: Sequence[str], places: Mapping[str, bytes]) -> list[str]:
    """Which of them stands where, as UTF-8 or UTF-16."""
    # Most accounts read the same, so that each content is searched once.
    contents = {content: name for name, content in places.items()}
    return sorted(
        {
            f"{needle!r} in {name}"
            for content, name in contents.items()
            # What is ASCII in UTF-16 is the same text once its zeros are gone.
            for haystack in (content.replace(b"\0", b""), unpacked(content))
            if holds_any(haystack, needles)
            for needle in needles
            if needle.encode("ascii") in haystack
        }
    )


def holds_any(haystack: bytes, needles: Sequence[str]) -> bool:
    """Return whether one of them stands there, in one pass: one by one they take minutes."""
    pattern = "|".join(map(re.escape, needles))
    searched = pa.array([haystack], pa.large_binary())
    return bool(pc.match_substring_regex(searched, pattern=pattern)[0].as_py())


def unpacked(content: bytes) -> bytes:
    """Return the decoded bytes of everything in the content that looks like base64."""
    return b"\n".join(
        urlsafe_b64decode(found + b"=" * (-len(found) % 4))
        for found in re.findall(rb"[A-Za-z0-9_-]{16,}", content)
        if len(found) % 4 != 1
    )


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file, whatever it is."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()


async def topics(settings: Mapping[str, str]) -> dict[str, bytes]:
    """All that Kafka holds, headers too."""
    log = make_log(Settings(log=settings["SINERGI_LOG"]))
    await log.open()
    found = {}
    try:
        for topic in TOPICS:
            parts = []
            for partition, end in (await log.ends(topic)).items():
                async for batch in log.read(topic, partition, 0, end):
                    parts += [repr(each.record).encode() for each in batch]
                    parts += [each.record.value or b"" for each in batch]
            found[f"topic {topic}"] = b"\n".join(parts)
    finally:
        await log.close()
    return found


def collections(url: str) -> dict[str, bytes]:
    """All that MongoDB holds."""
    with MongoClient[dict[str, Any]](url) as client:
        return {
            f"{name}.{collection}": b"".join(map(bson.encode, client[name][collection].find()))
            for name in SERVICES
            for collection in client[name].list_collection_names()
        }


async def answers(system: System) -> dict[str, bytes]:
    """Return every answer that is open to others than the person: all lists and their items."""
    found: dict[str, bytes] = {}
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        services = await Client.find(system.url, client)
        for service, url in services.services.items():
            found[f"{service}/metrics"] = (await client.get(f"{url}/metrics")).content
        for path in ("/", "/v1/events", "/v1/system"):
            found[f"console{path}"] = (await client.get(system.url + path)).content
        paths = {(row.service, row.path) for row in table() if row.method == "GET"}
        for account, who in ACCOUNTS.items():
            if who.role is not Role.CITIZEN:
                found |= await _read_by(account, services, paths)
    return found


async def _read_by(account: str, services: Client, paths: Set[tuple[str, str]]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for service, path in sorted(each for each in paths if "{" not in each[1]):
        listed = await services.call(account, "GET", service, path)
        found[f"{account} {service}{path}"] = listed.content
        if listed.is_success and (service, f"{path}/{{id}}") in paths:
            for item in listed.json()["items"]:
                at = f"{path}/{item['id']}"
                one = await services.call(account, "GET", service, at)
                found[f"{account} {service}{at}"] = one.content
    for service in ("registration", "equipment"):
        for format_ in ("csv", "xlsx", "parquet"):
            path = f"/v1/figures?format={format_}"
            answer = await services.call(account, "GET", service, path)
            if answer.is_success:
                found[f"{account} {service}{path}"] = readable(format_, answer.content)
    return found


def readable(format_: str, content: bytes) -> bytes:
    """A file as it is, or what is packed in it."""
    if format_ == "xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return b"\n".join(map(book.read, book.namelist()))
    if format_ == "parquet":
        return repr(pq.read_table(io.BytesIO(content)).to_pylist()).encode()
    return content


@pytest.fixture(
    params=[
        "sqlite+sqlite",
        pytest.param("kafka+mongo", marks=pytest.mark.xdist_group("deployed")),
    ]
)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """A finished demo."""
    if request.param == "sqlite+sqlite":
        finished: Finished = request.getfixturevalue("finished")
        return finished.copied(tmp_path / "data")
    deployed: World = request.getfixturevalue("deployed")
    return deployed


@pytest.mark.timeout(900)
def test_a_finished_demo_tells_nobody_who_took_part(world: World) -> None:
    with world.running() as system:
        places = asyncio.run(answers(system))
        # Files while they are in use, write-ahead logs and all; and once more when they are closed.
        places |= dict(files(world.folder))
        if world.settings:
            places |= asyncio.run(topics(world.settings))
            places |= collections(world.settings["SINERGI_STORE"])
        for command in (
            ["events", "list"],
            ["audit", "verify", "--json"],
            ["parked", "list", "registration"],
        ):
            said = system.run(*command)
            places[" ".join(command)] = (said.stdout + said.stderr).encode()
    places |= {f"closed {name}": content for name, content in files(world.folder)}
    places["output"] = system.output.read_bytes()
    needles = world.told.needles()
    assert len(needles) > 157 * 4
    assert leaks(needles, places) == []
    # The search does find what is there: the centre's own programmes are public.
    assert leaks(["Plate welder"], places)


async def test_who_corrects_at_once_seals_for_a_place_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    streets = [f"Jl. Yos Sudarso RT 00{number}" for number in range(4)]
    async with paser(tmp_path) as system:
        into = await system.opened(BLK)
        at = f"{REGISTRATION}/applications"
        registered = await system.said(BLK, at, applicant(into, 1, address=streets[0]))

        async def correct(address: str, **headers: str) -> httpx.Response:
            body = applicant(into, 1, address=address)
            del body["intake"], body["nik"]
            path = f"{at}/{registered['id']}/correction"
            return await system.call(BLK, "POST", path, body, **headers)

        # Nobody seals before all three have read where the stream stands.
        meeting, calls, seal = asyncio.Barrier(3), itertools.count(), PersonalDataVault.seal

        async def together(self: PersonalDataVault, *given: Any) -> str:
            if next(calls) < meeting.parties:
                await meeting.wait()
            return await seal(self, *given)

        monkeypatch.setattr(PersonalDataVault, "seal", together)
        answers = await asyncio.gather(*map(correct, streets[1:]))
        assert next(calls) > meeting.parties
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        assert (await correct("Gg. Amanah", if_match='"2"')).status_code == 412
        assert (await correct(streets[0], if_match='"4"')).is_success

        service = system.services["registration"]
        privacy = PersonalDataVault(service.store, service.keys.secret, service.keys.wrapping)
        state, _ = await service.command_handler.state(registered["stream"])
        opened = await privacy.opened(state.person, registered["stream"])
        assert [each.event for each in opened] == [
            f"{registered['stream']}/{sequence}" for sequence in range(1, 6)
        ]
        told = [str(each.data["address"]) for each in opened if each.data]
        assert sorted(told) == sorted([*streets, streets[0]])
        assert {each.data["nik"] for each in opened if each.data} == {applicant(into, 1)["nik"]}


def test_the_search_finds_what_is_there() -> None:
    places = {
        "a": b"..6401..",
        "b": "Siti Aminah".encode("utf-16-le"),
        "c": b"Siti  Aminah",
        "d": b'"sealed":"' + urlsafe_b64encode(b'{"name": "Siti Aminah"}').rstrip(b"=") + b'"',
    }
    found = ["'6401' in a", "'Siti Aminah' in b", "'Siti Aminah' in d"]
    assert leaks(["6401", "Siti Aminah", "64 01"], places) == found
