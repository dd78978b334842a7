from datetime import date
from typing import Any

import pytest

from services.partners.domain.support.aggregate import DECIDER
from services.partners.domain.support.answer import AcceptOffer, DeclineOffer
from services.partners.domain.support.fulfilment import FulfilSupport
from services.partners.domain.support.offering import WithdrawOffer
from shared.events.base import Event
from shared.events.partners.support import OfferDeclined
from shared.events.values import Item
from shared.eventsourcing.decider import Command
from tests.unit.given import BLK, MAKASSAR, given
from tests.unit.partners.offers import (
    ALL,
    ALL_ACCEPTED,
    ALL_FULFILLED,
    DECLINED,
    LAST,
    LATE,
    NOT_NEEDED,
    ONE_MACHINE,
    WITHDRAW,
    WITHDRAWN,
    accepted,
    expired,
    fulfilled,
    offer,
    offered,
)
from tests.unit.partners.samples import NEEDED, PAPER, REQUESTED, SEMARANG, WELDERS, agreement_of


class TestOffering:
    def test_all_or_part_by_several(self) -> None:
        given(DECIDER, REQUESTED).when(offer(*NEEDED), agency=MAKASSAR).then(ALL)
        part = offer(ONE_MACHINE, offering=SEMARANG)
        given(DECIDER, REQUESTED, ALL).when(part, agency=SEMARANG.agency).then(
            offered(2, ONE_MACHINE, offering=SEMARANG)
        )

    def test_only_for_oneself(self) -> None:
        given(DECIDER, REQUESTED).when(offer(*NEEDED), agency=BLK).refused("not-yours", status=403)

    def test_only_in_ones_fields(self) -> None:
        sewing = WELDERS.model_copy(update={"fields": ("menjahit",)})
        command = offer(*NEEDED, offering=sewing)
        given(DECIDER, REQUESTED).when(command, agency=MAKASSAR).refused("partner-field", "partner")

    @pytest.mark.parametrize(
        "changes",
        [
            {"partner": "semarang"},
            {"centre": "urn:sinergi:blk-lain"},
            {"kinds": ("seats",)},
            {"fields": ("menjahit",)},
            {"ends_on": date(2022, 7, 4)},
            {"starts_on": date(2022, 7, 6)},
        ],
    )
    def test_only_under_an_agreement_that_covers_it(self, changes: dict[str, Any]) -> None:
        other = agreement_of("makassar").model_copy(update=changes)
        command = offer(*NEEDED).model_copy(update={"agreement": other})
        given(DECIDER, REQUESTED).when(command, agency=MAKASSAR).refused(
            "no-agreement", "agreement"
        )

    def test_one_open_offer_at_a_time(self) -> None:
        command = offer(ONE_MACHINE)
        given(DECIDER, REQUESTED, ALL).when(command, agency=MAKASSAR).refused("already-offered")
        for ended in (DECLINED, WITHDRAWN):
            given(DECIDER, REQUESTED, ALL, ended).when(command, agency=MAKASSAR).then(
                offered(2, ONE_MACHINE)
            )

    @pytest.mark.parametrize(
        ("items", "rule", "field"),
        [
            ((), "no-items", "items"),
            ((ONE_MACHINE, ONE_MACHINE), "repeated-item", "items.1.item"),
            (
                (ONE_MACHINE, Item(item="helmet", quantity=5)),
                "more-than-needed",
                "items.1.quantity",
            ),
            ((Item(item="lathe", quantity=1),), "more-than-needed", "items.0.quantity"),
        ],
    )
    def test_something_and_no_more_than_needed(
        self, items: tuple[Item, ...], rule: str, field: str
    ) -> None:
        given(DECIDER, REQUESTED).when(offer(*items), agency=MAKASSAR).refused(rule, field, 422)

    def test_no_more_than_accepted_offers_leave(self) -> None:
        history = (REQUESTED, offered(1, ONE_MACHINE), accepted(1, ONE_MACHINE))
        for taken in (history, (*history, fulfilled(1, ONE_MACHINE))):
            given(DECIDER, *taken).when(offer(NEEDED[0]), agency=MAKASSAR).refused(
                "more-than-needed", "items.0.quantity", 422
            )

    @pytest.mark.parametrize(
        "history",
        [
            (ALL, ALL_ACCEPTED),
            (ALL, ALL_ACCEPTED, ALL_FULFILLED),
            (expired(*NEEDED),),
            (NOT_NEEDED,),
        ],
    )
    def test_not_when_the_request_is_closed(self, history: tuple[Event, ...]) -> None:
        command = offer(ONE_MACHINE, offering=SEMARANG)
        given(DECIDER, REQUESTED, *history).when(command, agency=SEMARANG.agency).refused(
            "request-closed"
        )

    def test_not_after_its_time_even_if_the_timer_is_late(self) -> None:
        given(DECIDER, REQUESTED).when(offer(*NEEDED), agency=MAKASSAR, now=LAST).then(ALL)
        given(DECIDER, REQUESTED).when(offer(*NEEDED), agency=MAKASSAR, now=LATE).refused(
            "request-closed"
        )


class TestAnswering:
    def test_an_offer_is_accepted_and_the_others_stay_open(self) -> None:
        other = offered(2, ONE_MACHINE, offering=SEMARANG)
        outcome = given(DECIDER, REQUESTED, offered(1, ONE_MACHINE), other).when(
            AcceptOffer(offer=1)
        )
        outcome.then(accepted(1, ONE_MACHINE))
        assert [o.status for o in outcome.state.offers.values()] == ["accepted", "open"]
        assert outcome.state.status == "open"

    def test_offers_that_cover_it_close_the_request(self) -> None:
        outcome = given(DECIDER, REQUESTED, ALL).when(AcceptOffer(offer=1)).then(ALL_ACCEPTED)
        assert outcome.state.status == "covered"

    def test_no_more_is_accepted_than_is_needed(self) -> None:
        history = (
            REQUESTED,
            offered(1, NEEDED[0]),
            offered(2, ONE_MACHINE, offering=SEMARANG),
            accepted(1, NEEDED[0]),
        )
        given(DECIDER, *history).when(AcceptOffer(offer=2)).refused(
            "more-than-needed", "items.0.quantity", 422
        )
        given(DECIDER, *history).when(DeclineOffer(offer=2)).then_types(OfferDeclined)

    def test_a_part_is_enough(self) -> None:
        part = (Item(item="smaw-machine", quantity=2),)
        outcome = given(DECIDER, REQUESTED, ALL).when(AcceptOffer(offer=1, items=part))
        outcome.then(accepted(1, *part))
        assert outcome.state.still_needed() == (ONE_MACHINE, NEEDED[1])
        assert outcome.state.status == "open"

    @pytest.mark.parametrize(
        ("items", "rule", "field"),
        [
            ((), "no-items", "items"),
            ((ONE_MACHINE, ONE_MACHINE), "repeated-item", "items.1.item"),
            ((Item(item="helmet", quantity=1),), "more-than-offered", "items.0.quantity"),
            ((Item(item="smaw-machine", quantity=2),), "more-than-offered", "items.0.quantity"),
        ],
    )
    def test_a_part_of_what_is_offered(
        self, items: tuple[Item, ...], rule: str, field: str
    ) -> None:
        given(DECIDER, REQUESTED, offered(1, ONE_MACHINE)).when(
            AcceptOffer(offer=1, items=items)
        ).refused(rule, field, 422)

    def test_an_offer_is_declined(self) -> None:
        given(DECIDER, REQUESTED, ALL).when(DeclineOffer(offer=1)).then(DECLINED)

    @pytest.mark.parametrize("command", [AcceptOffer(offer=1), DeclineOffer(offer=1)])
    def test_only_by_the_centre_that_asked(self, command: Command) -> None:
        given(DECIDER, REQUESTED, ALL).when(command, agency=MAKASSAR).refused(
            "not-yours", status=403
        )

    @pytest.mark.parametrize("command", [AcceptOffer(offer=2), DeclineOffer(offer=2)])
    def test_only_an_offer_that_exists(self, command: Command) -> None:
        given(DECIDER, REQUESTED, ALL).when(command).refused("unknown-offer", "offer", 422)

    @pytest.mark.parametrize("command", [AcceptOffer(offer=1), DeclineOffer(offer=1)])
    def test_each_offer_is_answered_once(self, command: Command) -> None:
        part = (REQUESTED, offered(1, ONE_MACHINE), accepted(1, ONE_MACHINE))
        for history in (part, (REQUESTED, ALL, DECLINED)):
            given(DECIDER, *history).when(command).refused("illegal-step", "offer")

    def test_none_is_accepted_after_its_time(self) -> None:
        given(DECIDER, REQUESTED, ALL).when(AcceptOffer(offer=1), now=LATE).refused(
            "request-closed"
        )


class TestTakingBack:
    def test_a_partner_takes_its_open_offer_back(self) -> None:
        given(DECIDER, REQUESTED, ALL).when(WithdrawOffer(offer=1), agency=MAKASSAR).then(WITHDRAWN)

    def test_only_its_own_and_only_an_open_one(self) -> None:
        command = WithdrawOffer(offer=1)
        given(DECIDER, REQUESTED, ALL).when(command, agency=SEMARANG.agency).refused(
            "not-yours", status=403
        )
        for ended in (ALL_ACCEPTED, DECLINED, WITHDRAWN):
            given(DECIDER, REQUESTED, ALL, ended).when(command, agency=MAKASSAR).refused(
                "illegal-step", "offer"
            )

    def test_the_centre_needs_no_more_and_what_is_offered_is_declined(self) -> None:
        given(DECIDER, REQUESTED).when(WITHDRAW).then(NOT_NEEDED)
        outcome = given(DECIDER, REQUESTED, ALL).when(WITHDRAW).then(NOT_NEEDED, DECLINED)
        assert outcome.state.status == "withdrawn"

    def test_what_was_accepted_before_is_still_given(self) -> None:
        history = (REQUESTED, offered(1, NEEDED[0]), accepted(1, NEEDED[0]), NOT_NEEDED)
        command = FulfilSupport(offer=1, evidence=PAPER)
        given(DECIDER, *history).when(command, agency=MAKASSAR).then(fulfilled(1, NEEDED[0]))

    def test_only_the_centre_that_asked_and_once(self) -> None:
        given(DECIDER, REQUESTED).when(WITHDRAW, agency=MAKASSAR).refused("not-yours", status=403)
        for closed in ((NOT_NEEDED,), (ALL, ALL_ACCEPTED), (expired(*NEEDED),)):
            given(DECIDER, REQUESTED, *closed).when(WITHDRAW).refused("request-closed")
