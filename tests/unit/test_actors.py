"""Opaque names of accounts: always the same for one, and nobody's once they are forgotten."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.adapters.sqlite_store import SqliteStore
from shared.privacy.pseudonyms import ACTOR_NAMES, ACTORS, Pseudonyms
from shared.signing.keys import Secret

SECRET = Secret(b"s" * 32)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "actors.sqlite")
    await store.open()
    yield store
    await store.close()


async def test_a_name_stays_and_says_nothing(store: SqliteStore) -> None:
    name = await Pseudonyms(store, SECRET).name("warga-1")
    assert await Pseudonyms(store, SECRET).name("warga-1") == name
    assert await Pseudonyms(store, SECRET).name("warga-2") != name
    assert await Pseudonyms(store, SECRET).account(name) == "warga-1"
    assert await Pseudonyms(store, SECRET).account("nobody") is None
    assert "warga" not in name


async def test_a_forgotten_name_leads_to_nobody_and_comes_to_nobody_again(
    store: SqliteStore, tmp_path: Path
) -> None:
    actors = Pseudonyms(store, SECRET)
    name, other = await actors.name("warga-1"), await actors.name("warga-2")
    await actors.forget(name)
    await actors.forget(name)
    assert await actors.account(name) is None
    assert await actors.account(other) == "warga-2"
    assert b"warga-1" not in _bytes(tmp_path)
    fresh = await actors.name("warga-1")
    assert fresh != name
    assert await Pseudonyms(store, SECRET).name("warga-1") == fresh


async def test_a_crash_while_forgetting_is_mended_by_forgetting_again(store: SqliteStore) -> None:
    actors = Pseudonyms(store, SECRET)
    name = await actors.name("warga-1")
    await store.delete_private(ACTOR_NAMES, list(await store.scan_private(ACTOR_NAMES)))
    await actors.forget(name)
    assert await store.scan_private(ACTORS) == {}


def _bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())
