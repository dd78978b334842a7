"""The request itself: it is opened, withdrawn, or its time is over."""

from collections.abc import Sequence
from typing import Annotated

from services.partners.domain.support.answer import decline_open
from services.partners.domain.support.state import Support, due, refuse_closed, refuse_other_centre
from shared.events.base import Id
from shared.events.described import described
from shared.events.partners.support import (
    OfferDeclined,
    SupportExpired,
    SupportRequested,
    SupportWithdrawn,
)
from shared.events.partners.values import OfferDays
from shared.events.values import (
    Agency,
    Day,
    Items,
    Kejuruan,
    Prose,
    SupportKind,
    end_of_day,
    wita_day,
)
from shared.eventsourcing.decider import Command, Context, Timeout
from shared.eventsourcing.refusal import Refused, refuse_empty, refuse_repeated


class OpenSupport(Command):
    """Ask the partners of a field for help, which they can offer for so many `days`."""

    kind: SupportKind
    kejuruan: Kejuruan
    items: Items
    for_agency: Agency
    days: OfferDays
    proposal: Id | None = None
    intake: Id | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    note: Prose | None = None


class AskSupport(OpenSupport):
    """Ask for help by hand; unlike what a policy opens, it is refused where it makes no sense."""


class WithdrawSupport(Command):
    """Withdraw the request: what accepted offers cover is enough."""

    reason: Annotated[
        Prose, described(en="the reason, for people", id="alasannya", example="Dibeli sendiri.")
    ]


def ask(state: Support, command: AskSupport, context: Context) -> Sequence[SupportRequested]:
    """Open a request that somebody wrote. Raises Refused where it makes no sense."""
    refuse_empty(command.items, "items")
    refuse_repeated((item.item for item in command.items), "items")
    one = [item.item for item in command.items] == [command.kind]
    if command.kind != "equipment" and not one:
        raise Refused("kind-item", field="items", status=422, kind=command.kind)
    if command.starts_on and command.ends_on and command.ends_on < command.starts_on:
        raise Refused("dates:support", field="ends_on", status=422)
    return open_support(state, command, context)


def open_support(
    state: Support, command: OpenSupport, context: Context
) -> Sequence[SupportRequested]:
    if state.status is not None:
        return []
    return [
        SupportRequested(
            kind=command.kind,
            kejuruan=command.kejuruan,
            for_agency=command.for_agency,
            items=command.items,
            expires=end_of_day(wita_day(context.now), command.days),
            proposal=command.proposal,
            intake=command.intake,
            starts_on=command.starts_on,
            ends_on=command.ends_on,
            note=command.note,
        )
    ]


def withdraw(
    state: Support, command: WithdrawSupport, context: Context
) -> Sequence[SupportWithdrawn | OfferDeclined]:
    refuse_closed(state, context)
    refuse_other_centre(state, context)
    return [
        SupportWithdrawn(
            kind=state.kind,
            kejuruan=state.kejuruan,
            for_agency=state.for_agency,
            reason=command.reason,
        ),
        *decline_open(state),
    ]


def expire(
    state: Support, command: Timeout, context: Context
) -> Sequence[SupportExpired | OfferDeclined]:
    if due(state) != command.due or context.now < command.due:
        return []
    return [
        SupportExpired(
            kind=state.kind,
            kejuruan=state.kejuruan,
            for_agency=state.for_agency,
            proposal=state.proposal,
            intake=state.intake,
            missing=state.still_needed(),
        ),
        *decline_open(state),
    ]
