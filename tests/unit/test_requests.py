"""Page limits, cursors and If-Match headers are read, however long their numbers are."""

from collections.abc import Iterator

import pytest
from starlette.requests import Request
from starlette.types import Message

from shared.events.values import Item
from shared.web.parsing import (
    MAX_VALUES,
    expected_sequence,
    page_of,
    parsed,
    read_body,
    read_bytes,
)
from shared.web.problems import ProblemError


def request(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": raw})


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1.0", "", "٣", "000100999999", "9" * 5000])
def test_a_limit_that_is_none(limit: str) -> None:
    with pytest.raises(ProblemError) as caught:
        page_of({"limit": limit})
    assert (caught.value.status, caught.value.rule) == (422, "invalid-input")


def test_a_page() -> None:
    assert page_of({}) == (50, "")
    assert page_of({"limit": "200", "after": "a/b"}) == (200, "a/b")


@pytest.mark.parametrize(("tag", "sequence"), [('"3"', 3), ('W/"3"', 3), ("3", 3), ("*", None)])
def test_if_match(tag: str, sequence: int | None) -> None:
    assert expected_sequence(request(if_match=tag)) == sequence


@pytest.mark.parametrize("tag", ['"a"', "", '"-1"', '"' + "9" * 5000 + '"'])
def test_an_if_match_that_is_no_etag_of_ours(tag: str) -> None:
    with pytest.raises(ProblemError) as caught:
        expected_sequence(request(if_match=tag))
    assert (caught.value.status, caught.value.rule) == (400, "if-match")


def sent(chunks: Iterator[bytes], **headers: str) -> Request:
    """Return a request whose body comes in these chunks."""

    async def receive() -> Message:
        chunk = next(chunks, None)
        return {"type": "http.request", "body": chunk or b"", "more_body": chunk is not None}

    return Request({**request(**headers).scope, "method": "POST"}, receive)


async def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    chunks = iter([b"x"] * 3)
    with pytest.raises(ProblemError) as caught:
        await read_bytes(sent(chunks, content_length="11"), 10)
    assert (caught.value.status, caught.value.rule) == (413, "too-large")
    assert len(list(chunks)) == 3


async def test_a_body_that_becomes_too_large_is_read_no_further() -> None:
    chunks = iter([b"xxxx"] * 9)
    with pytest.raises(ProblemError) as caught:
        await read_bytes(sent(chunks, content_length="no number"), 10)
    assert (caught.value.status, caught.value.rule) == (413, "too-large")
    assert len(list(chunks)) == 6


async def test_a_body_of_just_the_size() -> None:
    assert await read_bytes(sent(iter([b"xxxxx"] * 2), content_length="10"), 10) == b"x" * 10


@pytest.mark.parametrize(("public", "most"), [(False, 1024 * 1024), (True, 64 * 1024)])
async def test_less_is_taken_from_those_without_a_token(public: bool, most: int) -> None:
    assert await read_body(sent(iter([b"x" * most])), public) == b"x" * most
    with pytest.raises(ProblemError) as caught:
        await read_body(sent(iter([b"x" * most, b"x"])), public)
    assert caught.value.params == {"most": most}


@pytest.mark.parametrize("raw", [b"[" + b"1," * 5_000, b'{"a":' + b"[" * 5_000, b"{" * 5_001])
def test_a_body_of_too_many_values_is_not_parsed(raw: bytes) -> None:
    with pytest.raises(ProblemError) as caught:
        parsed(Item, raw)
    assert (caught.value.status, caught.value.code) == (413, "too-large:values")
    assert caught.value.params == {"most": MAX_VALUES}


def test_a_body_that_is_nested_too_deep_is_not_parsed() -> None:
    with pytest.raises(ProblemError) as caught:
        parsed(Item, b'{"item":' * 1_000)
    assert (caught.value.status, caught.value.rule) == (400, "ambiguous-json")


def test_a_body_of_many_spaces() -> None:
    raw = b'{"item":"las", "quantity":1' + b" " * 100_000 + b"}"
    assert parsed(Item, raw) == Item(item="las", quantity=1)
