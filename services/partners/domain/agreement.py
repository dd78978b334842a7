"""Agreement (perjanjian kerja sama) between a centre and a partner: its scope and its time.

Proposing signs for one's own side; the agreement holds when the other side has signed too.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from services.partners.domain.partner import PartnerOutline, refuse_fields
from shared.events.base import Code, Event, Id, Text, Value
from shared.events.partners.agreement import AgreementEnded, AgreementProposed, AgreementSigned
from shared.events.values import (
    Agency,
    Day,
    Fields,
    Kejuruan,
    Prose,
    SupportKind,
    end_of_day,
    wita_day,
)
from shared.eventsourcing.decider import Command, Context, Decider, State, StreamRef, Timeout
from shared.eventsourcing.refusal import Refused, refuse_unless, unexpected

Kinds = tuple[SupportKind, ...]


class AgreementTerms(Value):
    """Which support, in which fields, from when to when; `number` is the paper's own."""

    partner: Code
    kinds: Kinds
    fields: Fields
    starts_on: Day
    ends_on: Day
    number: Text


class ProposeAgreement(AgreementTerms, Command):
    """Propose an agreement to the other side."""

    offering: PartnerOutline
    centre: Agency


class SignAgreement(Command):
    """Sign for one's own side."""


class RefuseAgreement(Command):
    """Do not sign."""

    reason: Prose


class TerminateAgreement(Command):
    """End an agreement before its time."""

    reason: Prose


class AgreementOutline(Value):
    """What an offer keeps of the agreement that it is made under."""

    agreement: Id
    partner: Code
    centre: Agency
    kinds: Kinds
    fields: tuple[Kejuruan, ...]
    starts_on: Day
    ends_on: Day

    def covers(self, partner: str, centre: str, kind: str, field: str, day: date) -> bool:
        return (
            (self.partner, self.centre) == (partner, centre)
            and kind in self.kinds
            and field in self.fields
            and self.starts_on <= day <= self.ends_on
        )


class Agreement(State):
    status: Literal["proposed", "signed", "ended"] | None = None
    partner: str = ""
    partner_agency: str = ""
    centre: str = ""
    proposed_by: str = ""
    kinds: Kinds = ()
    fields: tuple[str, ...] = ()
    starts_on: Day | None = None
    ends_on: Day | None = None
    number: str = ""
    ended: str | None = None

    def outline(self, agreement: str) -> AgreementOutline:
        """The snapshot for an offer. Refused unless both sides have signed and none has ended."""
        if self.status != "signed" or self.starts_on is None or self.ends_on is None:
            raise no_agreement()
        return AgreementOutline(
            agreement=agreement,
            partner=self.partner,
            centre=self.centre,
            kinds=self.kinds,
            fields=self.fields,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
        )


def no_agreement() -> Refused:
    return Refused("no-agreement", field="agreement")


def decide(state: Agreement, command: Command, context: Context) -> Sequence[Event]:
    if isinstance(command, ProposeAgreement):
        return propose(state, command, context)
    if state.status is None:
        raise Refused("not-found:agreement", status=404)
    match command:
        case SignAgreement():
            return sign(state, context)
        case RefuseAgreement():
            _other_side(state, context)
            return [AgreementEnded(partner=state.partner, cause="refused", reason=command.reason)]
        case TerminateAgreement():
            _a_side(state, context)
            _expect(state, "signed")
            return [
                AgreementEnded(partner=state.partner, cause="terminated", reason=command.reason)
            ]
        case Timeout():
            over = due(state) == command.due and context.now >= command.due
            return [AgreementEnded(partner=state.partner, cause="expired")] if over else []
        case _:
            raise unexpected(command)


def propose(state: Agreement, command: ProposeAgreement, context: Context) -> Sequence[Event]:
    offering = command.offering
    if state.status is not None:
        raise Refused("already-proposed")
    if context.agency not in (offering.agency, command.centre):
        raise Refused("not-yours:side", status=403)
    refuse_fields(command.fields)
    if foreign := [field for field in command.fields if field not in offering.fields]:
        raise Refused("partner-field:agreement", field="fields", status=422, foreign=foreign)
    if not command.kinds or len(set(command.kinds)) < len(command.kinds):
        raise Refused("kinds", field="kinds", status=422)
    if command.ends_on < command.starts_on or command.ends_on < wita_day(context.now):
        raise Refused("dates:agreement", field="ends_on", status=422)
    return [
        AgreementProposed(
            partner=offering.partner,
            partner_agency=offering.agency,
            centre=command.centre,
            proposed_by=context.agency,
            kinds=command.kinds,
            fields=command.fields,
            starts_on=command.starts_on,
            ends_on=command.ends_on,
            number=command.number,
        )
    ]


def sign(state: Agreement, context: Context) -> Sequence[Event]:
    _other_side(state, context)
    return [AgreementSigned(partner=state.partner, agency=context.agency, signer=context.actor)]


def _a_side(state: Agreement, context: Context) -> None:
    if context.agency not in (state.partner_agency, state.centre):
        raise Refused("not-yours:side", status=403)


def _other_side(state: Agreement, context: Context) -> None:
    _a_side(state, context)
    _expect(state, "proposed")
    if context.agency == state.proposed_by:
        raise Refused("same-side")


def _expect(state: Agreement, status: Literal["proposed", "signed"]) -> None:
    refuse_unless(state.status, (status,), "agreement")


def due(state: Agreement) -> datetime | None:
    """The end of the last day, unless it has ended before."""
    open_ = state.status in ("proposed", "signed") and state.ends_on is not None
    return end_of_day(state.ends_on) if open_ and state.ends_on else None


def evolve(state: Agreement, event: Event) -> Agreement:
    match event:
        case AgreementProposed():
            given = {name: value for name, value in event if name in Agreement.model_fields}
            return state.model_copy(update={**given, "status": "proposed"})
        case AgreementSigned():
            return state.model_copy(update={"status": "signed"})
        case AgreementEnded():
            return state.model_copy(update={"status": "ended", "ended": event.cause})
        case _:
            return state


DECIDER = Decider(kind="agreement", initial=Agreement(), decide=decide, evolve=evolve, due=due)


def agreement_stream(id: str) -> StreamRef[Agreement, Command]:
    """Name the stream of one agreement."""
    return DECIDER.stream(id)
