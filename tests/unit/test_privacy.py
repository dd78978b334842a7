"""Persons' keys: who is found again, what is opened, and that erasing leaves neither."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.adapters.sqlite_store import SqliteStore
from shared.privacy.key_wrapping import Wrapping, read_wrapping, write_wrapping
from shared.privacy.vault import DIGEST, PERSON_KEYS, PERSONS, PersonalDataVault
from shared.signing.keys import BadKey, Secret

BUDI, ANI = "nik:6401010101010001", "nik:6401010101010002"
EVENT = "application/1/1"
SECRET = Secret(b"s" * 32)
OLD = Wrapping([b"o" * 32])


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "registration.sqlite")
    await store.open()
    yield store
    await store.close()


@pytest.fixture
def privacy(store: SqliteStore) -> PersonalDataVault:
    return PersonalDataVault(store, SECRET, OLD)


@pytest.fixture
def files(tmp_path: Path, store: SqliteStore) -> list[Path]:
    return list(tmp_path.iterdir())


async def test_a_person_is_found_by_the_number_and_the_number_by_nothing(
    privacy: PersonalDataVault, files: list[Path]
) -> None:
    person = await privacy.person(BUDI)
    assert await privacy.person(BUDI) == person
    assert await privacy.person(ANI) != person
    for file in files:
        assert BUDI[4:].encode() not in file.read_bytes()


async def test_another_services_secret_finds_nobody(
    store: SqliteStore, privacy: PersonalDataVault
) -> None:
    person = await privacy.person(BUDI)
    assert await PersonalDataVault(store, Secret(b"t" * 32), OLD).person(BUDI) != person


async def test_who_is_only_tried_leaves_no_trace(
    store: SqliteStore, privacy: PersonalDataVault
) -> None:
    passing = await privacy.person(BUDI, keep=False)
    assert await privacy.person(BUDI, keep=False) == passing
    assert await privacy.seal(passing, EVENT, {"name": "Budi"})
    assert await store.get_private(PERSON_KEYS, [passing]) == {}


async def test_sealed_data_open_in_their_place_alone(privacy: PersonalDataVault) -> None:
    person, other = await privacy.person(BUDI), await privacy.person(ANI)
    sealed = await privacy.seal(person, EVENT, {"name": "Budi"})
    assert await privacy.unseal(person, EVENT, sealed) == {"name": "Budi"}
    moved = [
        (other, EVENT, "sealed"),
        (person, "application/1/2", "sealed"),
        (person, "application/2/1", "sealed"),
        (person, EVENT, "note"),
    ]
    for whose, event, field in moved:
        with pytest.raises(ValueError, match="another person, event or field"):
            await privacy.unseal(whose, event, sealed, field)
    altered = sealed[:20] + ("A" if sealed[20] != "A" else "B") + sealed[21:]
    with pytest.raises(ValueError, match="altered"):
        await privacy.unseal(person, EVENT, altered)


async def test_the_same_data_never_look_the_same(privacy: PersonalDataVault) -> None:
    person = await privacy.person(BUDI)
    seals = {await privacy.seal(person, EVENT, {"name": "Budi"}) for _ in range(100)}
    assert len(seals) == 100


async def test_an_erased_person_is_neither_read_nor_found_again(privacy: PersonalDataVault) -> None:
    person = await privacy.person(BUDI)
    sealed = await privacy.seal(person, EVENT, {"name": "Budi"})
    await privacy.erase(person)
    await privacy.erase(person)
    assert await privacy.unseal(person, EVENT, sealed) is None
    with pytest.raises(KeyError):
        await privacy.seal(person, EVENT, {"name": "Budi"})
    assert await privacy.person(BUDI) != person


async def test_erasing_one_leaves_the_others(privacy: PersonalDataVault) -> None:
    person, other = await privacy.person(BUDI), await privacy.person(ANI)
    sealed = await privacy.seal(other, EVENT, {"name": "Ani"})
    await privacy.erase(person)
    assert await privacy.unseal(other, EVENT, sealed) == {"name": "Ani"}
    assert await privacy.person(ANI) == other


async def test_an_erasure_that_was_cut_off_is_finished_by_repeating_it(
    store: SqliteStore, privacy: PersonalDataVault
) -> None:
    person = await privacy.person(BUDI)
    kept = (await store.get_private(PERSON_KEYS, [person]))[person]
    await store.delete_private(PERSONS, [kept[:DIGEST].hex()])
    await privacy.erase(person)
    assert await store.get_private(PERSON_KEYS, [person]) == {}


async def test_no_file_holds_an_erased_persons_key(
    store: SqliteStore, privacy: PersonalDataVault, files: list[Path]
) -> None:
    person = await privacy.person(BUDI)
    kept = (await store.get_private(PERSON_KEYS, [person]))[person]
    lookup, wrapped = kept[:DIGEST].hex().encode(), kept[DIGEST:]
    assert any(wrapped in file.read_bytes() for file in files)
    await privacy.erase(person)
    for file in files:
        assert wrapped not in file.read_bytes()
        assert lookup not in file.read_bytes()


async def test_earlier_wrapping_keys_still_unwrap_and_the_new_one_wraps(
    store: SqliteStore, privacy: PersonalDataVault
) -> None:
    person = await privacy.person(BUDI)
    sealed = await privacy.seal(person, EVENT, {"name": "Budi"})
    both = OLD.with_new()
    assert await PersonalDataVault(store, SECRET, both).unseal(person, EVENT, sealed) == {
        "name": "Budi"
    }
    assert both.outdated(OLD.wrap(b"k" * 32))
    assert not both.outdated(both.wrap(b"k" * 32))
    with pytest.raises(BadKey, match=r"which wrap\.key lacks"):
        await PersonalDataVault(store, SECRET, both.current()).unseal(person, EVENT, sealed)


def test_what_was_wrapped_is_refused_when_altered() -> None:
    wrapped = OLD.wrap(b"k" * 32)
    assert OLD.unwrap(wrapped) == b"k" * 32
    with pytest.raises(BadKey, match="altered"):
        OLD.unwrap(wrapped[:-1] + bytes([wrapped[-1] ^ 1]))


def test_the_file_of_wrapping_keys(tmp_path: Path) -> None:
    file, both = tmp_path / "wrap.key", OLD.with_new()
    write_wrapping(file, both)
    assert file.stat().st_mode & 0o777 == 0o600
    assert read_wrapping(file).keys == both.keys
    for wrong in ("", "00", f"{'00' * 32}\nzz\n"):
        file.write_text(wrong)
        with pytest.raises(BadKey, match=r"wrap\.key must hold lines of 64 hex digits"):
            read_wrapping(file)
    with pytest.raises(BadKey, match="cannot read"):
        read_wrapping(tmp_path / "absent")
    with pytest.raises(BadKey, match="cannot write"):
        write_wrapping(tmp_path / "absent" / "wrap.key", both)
