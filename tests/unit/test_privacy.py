"""Persons' keys: who is found again, what is opened, and that erasing leaves neither."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.keys import Secret
from shared.privacy import Privacy
from shared.sqlite import SqliteStore

BUDI = "nik:6401010101010001"
STREAM = "application/1"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "registration.sqlite")
    await store.open()
    yield store
    await store.close()


@pytest.fixture
def privacy(store: SqliteStore) -> Privacy:
    return Privacy(store, Secret(b"s" * 32))


@pytest.fixture
def files(tmp_path: Path, store: SqliteStore) -> list[Path]:
    return list(tmp_path.iterdir())


async def test_an_erased_person_is_neither_read_nor_found_again(privacy: Privacy) -> None:
    person = await privacy.person(BUDI)
    sealed = await privacy.seal(person, STREAM, {"name": "Budi"})
    await privacy.erase(person)
    await privacy.erase(person)
    assert await privacy.unseal(person, STREAM, sealed) is None
    with pytest.raises(KeyError):
        await privacy.seal(person, STREAM, {"name": "Budi"})
    assert await privacy.person(BUDI) != person


async def test_erasing_one_leaves_the_others(privacy: Privacy) -> None:
    person, other = await privacy.person(BUDI), await privacy.person("nik:6401010101010002")
    sealed = await privacy.seal(other, STREAM, {"name": "Ani"})
    await privacy.erase(person)
    assert await privacy.unseal(other, STREAM, sealed) == {"name": "Ani"}
    assert await privacy.person("nik:6401010101010002") == other


async def test_an_erasure_that_was_cut_off_is_finished_by_repeating_it(
    store: SqliteStore, privacy: Privacy
) -> None:
    person = await privacy.person(BUDI)
    kept = (await store.get_private("person-keys", [person]))[person]
    await store.delete_private("persons", [kept[:32].hex()])
    await privacy.erase(person)
    assert await store.get_private("person-keys", [person]) == {}


async def test_no_file_holds_an_erased_persons_key(
    store: SqliteStore, privacy: Privacy, files: list[Path]
) -> None:
    person = await privacy.person(BUDI)
    kept = (await store.get_private("person-keys", [person]))[person]
    lookup, wrapped = kept[:32].hex().encode(), kept[32:]
    assert any(wrapped in file.read_bytes() for file in files)
    await privacy.erase(person)
    for file in files:
        assert wrapped not in file.read_bytes()
        assert lookup not in file.read_bytes()
