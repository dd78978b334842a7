import re
from datetime import date

from services.registration.application.follow_codes import Lookup, normal
from shared.signing.keys import Secret


class Shelf:
    """As much of a store as a look-up needs."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}

    async def keep_private(self, collection: str, key: str, value: bytes) -> bytes:
        return self.kept.setdefault((collection, key), value)

    async def get_private(self, collection: str, keys: list[str]) -> dict[str, bytes]:
        found = ((key, self.kept.get((collection, key))) for key in keys)
        return {key: value for key, value in found if value is not None}

    async def replace_private(
        self, collection: str, changed: dict[str, tuple[bytes, bytes]]
    ) -> None:
        for key, (old, new) in changed.items():
            if self.kept[collection, key] == old:
                self.kept[collection, key] = new

    async def delete_private(self, collection: str, keys: list[str]) -> None:
        for key in keys:
            self.kept.pop((collection, key), None)


BORN = date(2002, 3, 14)


def lookup(shelf: Shelf | None = None, secret: bytes = bytes(32)) -> Lookup:
    return Lookup(shelf or Shelf(), Secret(secret))  # type: ignore[arg-type]


def test_a_code_has_ten_characters_that_nobody_mistakes() -> None:
    codes = {lookup().code(f"a{n}") for n in range(200)}
    assert len(codes) == 200
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{10}", code) for code in codes)
    assert lookup().code("a1") == lookup().code("a1")
    assert lookup().code("a1") != lookup(secret=b"1" * 32).code("a1")


async def test_code_and_birth_date_together_find_the_application() -> None:
    found = lookup()
    await found.keep("a1", BORN)
    code = found.code("a1")
    assert await found.find(code, BORN) == "a1"
    assert await found.find(f" {code[:5].lower()}-{code[5:]} ", BORN) == "a1"
    assert await found.find(code, date(2002, 3, 15)) is None
    assert await found.find(found.code("a2"), BORN) is None
    assert await found.find("", BORN) is None
    assert await found.find("kode salah ☂", BORN) is None


async def test_neither_is_stored() -> None:
    shelf = Shelf()
    await lookup(shelf).keep("a1", BORN)
    stored = repr(shelf.kept)
    assert lookup().code("a1") not in stored
    assert "2002" not in stored


async def test_a_corrected_birth_date_takes_the_place_of_the_wrong_one() -> None:
    found, right = lookup(), date(1902, 3, 14)
    await found.keep("a1", BORN)
    await found.keep("a1", right)
    assert await found.find(found.code("a1"), right) is None, "registering again locks nobody out"
    await found.move("a1", right)
    assert await found.find(found.code("a1"), right) == "a1"
    assert await found.find(found.code("a1"), BORN) is None


async def test_a_forgotten_application_leaves_nothing() -> None:
    shelf = Shelf()
    found = lookup(shelf)
    await found.keep("a1", BORN)
    await found.forget("a1")
    await found.forget("a1")
    assert shelf.kept == {}
    assert await found.find(found.code("a1"), BORN) is None


def test_misread_letters_are_put_right() -> None:
    assert normal("oil-2 b") == "0112B"
