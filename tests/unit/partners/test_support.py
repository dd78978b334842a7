from datetime import timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.partners.domain.partner import PartnerOutline
from services.partners.domain.support import (
    DECIDER,
    AcceptOffer,
    DeclineOffer,
    FulfilSupport,
    OfferSupport,
)
from shared.events.base import Event
from shared.events.partners import (
    OfferAccepted,
    OfferDeclined,
    SupportExpired,
    SupportFulfilled,
    SupportOffered,
)
from shared.events.values import Item, tally
from shared.stream import Command, Timeout
from tests.unit.given import BLK, MAKASSAR, NOW, Given, given

from .samples import EXPIRES, NEEDED, OPEN, REQUESTED, SEMARANG, WELDERS

ONE_MACHINE = Item(item="smaw-machine", quantity=1)
LATE = EXPIRES
LAST = EXPIRES - timedelta(microseconds=1)


def offer(*items: Item, offering: PartnerOutline = WELDERS) -> OfferSupport:
    return OfferSupport(offering=offering, items=items)


def offered(number: int, *items: Item, offering: PartnerOutline = WELDERS) -> SupportOffered:
    return SupportOffered(
        offer=number,
        kejuruan="las",
        partner=offering.partner,
        agency=offering.agency,
        items=items,
    )


def accepted(number: int, *items: Item, partner: str = "makassar") -> OfferAccepted:
    return OfferAccepted(offer=number, kejuruan="las", partner=partner, items=items)


def fulfilled(number: int, *items: Item, partner: str = "makassar") -> SupportFulfilled:
    return SupportFulfilled(
        offer=number,
        kind="equipment",
        kejuruan="las",
        partner=partner,
        for_agency=BLK,
        proposal="p1",
        items=items,
    )


def expired(*missing: Item) -> SupportExpired:
    return SupportExpired(
        kind="equipment", kejuruan="las", for_agency=BLK, proposal="p1", missing=missing
    )


DECLINED = OfferDeclined(offer=1, kejuruan="las", partner="makassar")
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
            FulfilSupport(offer=1),
        ],
    )
    def test_nothing_without_a_request(self, command: Command) -> None:
        given(DECIDER).when(command).refused("not-found", status=404)

    def test_a_foreign_command_is_an_illegal_step(self) -> None:
        given(DECIDER, REQUESTED).when(Command()).refused("illegal-step")


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

    def test_one_open_offer_at_a_time(self) -> None:
        command = offer(ONE_MACHINE)
        given(DECIDER, REQUESTED, ALL).when(command, agency=MAKASSAR).refused("already-offered")
        given(DECIDER, REQUESTED, ALL, DECLINED).when(command, agency=MAKASSAR).then(
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
        assert [o.status for o in outcome.state.offers] == ["accepted", "open"]
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
        given(DECIDER, *history).when(AcceptOffer(offer=2)).refused("more-than-needed")
        given(DECIDER, *history).when(DeclineOffer(offer=2)).then_types(OfferDeclined)

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


class TestFulfilling:
    command = FulfilSupport(offer=1)

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
            accepted(2, helmets, partner="semarang"),
        )
        outcome = given(DECIDER, *history).when(self.command, agency=MAKASSAR)
        assert outcome.then(fulfilled(1, machines)).state.status == "covered"
        last = Given(DECIDER, outcome.state).when(FulfilSupport(offer=2), agency=SEMARANG.agency)
        assert last.state.status == "fulfilled"

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
        for history in ((REQUESTED,), (REQUESTED, ALL), (REQUESTED, ALL, DECLINED)):
            given(DECIDER, *history).when(self.timeout, now=LATE).then(expired(*NEEDED))

    def test_the_rest_expires_when_part_was_accepted(self) -> None:
        history = (REQUESTED, offered(1, NEEDED[0]), accepted(1, NEEDED[0]))
        given(DECIDER, *history).when(self.timeout, now=LATE).then(expired(NEEDED[1]))

    def test_not_early_not_twice_not_when_covered(self) -> None:
        given(DECIDER, REQUESTED).when(self.timeout, now=LAST).then_nothing()
        given(DECIDER, REQUESTED).when(Timeout(due=NOW), now=LATE).then_nothing()
        for closed in ((expired(*NEEDED),), (ALL, ALL_ACCEPTED)):
            state = given(DECIDER, REQUESTED, *closed)
            state.when(self.timeout, now=LATE).then_nothing()
            assert DECIDER.due(state.state) is None
        assert DECIDER.due(given(DECIDER).state) is None
        assert DECIDER.due(given(DECIDER, REQUESTED, ALL).state) == EXPIRES


steps = st.one_of(
    st.builds(
        lambda item, n, who: (offer(Item(item=item, quantity=n), offering=who), who.agency),
        st.sampled_from(["smaw-machine", "helmet"]),
        st.integers(1, 5),
        st.sampled_from([WELDERS, SEMARANG]),
    ),
    st.builds(lambda n: (AcceptOffer(offer=n), BLK), st.integers(1, 5)),
    st.builds(lambda n: (DeclineOffer(offer=n), BLK), st.integers(1, 5)),
    st.builds(
        lambda n, who: (FulfilSupport(offer=n), who.agency),
        st.integers(1, 5),
        st.sampled_from([WELDERS, SEMARANG]),
    ),
    st.just((Timeout(due=EXPIRES), "system")),
)


@for_all(st.lists(steps, max_size=25))
def test_no_more_is_accepted_than_was_asked(commands: list[tuple[Command, str]]) -> None:
    state = given(DECIDER, REQUESTED).state
    for command, agency in commands:
        now = LATE if isinstance(command, Timeout) else NOW
        state = Given(DECIDER, state).when(command, agency=agency, now=now).state
        taken: dict[str, int] = {}
        for made in state.offers:
            if made.status in ("accepted", "fulfilled"):
                taken = tally(made.items, taken)
        assert all(taken.get(item.item, 0) <= item.quantity for item in NEEDED)
