"""Page limits, cursors and If-Match headers are read, however long their numbers are."""

import pytest
from starlette.requests import Request

from shared.web.parsing import expected_sequence, page_of
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
