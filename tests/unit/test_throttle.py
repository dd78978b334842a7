import pytest

from shared.web.throttle import Throttle


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_five_failures_are_forgiven_until_a_quarter_of_an_hour_after_the_first(
    clock: Clock,
) -> None:
    throttle = Throttle(clock=clock)
    for _ in range(5):
        assert throttle.wait("a") == 0
        throttle.fail("a")
        clock.now += 60
    assert throttle.wait("a") == 15 * 60 - 5 * 60
    clock.now += 10 * 60 - 1
    assert throttle.wait("a") == 1
    clock.now += 1
    assert throttle.wait("a") == 0


def test_one_more_failure_after_the_wait_makes_it_wait_again(clock: Clock) -> None:
    throttle = Throttle(clock=clock)
    for _ in range(5):
        throttle.fail("a")
        clock.now += 60
    clock.now += 10 * 60
    throttle.fail("a")
    assert throttle.wait("a") == 60


def test_keys_are_apart_and_the_longest_wait_counts(clock: Clock) -> None:
    throttle = Throttle(limit=2, clock=clock)
    throttle.fail("address", "code")
    throttle.fail("address")
    assert throttle.wait("code") == 0
    assert throttle.wait("other") == 0
    assert throttle.wait("address", "code") == 15 * 60
    assert throttle.wait() == 0


def test_it_remembers_so_many_keys_and_none_for_ever(clock: Clock) -> None:
    throttle = Throttle(limit=1, remembered=2, clock=clock)
    throttle.fail("a", "b", "c")
    assert throttle.wait("a") == 0
    assert throttle.wait("b") > 0
    clock.now += 15 * 60
    throttle.fail("d")
    assert throttle.wait("b", "c") == 0
    assert throttle.wait("d") > 0
