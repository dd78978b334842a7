from datetime import date, timedelta
from typing import Any

import pytest

from services.partners.domain.agreement import (
    DECIDER,
    Agreement,
    AgreementOutline,
    ProposeAgreement,
    RefuseAgreement,
    SignAgreement,
    TerminateAgreement,
)
from shared.events.base import Event
from shared.events.partners.agreement import AgreementEnded
from shared.eventsourcing.decider import Command, Timeout
from shared.eventsourcing.refusal import Refused
from tests.unit.given import BLK, MAKASSAR, MINISTRY, NOW, given
from tests.unit.partners.samples import AGREEMENT_ENDS, PROPOSED, SEMARANG, SIGNED, WELDERS

REFUSED = AgreementEnded(partner="makassar", cause="refused", reason="Tidak ada asrama.")
TERMINATED = AgreementEnded(partner="makassar", cause="terminated", reason="Gedung direnovasi.")
EXPIRED = AgreementEnded(partner="makassar", cause="expired")
SIGN = SignAgreement()
REFUSE = RefuseAgreement(reason="Tidak ada asrama.")
TERMINATE = TerminateAgreement(reason="Gedung direnovasi.")
TIMEOUT = Timeout(due=AGREEMENT_ENDS)


def propose(**changes: Any) -> ProposeAgreement:
    terms = {name: getattr(PROPOSED, name) for name in ("partner", "kinds", "fields", "number")}
    days = {"starts_on": PROPOSED.starts_on, "ends_on": PROPOSED.ends_on}
    return ProposeAgreement(offering=WELDERS, centre=BLK, **{**terms, **days, **changes})


class TestProposing:
    @pytest.mark.parametrize("side", [BLK, MAKASSAR])
    def test_either_side_proposes_once(self, side: str) -> None:
        proposed = PROPOSED.model_copy(update={"proposed_by": side})
        given(DECIDER).when(propose(), agency=side).then(proposed)
        given(DECIDER, proposed).when(propose(), agency=side).refused("already-proposed")

    @pytest.mark.parametrize("other", [MINISTRY, SEMARANG.agency])
    def test_nobody_else_does(self, other: str) -> None:
        given(DECIDER).when(propose(), agency=other).refused("not-yours", status=403)

    @pytest.mark.parametrize(
        ("changes", "rule", "field"),
        [
            ({"fields": ()}, "fields", "fields"),
            ({"fields": ("las", "las")}, "fields", "fields"),
            ({"fields": ("las", "menjahit")}, "partner-field", "fields"),
            ({"kinds": ()}, "kinds", "kinds"),
            ({"kinds": ("seats", "seats")}, "kinds", "kinds"),
            ({"ends_on": date(2021, 12, 31)}, "dates", "ends_on"),
            ({"ends_on": date(2022, 7, 4)}, "dates", "ends_on"),
        ],
    )
    def test_of_something_within_the_partners_fields_and_not_past(
        self, changes: dict[str, Any], rule: str, field: str
    ) -> None:
        given(DECIDER).when(propose(**changes)).refused(rule, field, 422)

    def test_even_for_one_last_day(self) -> None:
        today = propose(ends_on=date(2022, 7, 5))
        given(DECIDER).when(today).then(PROPOSED.model_copy(update={"ends_on": date(2022, 7, 5)}))


class TestAnswering:
    def test_the_other_side_signs(self) -> None:
        outcome = given(DECIDER, PROPOSED).when(SIGN, agency=MAKASSAR).then(SIGNED)
        assert outcome.state.status == "signed"

    def test_or_refuses(self) -> None:
        outcome = given(DECIDER, PROPOSED).when(REFUSE, agency=MAKASSAR).then(REFUSED)
        assert (outcome.state.status, outcome.state.ended) == ("ended", "refused")

    @pytest.mark.parametrize("command", [SIGN, REFUSE])
    def test_but_not_the_side_that_proposed_nor_a_third(self, command: Command) -> None:
        given(DECIDER, PROPOSED).when(command, agency=BLK).refused("same-side")
        given(DECIDER, PROPOSED).when(command, agency=MINISTRY).refused("not-yours", status=403)

    @pytest.mark.parametrize("command", [SIGN, REFUSE])
    @pytest.mark.parametrize("earlier", [SIGNED, REFUSED])
    def test_and_once(self, command: Command, earlier: Event) -> None:
        given(DECIDER, PROPOSED, earlier).when(command, agency=MAKASSAR).refused("illegal-step")


class TestEnding:
    @pytest.mark.parametrize("side", [BLK, MAKASSAR])
    def test_either_side_ends_what_is_signed(self, side: str) -> None:
        given(DECIDER, PROPOSED, SIGNED).when(TERMINATE, agency=side).then(TERMINATED)

    def test_no_third_and_nothing_unsigned_or_ended(self) -> None:
        given(DECIDER, PROPOSED, SIGNED).when(TERMINATE, agency=MINISTRY).refused(
            "not-yours", status=403
        )
        for history in ((PROPOSED,), (PROPOSED, SIGNED, TERMINATED)):
            given(DECIDER, *history).when(TERMINATE).refused("illegal-step")

    @pytest.mark.parametrize("history", [(PROPOSED,), (PROPOSED, SIGNED)])
    def test_it_expires_when_its_last_day_is_over(self, history: tuple[Event, ...]) -> None:
        running = given(DECIDER, *history)
        assert DECIDER.due(running.state) == AGREEMENT_ENDS
        last = AGREEMENT_ENDS - timedelta(microseconds=1)
        running.when(TIMEOUT, agency="system", now=last).then_nothing()
        outcome = running.when(TIMEOUT, agency="system", now=AGREEMENT_ENDS).then(EXPIRED)
        assert DECIDER.due(outcome.state) is None

    @pytest.mark.parametrize(
        "history", [(PROPOSED, REFUSED), (PROPOSED, SIGNED, TERMINATED), (PROPOSED, EXPIRED)]
    )
    def test_and_only_once(self, history: tuple[Event, ...]) -> None:
        ended = given(DECIDER, *history)
        ended.when(TIMEOUT, agency="system", now=AGREEMENT_ENDS).then_nothing()
        given(DECIDER, PROPOSED).when(
            Timeout(due=NOW), agency="system", now=AGREEMENT_ENDS
        ).then_nothing()


class TestScope:
    def outline(self) -> AgreementOutline:
        found = given(DECIDER, PROPOSED, SIGNED).state.outline("g1")
        assert isinstance(found, AgreementOutline)
        return found

    @pytest.mark.parametrize("day", [PROPOSED.starts_on, PROPOSED.ends_on])
    def test_what_it_covers(self, day: date) -> None:
        assert self.outline().covers(
            partner="makassar", centre=BLK, kind="equipment", field="las", day=day
        )

    @pytest.mark.parametrize(
        ("partner", "centre", "kind", "field", "day"),
        [
            ("semarang", BLK, "equipment", "las", date(2022, 7, 5)),
            ("makassar", MINISTRY, "equipment", "las", date(2022, 7, 5)),
            ("makassar", BLK, "seats", "las", date(2022, 7, 5)),
            ("makassar", BLK, "equipment", "menjahit", date(2022, 7, 5)),
            ("makassar", BLK, "equipment", "las", date(2021, 12, 31)),
            ("makassar", BLK, "equipment", "las", date(2023, 1, 1)),
        ],
    )
    def test_what_it_does_not(
        self, partner: str, centre: str, kind: str, field: str, day: date
    ) -> None:
        assert not self.outline().covers(
            partner=partner, centre=centre, kind=kind, field=field, day=day
        )

    @pytest.mark.parametrize(
        "history", [(), (PROPOSED,), (PROPOSED, REFUSED), (PROPOSED, SIGNED, TERMINATED)]
    )
    def test_nothing_unless_in_force(self, history: tuple[Event, ...]) -> None:
        state: Agreement = given(DECIDER, *history).state
        with pytest.raises(Refused, match="no-agreement"):
            state.outline("g1")


@pytest.mark.parametrize("command", [SIGN, REFUSE, TERMINATE, TIMEOUT])
def test_nothing_without_a_proposal(command: Command) -> None:
    given(DECIDER).when(command).refused("not-found", status=404)
