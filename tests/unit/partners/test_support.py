from datetime import date, timedelta
from typing import Any

import pytest

from services.partners.domain.partner import PartnerOutline
from services.partners.domain.support.aggregate import DECIDER
from services.partners.domain.support.answer import AcceptOffer, DeclineOffer
from services.partners.domain.support.fulfilment import FulfilSupport
from services.partners.domain.support.offering import OfferSupport, WithdrawOffer
from services.partners.domain.support.request import AskSupport, WithdrawSupport
from shared.events.base import Event
from shared.events.partners.instructor import VisitBooked, VisitRefused
from shared.events.partners.support import (
    OfferAccepted,
    OfferDeclined,
    OfferWithdrawn,
    SupportExpired,
    SupportFulfilled,
    SupportOffered,
    SupportWithdrawn,
)
from shared.events.values import Item, SupportKind
from shared.eventsourcing.decider import Command, Timeout
from tests.unit.given import BLK, MAKASSAR, NOW, Given, given
from tests.unit.partners.samples import (
    EXPIRES,
    NEEDED,
    OPEN,
    PAPER,
    REQUESTED,
    SEMARANG,
    WELDERS,
    agreement_of,
)

ONE_MACHINE = Item(item="smaw-machine", quantity=1)
LATE = EXPIRES
BOOKED = VisitBooked(support="s1", offer=1, starts_on=date(2022, 8, 1), ends_on=date(2022, 8, 31))
LAST = EXPIRES - timedelta(microseconds=1)


def offer(*items: Item, offering: PartnerOutline = WELDERS) -> OfferSupport:
    return OfferSupport(offering=offering, agreement=agreement_of(offering.partner), items=items)


def offered(number: int, *items: Item, offering: PartnerOutline = WELDERS) -> SupportOffered:
    return SupportOffered(
        offer=number,
        kind="equipment",
        kejuruan="las",
        partner=offering.partner,
        agency=offering.agency,
        agreement=f"agreement-{offering.partner}",
        items=items,
    )


def accepted(number: int, *items: Item, offering: PartnerOutline = WELDERS) -> OfferAccepted:
    return OfferAccepted(
        offer=number,
        kind="equipment",
        kejuruan="las",
        partner=offering.partner,
        agency=offering.agency,
        for_agency=BLK,
        items=items,
    )


def fulfilled(number: int, *items: Item, partner: str = "makassar") -> SupportFulfilled:
    return SupportFulfilled(
        offer=number,
        kind="equipment",
        kejuruan="las",
        partner=partner,
        for_agency=BLK,
        proposal="p1",
        items=items,
        evidence=PAPER,
    )


def expired(*missing: Item) -> SupportExpired:
    return SupportExpired(
        kind="equipment", kejuruan="las", for_agency=BLK, proposal="p1", missing=missing
    )


def declined(number: int, partner: str = "makassar") -> OfferDeclined:
    return OfferDeclined(offer=number, kejuruan="las", partner=partner)


DECLINED = declined(1)
WITHDRAWN = OfferWithdrawn(offer=1, kejuruan="las", partner="makassar")
NOT_NEEDED = SupportWithdrawn(
    kind="equipment", kejuruan="las", for_agency=BLK, reason="Dibeli sendiri."
)
WITHDRAW = WithdrawSupport(reason="Dibeli sendiri.")
ALL = offered(1, *NEEDED)
ALL_ACCEPTED = accepted(1, *NEEDED)
ALL_FULFILLED = fulfilled(1, *NEEDED)


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
