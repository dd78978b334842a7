from datetime import date
from typing import Any

import pytest

from services.partners.domain.support.aggregate import DECIDER
from services.partners.domain.support.answer import AcceptOffer, DeclineOffer
from services.partners.domain.support.fulfilment import FulfilSupport
from services.partners.domain.support.offering import WithdrawOffer
from services.partners.domain.support.request import AskSupport
from shared.events.partners.instructor import VisitRefused
from shared.events.values import Item, SupportKind
from shared.eventsourcing.decider import Command, Timeout
from tests.unit.given import BLK, MAKASSAR, NOW, Given, given
from tests.unit.partners.offers import (
    ALL,
    ALL_ACCEPTED,
    ALL_FULFILLED,
    BOOKED,
    DECLINED,
    LAST,
    LATE,
    NOT_NEEDED,
    ONE_MACHINE,
    WITHDRAW,
    accepted,
    declined,
    expired,
    fulfilled,
    offer,
    offered,
)
from tests.unit.partners.samples import EXPIRES, NEEDED, OPEN, PAPER, REQUESTED, SEMARANG


class TestRequesting:
    def test_it_is_open_for_its_days(self) -> None:
        given(DECIDER).when(OPEN, agency="system").then(REQUESTED)

    def test_once(self) -> None:
        given(DECIDER, REQUESTED).when(OPEN, agency="system").then_nothing()

    @pytest.mark.parametrize(
        "command",
        [
            offer(*NEEDED),
            AcceptOffer(offer=1),
            DeclineOffer(offer=1),
            WithdrawOffer(offer=1),
            FulfilSupport(offer=1, evidence=PAPER),
            WITHDRAW,
        ],
    )
    def test_nothing_without_a_request(self, command: Command) -> None:
        given(DECIDER).when(command).refused("not-found", status=404)


def ask(**changes: Any) -> AskSupport:
    return AskSupport(**{**dict(OPEN), "proposal": None, **changes})


class TestAsking:
    def test_a_centre_asks_by_hand(self) -> None:
        asked = REQUESTED.model_copy(update={"proposal": None, "note": "Untuk angkatan 2."})
        given(DECIDER).when(ask(note="Untuk angkatan 2.")).then(asked)

    @pytest.mark.parametrize("kind", ["instructor", "seats", "curriculum"])
    def test_of_other_kinds_so_many(self, kind: SupportKind) -> None:
        items = (Item(item=kind, quantity=2),)
        given(DECIDER).when(ask(kind=kind, items=items)).then(
            REQUESTED.model_copy(update={"proposal": None, "kind": kind, "items": items})
        )
        given(DECIDER).when(ask(kind=kind)).refused("kind-item", "items", 422)

    @pytest.mark.parametrize(
        ("changes", "rule", "field"),
        [
            ({"items": ()}, "no-items", "items"),
            ({"items": (ONE_MACHINE, ONE_MACHINE)}, "repeated-item", "items.1.item"),
            (
                {"starts_on": date(2022, 8, 2), "ends_on": date(2022, 8, 1)},
                "dates",
                "ends_on",
            ),
        ],
    )
    def test_only_for_what_makes_sense(
        self, changes: dict[str, Any], rule: str, field: str
    ) -> None:
        given(DECIDER).when(ask(**changes)).refused(rule, field, 422)


class TestFulfilling:
    command = FulfilSupport(offer=1, evidence=PAPER)

    def test_the_partner_says_so(self) -> None:
        history = (REQUESTED, ALL, ALL_ACCEPTED)
        outcome = given(DECIDER, *history).when(self.command, agency=MAKASSAR)
        assert outcome.then(ALL_FULFILLED).state.status == "fulfilled"

    def test_the_request_is_fulfilled_with_the_last_part(self) -> None:
        machines, helmets = NEEDED
        history = (
            REQUESTED,
            offered(1, machines),
            offered(2, helmets, offering=SEMARANG),
            accepted(1, machines),
            accepted(2, helmets, offering=SEMARANG),
        )
        outcome = given(DECIDER, *history).when(self.command, agency=MAKASSAR)
        assert outcome.then(fulfilled(1, machines)).state.status == "covered"
        last = Given(DECIDER, outcome.state).when(
            FulfilSupport(offer=2, evidence=PAPER), agency=SEMARANG.agency
        )
        assert last.state.status == "fulfilled"

    def test_and_what_else_was_offered_is_declined(self) -> None:
        other = offered(2, ONE_MACHINE, offering=SEMARANG)
        history = (REQUESTED, ALL, other, ALL_ACCEPTED)
        given(DECIDER, *history).when(self.command, agency=MAKASSAR).then(
            ALL_FULFILLED, declined(2, "semarang")
        )

    def test_nobody_else_does(self) -> None:
        history = (REQUESTED, ALL, ALL_ACCEPTED)
        given(DECIDER, *history).when(self.command, agency=BLK).refused("not-yours", status=403)

    def test_only_what_was_accepted_and_once(self) -> None:
        done = (REQUESTED, ALL, ALL_ACCEPTED, ALL_FULFILLED)
        for history in ((REQUESTED, ALL), (REQUESTED, ALL, DECLINED), done):
            given(DECIDER, *history).when(self.command, agency=MAKASSAR).refused(
                "illegal-step", "offer"
            )
        given(DECIDER, REQUESTED).when(self.command, agency=MAKASSAR).refused(
            "unknown-offer", "offer", 422
        )

    def test_an_accepted_part_is_fulfilled_after_the_rest_expired(self) -> None:
        history = (REQUESTED, offered(1, NEEDED[0]), accepted(1, NEEDED[0]), expired(NEEDED[1]))
        given(DECIDER, *history).when(self.command, agency=MAKASSAR, now=LATE).then(
            fulfilled(1, NEEDED[0])
        )


class TestExpiring:
    timeout = Timeout(due=EXPIRES)

    def test_nothing_was_accepted(self) -> None:
        for history in ((REQUESTED,), (REQUESTED, ALL, DECLINED)):
            given(DECIDER, *history).when(self.timeout, now=LATE).then(expired(*NEEDED))

    def test_what_is_still_offered_is_declined(self) -> None:
        outcome = given(DECIDER, REQUESTED, ALL).when(self.timeout, now=LATE)
        outcome.then(expired(*NEEDED), DECLINED)

    def test_the_rest_expires_when_part_was_accepted(self) -> None:
        history = (REQUESTED, offered(1, NEEDED[0]), accepted(1, NEEDED[0]))
        given(DECIDER, *history).when(self.timeout, now=LATE).then(expired(NEEDED[1]))

    def test_not_early_not_twice_not_when_covered(self) -> None:
        given(DECIDER, REQUESTED).when(self.timeout, now=LAST).then_nothing()
        given(DECIDER, REQUESTED).when(Timeout(due=NOW), now=LATE).then_nothing()
        for closed in ((expired(*NEEDED),), (NOT_NEEDED,), (ALL, ALL_ACCEPTED)):
            state = given(DECIDER, REQUESTED, *closed)
            state.when(self.timeout, now=LATE).then_nothing()
            assert DECIDER.due(state.state) is None
        assert DECIDER.due(given(DECIDER).state) is None
        assert DECIDER.due(given(DECIDER, REQUESTED, ALL).state) == EXPIRES


def test_a_note_about_no_accepted_offer_changes_nothing() -> None:
    for history in ((REQUESTED,), (REQUESTED, ALL), (REQUESTED, ALL, DECLINED)):
        for event in (BOOKED, VisitRefused(support="s1", offer=1)):
            given(DECIDER, *history).when(event, agency="system").then_nothing()


def test_an_event_about_an_offer_that_there_was_not_changes_no_offer() -> None:
    asked = given(DECIDER, REQUESTED, offered(1, *NEEDED)).state
    for event in (accepted(2, *NEEDED), fulfilled(2, *NEEDED)):
        assert DECIDER.evolve(asked, event) == asked
        assert DECIDER.evolve(DECIDER.initial, event) == DECIDER.initial
