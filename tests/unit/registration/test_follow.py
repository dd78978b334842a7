from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.registration.application.follow_access import FollowAccess
from services.registration.domain.application.aggregate import DECIDER
from shared.adapters.sqlite_store import SqliteStore
from shared.eventsourcing.decider import AnyStream
from shared.signing.keys import Secret
from shared.web.problems import ProblemError
from shared.web.throttle import Throttle
from tests.unit.given import given
from tests.unit.registration.applicants import REGISTERED
from tests.unit.registration.test_lookup import BORN, lookup

WRONG = date(2002, 3, 15)


class RequestContext:
    """As much of a request as the gate needs."""

    async def snapshot(self, stream: AnyStream) -> Any:
        return given(DECIDER, *([REGISTERED] if str(stream) == "application/a1" else [])).state


def ask() -> Any:
    return RequestContext()


@pytest.fixture
async def throttle(tmp_path: Path) -> AsyncIterator[Throttle]:
    store = SqliteStore(tmp_path / "store.sqlite")
    await store.open()
    yield Throttle(store, Secret(b"s" * 32))
    await store.close()


async def gate(throttle: Throttle) -> tuple[FollowAccess, str]:
    found = lookup()
    await found.keep("a1", BORN)
    return FollowAccess(found, throttle), found.code("a1")


async def refused(gate: FollowAccess, code: str, born: date) -> ProblemError:
    with pytest.raises(ProblemError) as problem:
        await gate.application(ask(), code, born)
    return problem.value


async def test_code_and_birth_date_open_the_application(throttle: Throttle) -> None:
    door, code = await gate(throttle)
    id_, state = await door.application(ask(), code.lower(), BORN)
    assert (id_, state.status) == ("a1", "registered")


async def test_a_wrong_code_and_a_wrong_date_get_the_same_answer(throttle: Throttle) -> None:
    door, code = await gate(throttle)
    first = await refused(door, code, WRONG)
    second = await refused(door, "0000000000", BORN)
    assert (first.status, first.code, first.params) == (second.status, second.code, second.params)
    assert first.status == 404


async def test_an_application_that_never_came_about_is_none(throttle: Throttle) -> None:
    found = lookup()
    await found.keep("a2", BORN)
    assert (await refused(FollowAccess(found, throttle), found.code("a2"), BORN)).status == 404


async def test_wrong_codes_do_not_lock_out_who_has_the_right_one(throttle: Throttle) -> None:
    door, code = await gate(throttle)
    for number in range(20):
        assert (await refused(door, f"{number:010}", BORN)).status == 404
    assert (await door.application(ask(), code, BORN))[0] == "a1"


async def test_a_code_that_is_guessed_at_has_to_wait(throttle: Throttle) -> None:
    door, code = await gate(throttle)
    for _ in range(5):
        assert (await refused(door, code, WRONG)).status == 404
    problem = await refused(door, code, BORN)
    assert (problem.status, problem.rule) == (429, "too-many-tries")
    assert 0 < int(problem.headers["retry-after"]) <= 15 * 60
