"""The protocols of sending and receiving hold in every interleaving; without a rule they do not.

The models are small: one event a commit, two or three replicas, at most two faults.
tests/simulation runs the real code. Why the rules are as they are: docs/adr/0031.
"""

import pytest

from tests.models.checker import explore
from tests.models.receiver import BOTH, GAP, RULES, Receiver
from tests.models.sender import Sender

_POISON = ((0, 1),)


@pytest.mark.parametrize(
    ("model", "repeats"),
    [
        pytest.param(Sender("local", 4), 0, id="four commits"),
        pytest.param(Sender("local", streams=2), 0, id="two streams"),
        pytest.param(Sender("local", replicas=3), 0, id="three replicas"),
        pytest.param(Sender("local", 2, 1), 3, id="a fault"),
        pytest.param(Sender("local", 3, 1), 3, id="three commits, a fault", marks=pytest.mark.long),
        pytest.param(Sender("local", 2, 2), 4, id="two faults", marks=pytest.mark.long),
    ],
)
def test_no_commit_is_sent_before_its_predecessor_is_on_the_log(
    model: Sender, repeats: int
) -> None:
    problem, trace, _, most = explore(model)
    assert problem is None, trace
    assert most <= repeats


@pytest.mark.parametrize(
    ("model", "why"),
    [
        pytest.param(Sender("today", 2, torn=False), "first arrivals", id="no rule"),
        pytest.param(Sender("relay", 2), "first arrivals", id="relays that read a range"),
    ],
)
def test_without_the_rule_events_come_out_of_order(model: Sender, why: str) -> None:
    problem, _, _, _ = explore(model)
    assert problem is not None
    assert why in problem


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(Receiver(GAP), id="a gap"),
        pytest.param(Receiver(GAP, RULES, 2), id="a gap, two faults"),
        pytest.param(Receiver(GAP, RULES - {"lock"}, 2), id="without the lock"),
        pytest.param(Receiver(BOTH, RULES, 1, _POISON), id="poison elsewhere, a fault"),
        pytest.param(
            Receiver(BOTH, RULES, 2, _POISON), id="poison, two faults", marks=pytest.mark.long
        ),
    ],
)
def test_whoever_owns_a_partition_applies_all_that_can_be(model: Receiver) -> None:
    problem, trace, _, _ = explore(model)
    assert problem is None, trace


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(Receiver(GAP, frozenset()), id="no rule, a gap"),
        pytest.param(Receiver(BOTH, frozenset(), 0, _POISON), id="no rule, poison elsewhere"),
        pytest.param(Receiver(BOTH, RULES - {"owner"}, 0, _POISON), id="a lease for all"),
        pytest.param(Receiver(GAP, frozenset({"owner"})), id="without lock and stored mark"),
        pytest.param(Receiver(GAP, RULES - {"stored"}, 2), id="the cached mark"),
        pytest.param(Receiver(GAP, RULES - {"scan"}, 2), id="without the second scan"),
    ],
)
def test_without_a_rule_a_stream_waits_for_ever(model: Receiver) -> None:
    problem, _, _, _ = explore(model)
    assert problem == "stuck for ever"
