"""Whatever is asked, offered and answered in whatever order: a request never takes too much."""

from collections.abc import Callable
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.partners.domain.partner import PartnerOutline
from services.partners.domain.support.aggregate import DECIDER
from services.partners.domain.support.answer import AcceptOffer, DeclineOffer
from services.partners.domain.support.fulfilment import FulfilSupport
from services.partners.domain.support.offer import TAKEN
from services.partners.domain.support.offering import OfferSupport, WithdrawOffer
from services.partners.domain.support.request import WithdrawSupport
from services.partners.domain.support.state import Support
from shared.events.base import Event
from shared.events.partners.instructor import VisitBooked, VisitRefused
from shared.events.partners.support import (
    OfferAccepted,
    OfferDeclined,
    OfferFailed,
    OfferSecured,
    OfferWithdrawn,
    SupportExpired,
    SupportFulfilled,
    SupportOffered,
    SupportWithdrawn,
)
from shared.events.partners.values import Visit
from shared.events.values import Item, SupportKind, tally
from shared.eventsourcing.decider import Command, Input, Timeout
from tests.unit.given import BLK, NOW, Given, given
from tests.unit.partners.samples import (
    EXPIRES,
    NEEDED,
    PAPER,
    REQUESTED,
    SEMARANG,
    TEACHER,
    VISIT,
    WELDERS,
    agreement_of,
)

PARTNERS = (WELDERS, SEMARANG)
partners = st.sampled_from(PARTNERS)
agencies = st.sampled_from([BLK, *(partner.agency for partner in PARTNERS)])
indices = st.integers(1, 6)
ENDS = (OfferDeclined, OfferWithdrawn, OfferFailed, SupportFulfilled)


def some(*statuses: str) -> Callable[["EquipmentMachine"], bool]:
    """Return a check that some offer has one of these statuses: else a rule is only refused."""
    return lambda machine: any(o.status in statuses for o in machine.state.offers.values())


class EquipmentMachine(RuleBasedStateMachine):
    kind: SupportKind = "equipment"
    needed: tuple[Item, ...] = NEEDED

    def __init__(self) -> None:
        super().__init__()
        asked = REQUESTED.model_copy(update={"kind": self.kind, "items": self.needed})
        self.state: Support = given(DECIDER, asked).state
        self.events: list[Event] = []
        self.over = False

    def ask(self, command: Input, agency: str = BLK) -> None:
        now = EXPIRES if self.over else NOW
        outcome = Given(DECIDER, self.state).when(command, agency=agency, now=now)
        self.events += outcome.events
        self.state = outcome.state

    def visit(self, offering: PartnerOutline) -> Visit | None:
        return None

    @rule(offering=partners, index=st.integers(0, 1), quantity=st.sampled_from([4, 4, 1, 2, 5]))
    def offers(self, offering: PartnerOutline, index: int, quantity: int) -> None:
        item = self.needed[index % len(self.needed)].item
        # 4 stands for all that is needed of it still, so that requests do get covered.
        left = tally(self.state.still_needed()).get(item, 0)
        quantity = left if quantity == 4 and left else quantity
        visit = self.visit(offering)
        command = OfferSupport(
            offering=offering,
            agreement=agreement_of(offering.partner),
            items=(Item(item=item, quantity=1 if visit else quantity),),
            visit=visit,
            teacher=TEACHER if visit else None,
        )
        self.ask(command, offering.agency)

    def about(self, status: str | None, index: int) -> int:
        """One of the offers of this status (of any: None), or a number that may name none."""
        fitting = [n for n, o in self.state.offers.items() if status in (None, o.status)]
        return int(fitting[index % len(fitting)]) if fitting else index

    def owner(self, number: int) -> str:
        found = self.state.offers.get(str(number))
        return found.agency if found else BLK

    @precondition(some("open"))
    @rule(index=indices, part=st.sampled_from([None, None, 1, 2]))
    def accepts(self, index: int, part: int | None) -> None:
        number = self.about("open", index)
        found = self.state.offers.get(str(number))
        items = (Item(item=found.items[0].item, quantity=part),) if found and part else None
        self.ask(AcceptOffer(offer=number, items=items))

    @precondition(some("open"))
    @rule(index=indices, declined=st.booleans())
    def is_not_taken_up(self, index: int, declined: bool) -> None:
        number = self.about("open", index)
        if declined:
            self.ask(DeclineOffer(offer=number))
        else:
            self.ask(WithdrawOffer(offer=number), self.owner(number))

    @precondition(some("accepted", "secured"))
    @rule(index=indices)
    def gives(self, index: int) -> None:
        ready = "secured" if self.kind == "instructor" else "accepted"
        number = self.about(ready, index)
        self.ask(FulfilSupport(offer=number, evidence=PAPER), self.owner(number))

    @rule(index=indices, agency=agencies, act=st.sampled_from([0, 1, 2, 3]))
    def meddles(self, index: int, agency: str, act: int) -> None:
        """Any step with any offer by anybody, whether it is their turn or not."""
        number = self.about(None, index)
        commands: tuple[Command, ...] = (
            AcceptOffer(offer=number),
            DeclineOffer(offer=number),
            WithdrawOffer(offer=number),
            FulfilSupport(offer=number, evidence=PAPER),
        )
        self.ask(commands[act], agency)

    # Late, so that there is something to end.
    @precondition(lambda self: len(self.events) > 10)
    @rule(agency=agencies)
    def needs_no_more(self, agency: str) -> None:
        self.ask(WithdrawSupport(reason="Dibeli sendiri."), agency)

    @precondition(lambda self: len(self.events) > 10)
    @rule()
    def time_is_over(self) -> None:
        self.over = True
        self.ask(Timeout(due=EXPIRES), "system")

    @invariant()
    def no_more_is_accepted_than_is_needed(self) -> None:
        taken: dict[str, int] = {}
        for offer in self.state.offers.values():
            if offer.status in TAKEN:
                taken = tally(offer.items, taken)
        assert all(taken.get(item.item, 0) <= item.quantity for item in self.needed)
        assert set(taken) <= {item.item for item in self.needed}

    @invariant()
    def it_is_covered_exactly_when_nothing_is_needed(self) -> None:
        if self.state.status in ("open", "covered", "fulfilled"):
            enough = not self.state.still_needed()
            assert (self.state.status != "open") == enough
        else:
            assert self.state.still_needed()

    @invariant()
    def every_offer_ends_at_most_once(self) -> None:
        for number in range(1, len(self.state.offers) + 1):
            about = [e for e in self.events if getattr(e, "offer", None) == number]
            ends = [e for e in about if isinstance(e, ENDS)]
            assert len(ends) <= 1
            assert about[0] == next(e for e in about if isinstance(e, SupportOffered))
            assert not ends or about[-1] is ends[0]
            assert sum(isinstance(e, OfferAccepted) for e in about) <= 1

    @invariant()
    def no_offer_outlives_its_request(self) -> None:
        if self.state.status in ("fulfilled", "withdrawn", "expired"):
            assert all(offer.status != "open" for offer in self.state.offers.values())
        closings = [e for e in self.events if isinstance(e, SupportExpired | SupportWithdrawn)]
        assert len(closings) <= 1


class InstructorMachine(EquipmentMachine):
    kind: SupportKind = "instructor"
    needed = (Item(item="instructor", quantity=2),)

    def visit(self, offering: PartnerOutline) -> Visit | None:
        return VISIT.model_copy(update={"instructor": f"{offering.partner}.1"})

    @precondition(some("accepted"))
    @rule(index=indices, booked=st.booleans(), status=st.sampled_from(["accepted", None]))
    def notes(self, index: int, booked: bool, status: str | None) -> None:
        number = self.about(status, index)
        days = {"starts_on": VISIT.starts_on, "ends_on": VISIT.ends_on}
        taken = VisitBooked(support="s1", offer=number, **days)
        self.ask(taken if booked else VisitRefused(support="s1", offer=number), "system")

    @invariant()
    def none_comes_whose_days_are_not_booked(self) -> None:
        secured = {e.offer for e in self.events if isinstance(e, OfferSecured)}
        assert {e.offer for e in self.events if isinstance(e, SupportFulfilled)} <= secured


_SETTINGS = settings(max_examples=60, stateful_step_count=60, deadline=None)
TestEquipment: Any = EquipmentMachine.TestCase
TestEquipment.settings = _SETTINGS
TestInstructors: Any = InstructorMachine.TestCase
TestInstructors.settings = _SETTINGS
