"""`sinergi keys`: made, listed, replaced and revoked; a service speaks with a valid key or not."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from apps.composition.agencies import AGENCIES, RUNS
from apps.composition.key_folder import KeyFolder
from apps.composition.keys import change, listed, publish, revoke, tree_sizes
from apps.composition.system import TOPICS, key_folder, make_log, make_service
from shared.adapters.sqlite_log import EmbeddedLog
from shared.events.keys import TOPIC
from shared.kernel.ports import Log
from shared.kernel.settings import BadSetting, Settings
from shared.signing.cloudevents import GENESIS, Draft, freeze, sign_group
from shared.signing.keys import BadKey, Signer, make_key, read_key, write_file
from tests.contract.samples import SAMPLES
from tests.scenarios.paser import programme
from tests.scenarios.running import System, running
from tests.servers.server import until

BLK = RUNS["registration"]


def contents(folder: Path) -> Mapping[Path, tuple[bytes, int, int]]:
    """Every file's bytes, mode and time of change."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {p: (p.read_bytes(), p.stat().st_mode, p.stat().st_mtime_ns) for p in files}


@asynccontextmanager
async def deployed(folder: Path) -> AsyncIterator[tuple[Settings, KeyFolder, Log]]:
    """Keys that were made and published, and no service running."""
    settings = Settings(data=folder)
    keys = key_folder(settings)
    keys.init()
    log = make_log(settings)
    await log.open()
    try:
        await log.create_topics(TOPICS)
        await publish(keys, log)
        yield settings, keys, log
    finally:
        await log.close()


async def replaced(keys: KeyFolder, log: Log, revoked: str | None = None) -> str:
    path = keys.service("registration")
    return await change(keys, log, BLK, "events", await tree_sizes(log, TOPICS), path, revoked)


# -- making -------------------------------------------------------------------------------------


def test_init_makes_what_is_absent_for_its_owner_alone(tmp_path: Path) -> None:
    keys = KeyFolder(tmp_path / "keys", tmp_path / "public" / "trust.json")
    keys.init()
    made = contents(tmp_path)
    secret = {path for path in made if path.is_relative_to(keys.keys)}
    assert {path.stat().st_mode & 0o777 for path in secret} == {0o600}
    folders = [keys.keys, *(path for path in keys.keys.rglob("*") if path.is_dir())]
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o700}
    assert len(secret) == 3 * len(RUNS) + 2 * len(AGENCIES)
    assert set(made) - secret == {keys.trust, keys.announcements}
    keys.init()
    assert contents(tmp_path) == made
    keys.service("partners").with_name("secret").unlink()
    keys.init()
    assert made.keys() == contents(tmp_path).keys()


async def test_announcements_are_published_once_and_only_if_they_hold(tmp_path: Path) -> None:
    async with deployed(tmp_path) as (_, keys, log):
        end = (await log.ends(TOPIC))[0]
        assert end == len(RUNS) + len(AGENCIES)
        assert await publish(keys, log) == 0
        assert (await log.ends(TOPIC))[0] == end
        other = KeyFolder(tmp_path / "other", tmp_path / "other.json")
        other.init()
        keys.announcements.write_bytes(other.announcements.read_bytes())
        with pytest.raises(BadKey, match="announcements"):
            await publish(keys, log)
        assert (await log.ends(TOPIC))[0] == end


# -- who may start ------------------------------------------------------------------------------


async def starts(settings: Settings, log: Log, name: str = "registration") -> None:
    async with make_service(name, settings, log).run():
        pass


async def test_a_service_starts_with_a_key_of_its_agency_that_the_log_knows(
    tmp_path: Path,
) -> None:
    async with deployed(tmp_path) as (settings, keys, log):
        file = keys.service("registration")
        mine, others = file.read_text(), keys.service("equipment").read_text()
        await starts(settings, log)
        for strange in (others, "ab" * 32 + "\n", keys.root(BLK).read_text()):
            file.write_text(strange)
            with pytest.raises(BadKey, match=f"the log does not know the key .* as one of {BLK}"):
                await starts(settings, log)
        file.write_text(mine)
        for reason, end in ((None, "retired"), ("The server was broken into.", "revoked")):
            before = file.read_text()
            await replaced(keys, log, reason)
            after = file.read_text()
            assert before != after
            file.write_text(before)
            with pytest.raises(BadKey, match=f"was {end}: mount the key that took its place"):
                await starts(settings, log)
            file.write_text(after)
        await starts(settings, log)


async def test_a_trust_list_that_does_not_pin_the_agency_s_root(tmp_path: Path) -> None:
    async with deployed(tmp_path) as (settings, keys, log):
        listed_ = json.loads(keys.trust.read_text())
        without = {agency: roots for agency, roots in listed_.items() if agency != BLK}
        keys.trust.write_text(json.dumps(without))
        with pytest.raises(BadSetting, match=f"pins no root key of {BLK}"):
            await starts(settings, log)
        another = {**listed_, BLK: listed_[RUNS["equipment"]]}
        keys.trust.write_text(json.dumps(another))
        with pytest.raises(BadKey, match="can't have one key"):
            await starts(settings, log)
        stranger = Signer(b"x" * 32).public.hex()
        keys.trust.write_text(json.dumps({**listed_, BLK: [stranger]}))
        with pytest.raises(BadKey, match="the log does not know the key"):
            await starts(settings, log)


# -- replacing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("published", [False, True])
async def test_a_change_that_was_cut_off_is_finished_by_the_same_command(
    tmp_path: Path, published: bool
) -> None:
    async with deployed(tmp_path) as (settings, keys, log):
        file = keys.service("registration")
        draft = file.with_name("agency.key.next")
        old = file.read_bytes()
        if published:
            await replaced(keys, log)
            write_file(draft, file.read_bytes(), 0o600)
            write_file(file, old, 0o600)
        else:
            make_key(draft)
        end = (await log.ends(TOPIC))[0]
        wanted = Signer(read_key(draft)).keyid
        assert await replaced(keys, log) == wanted
        assert (await log.ends(TOPIC))[0] == end + (0 if published else 2)
        assert not draft.exists()
        assert Signer(read_key(file)).keyid == wanted
        assert file.stat().st_mode & 0o777 == 0o600
        await starts(settings, log)


async def test_only_the_pinned_root_changes_a_key_and_only_one_that_there_is(
    tmp_path: Path,
) -> None:
    async with deployed(tmp_path) as (_, keys, log):
        end = (await log.ends(TOPIC))[0]
        root, sizes = keys.root(BLK), await tree_sizes(log, TOPICS)
        mine = root.read_text()
        root.write_text("ef" * 32 + "\n")
        with pytest.raises(BadKey, match=r"is not the root key that .* pins"):
            await replaced(keys, log)
        root.unlink()
        with pytest.raises(BadKey, match="cannot read the key file"):
            await replaced(keys, log)
        root.write_text(mine)
        with pytest.raises(BadKey, match="no agency has a key 00"):
            await revoke(keys, log, "0" * 32, sizes, "x")
        assert (await log.ends(TOPIC))[0] == end
        old = Signer(read_key(keys.service("registration"))).keyid
        await replaced(keys, log)
        await revoke(keys, log, old, sizes, "Found on a disk that was sold.")
        with pytest.raises(BadKey, match="was revoked before: Found on a disk"):
            await revoke(keys, log, old, sizes, "x")
        row = next(row for row in await listed(keys, log) if row["keyid"] == old)
        assert (row["state"], row["reason"]) == ("revoked", "Found on a disk that was sold.")


# -- as an operator does it ---------------------------------------------------------------------


def keys_of(system: System) -> dict[str, dict[str, Any]]:
    told = system.run("keys", "list", "--json")
    assert told.returncode == 0, told.stderr
    return {row["keyid"]: row for row in json.loads(told.stdout)}


def command(system: System) -> None:
    """Something that the registration service signs."""
    with httpx.Client(trust_env=False, timeout=30) as client:
        token = client.post(f"{system.url}/issuer/token", json={"account": "petugas-blk"})
        headers = {"authorization": f"Bearer {token.json()['access_token']}"}
        url = f"{system.url}/registration/v1/programmes"
        client.post(url, json=programme(), headers=headers).raise_for_status()


async def by_registration(folder: Path) -> list[str]:
    """Which key signed each of its records."""
    log = EmbeddedLog(folder / "log.sqlite", readonly=True)
    await log.open()
    end = (await log.ends("registration.events"))[0]
    read_ = [p async for b in log.read("registration.events", 0, 0, end) for p in b]
    await log.close()
    return [(dict(place.record.headers)["ce_keyid"] or b"").decode() for place in read_]


async def append(folder: Path, signer: Signer) -> int:
    """A record that claims to be a month old, signed with this key; its offset."""
    type_, id_ = (
        "sinergi.registration.ProgrammePublished.v1",
        "01890a5d-ac97-7e01-a5c4-93f1d2b06e42",
    )
    draft = Draft(
        source=BLK,
        type=type_,
        subject="programme/forged",
        time=datetime.now(UTC) - timedelta(days=30),
        sequence=1,
        first=1,
        count=1,
        cause=f"request/{id_}",
        fingerprint="",
        correlation=id_,
        causation=f"request/{id_}",
        actor="somebody",
        prevhash=GENESIS,
        data=SAMPLES[type_][1].event.data(),
    )
    frozen, hash_ = freeze(draft, signer.keyid)
    (record,) = sign_group(signer, [frozen], [hash_])
    log = EmbeddedLog(folder / "log.sqlite")
    await log.open()
    (position,) = await log.send("registration.events", [record])
    await log.close()
    return position.offset


def problems(system: System, *arguments: str) -> list[tuple[str, int, str]]:
    told = system.run("audit", "verify", "--fresh", "--json", *arguments)
    report = json.loads(told.stdout)
    found = [(each["topic"], each["offset"], each["code"]) for each in report["problems"]]
    assert told.returncode == (1 if found else 0), told.stdout
    return found


def secrets_of(folder: Path) -> set[str]:
    """Return the secrets that the key files hold now."""
    files = [path for path in (folder / "keys").rglob("*") if path.parent != folder / "keys"]
    return {path.read_text().strip() for path in files if path.is_file()}


@pytest.mark.timeout(600)
def test_an_operator_rotates_a_key_and_revokes_a_stolen_one(tmp_path: Path) -> None:
    data, told = tmp_path / "data", list[str]()
    file = data / "keys" / "registration" / "agency.key"

    def run(*arguments: str, code: int = 0) -> str:
        done = system.run("keys", *arguments)
        told.extend((done.stdout, done.stderr))
        assert done.returncode == code, done.stderr
        return done.stdout.strip() if code == 0 else done.stderr

    with running(data) as system:
        command(system)
        assert all(row["state"] == "valid" for row in keys_of(system).values())
        for name in ("registration", "kemenaker"):
            assert "stop it first" in run("rotate", name, code=2)
            assert "stop it first" in run("revoke", name, "--reason", "x", code=2)
    secrets = secrets_of(data)
    first = Signer(read_key(file))
    second = run("rotate", "registration")
    stolen = Signer(read_key(file))
    assert (second, keys_of(system)[second]["state"]) == (stolen.keyid, "valid")
    assert keys_of(system)[first.keyid]["state"] == "retired"
    lines = {line.split()[0]: line for line in run("list").splitlines()}
    place = f"registration.events/0:{len(asyncio.run(by_registration(data)))}"
    assert f"{first.keyid}  {BLK}  events  retired at {place}" in lines[first.keyid]
    assert f"{second}  {BLK}  events  since {place}" in lines[second]
    assert f"{BLK}  acts" in lines[Signer(read_key(data / "keys/desks/blk-paser.key")).keyid]
    with running(data) as system:
        command(system)
        assert problems(system) == []
    assert {*asyncio.run(by_registration(data))} == {first.keyid, second}
    secrets |= secrets_of(data)
    third = run("revoke", "registration", "--reason", "The server was broken into.")
    run("rotate", "kemenaker")
    revoked = keys_of(system)[second]
    assert (revoked["state"], revoked["reason"]) == ("revoked", "The server was broken into.")
    before = len(asyncio.run(by_registration(data)))
    offset = asyncio.run(append(data, stolen))
    assert offset == before == revoked["until"]["registration.events"]["0"]
    with running(data) as system:
        command(system)
        found = f"quarantined registration.events/0/{offset}"
        until(lambda: found in system.output.read_text(), 20, system.output.read_text)
        assert problems(system) == [("registration.events", offset, "key-revoked")]
    assert asyncio.run(by_registration(data))[-1] == third
    secrets |= secrets_of(data)
    told.append(system.output.read_text())
    assert len(secrets) == 3 * len(RUNS) + 2 * len(AGENCIES) + 3
    public = [path for path in data.rglob("*") if path.is_file()]
    public = [path for path in public if not path.is_relative_to(data / "keys")]
    assert any(path.name == "log.sqlite" for path in public)
    for secret in secrets:
        assert not any(secret in text for text in told)
        raw = (secret.encode(), bytes.fromhex(secret))
        assert not any(each in path.read_bytes() for path in public for each in raw)
