"""Agreement (perjanjian kerja sama) between a centre and a partner: its scope and its time.

Proposing signs for one's own side; the agreement holds when the other side has signed too.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal, assert_never

from services.partners.domain.partner import PartnerOutline, refuse_fields
from shared.events.base import Code, Id, Text, Value
from shared.events.described import described
from shared.events.partners.agreement import AgreementEnded, AgreementProposed, AgreementSigned
from shared.events.partners.values import PartnerCode
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
from shared.eventsourcing.refusal import Refused, refuse_unless

Kinds = tuple[SupportKind, ...]


class AgreementTerms(Value):
    """The kinds of support, the fields and the days; `number` is that of the paper."""

    partner: PartnerCode
    kinds: Annotated[
        Kinds,
        described(
            en="the kinds of support", id="jenis dukungan", example=["equipment", "instructor"]
        ),
    ]
    fields: Annotated[Fields, described(en="the fields", id="kejuruan", example=["las"])]
    starts_on: Annotated[
        Day, described(en="the first day", id="hari pertama", example="2026-01-01")
    ]
    ends_on: Annotated[Day, described(en="the last day", id="hari terakhir", example="2026-12-31")]
    number: Annotated[
        Text, described(en="the number of the paper", id="nomor naskahnya", example="560/12/2026")
    ]


class ProposeAgreement(AgreementTerms, Command):
    """Propose an agreement to the other side."""

    offering: PartnerOutline
    centre: Agency


class SignAgreement(Command):
    """Sign the agreement for the side that did not propose it."""


class RefuseAgreement(Command):
    """Refuse to sign a proposed agreement, which ends it."""

    reason: Annotated[
        Prose, described(en="the reason, for people", id="alasannya", example="Tidak ada asrama.")
    ]


class TerminateAgreement(Command):
    """End a signed agreement before its last day."""

    reason: Annotated[
        Prose, described(en="the reason, for people", id="alasannya", example="Gedung direnovasi.")
    ]


# What can be done with an agreement that is proposed.
AgreementStep = SignAgreement | RefuseAgreement | TerminateAgreement | Timeout
AgreementCommand = ProposeAgreement | AgreementStep
AgreementEvent = AgreementProposed | AgreementSigned | AgreementEnded


class AgreementOutline(Value):
    """The part of an agreement that an offer under it keeps."""

    agreement: Id
    partner: Code
    centre: Agency
    kinds: Kinds
    fields: tuple[Kejuruan, ...]
    starts_on: Day
    ends_on: Day

    def covers(self, *, partner: str, centre: str, kind: str, field: str, day: date) -> bool:
        """Return True when the partner may give this support on the day."""
        return (
            (self.partner, self.centre) == (partner, centre)
            and kind in self.kinds
            and field in self.fields
            and self.starts_on <= day <= self.ends_on
        )


class Agreement(State):
    """An agreement as it stands; `ended` is the cause of its end."""

    status: Annotated[
        Literal["proposed", "signed", "ended"] | None,
        described(en="the status of the agreement", id="status perjanjian", example="signed"),
    ] = None
    partner: Annotated[
        str, described(en="the partner's code", id="kode mitra", example="makassar")
    ] = ""
    partner_agency: Annotated[
        str,
        described(
            en="the partner's agency", id="instansi mitra", example="urn:sinergi:bpvp-makassar"
        ),
    ] = ""
    centre: Annotated[
        str, described(en="the training centre", id="BLK", example="urn:sinergi:blk-paser")
    ] = ""
    proposed_by: Annotated[
        str,
        described(
            en="the agency that proposed it",
            id="instansi pengusul",
            example="urn:sinergi:blk-paser",
        ),
    ] = ""
    kinds: Annotated[
        Kinds,
        described(
            en="the kinds of support", id="jenis dukungan", example=["equipment", "instructor"]
        ),
    ] = ()
    fields: Annotated[
        tuple[str, ...], described(en="the fields", id="kejuruan", example=["las"])
    ] = ()
    starts_on: Annotated[
        Day | None, described(en="the first day", id="hari pertama", example="2026-01-01")
    ] = None
    ends_on: Annotated[
        Day | None, described(en="the last day", id="hari terakhir", example="2026-12-31")
    ] = None
    number: Annotated[
        str, described(en="the number of the paper", id="nomor naskahnya", example="560/12/2026")
    ] = ""
    ended: Annotated[
        str | None,
        described(en="the cause of its end", id="sebab berakhirnya", example="terminated"),
    ] = None

    def outline(self, agreement: str) -> AgreementOutline:
        """Return the snapshot for an offer. Raises Refused unless both sides have signed it."""
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
    """Return the refusal of an offer that no agreement covers."""
    return Refused("no-agreement", field="agreement")


def decide(
    state: Agreement, command: AgreementCommand, context: Context
) -> Sequence[AgreementEvent]:
    match command:
        case ProposeAgreement():
            return propose(state, command, context)
        case SignAgreement() | RefuseAgreement() | TerminateAgreement() | Timeout():
            return take_step(state, command, context)
        case _:
            assert_never(command)


def take_step(
    state: Agreement, command: AgreementStep, context: Context
) -> Sequence[AgreementSigned | AgreementEnded]:
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
            assert_never(command)


def propose(
    state: Agreement, command: ProposeAgreement, context: Context
) -> Sequence[AgreementProposed]:
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


def sign(state: Agreement, context: Context) -> Sequence[AgreementSigned]:
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
    """Return the end of the agreement's last day; None when it has ended before."""
    open_ = state.status in ("proposed", "signed") and state.ends_on is not None
    return end_of_day(state.ends_on) if open_ and state.ends_on else None


def evolve(state: Agreement, event: AgreementEvent) -> Agreement:
    match event:
        case AgreementProposed():
            given = {name: value for name, value in event if name in Agreement.model_fields}
            return state.model_copy(update={**given, "status": "proposed"})
        case _ if state.status is None:
            return state
        case AgreementSigned():
            return state.model_copy(update={"status": "signed"})
        case AgreementEnded():
            return state.model_copy(update={"status": "ended", "ended": event.cause})
        case _:
            assert_never(event)


DECIDER = Decider(kind="agreement", initial=Agreement(), decide=decide, evolve=evolve, due=due)


def agreement_stream(id: str) -> StreamRef[Agreement, AgreementCommand]:
    """Name the stream of one agreement."""
    return DECIDER.stream(id)
