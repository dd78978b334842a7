"""Certificate: the centre's own of training, checked by its number; an LSP's of competency beside.

The number is the stream's id: the year, the field, and ten characters that follow from the
application and from nothing that anybody else knows.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, assert_never

from shared.events.base import Code, Id, Positive, Text
from shared.events.described import described
from shared.events.registration.certificate import (
    CertificateIssued,
    CertificateRevoked,
    CompetencyCertified,
)
from shared.events.values import Day, Kejuruan, wita_day
from shared.eventsourcing.decider import Command, Context, Decider, State, StreamRef
from shared.eventsourcing.refusal import Refused


class IssueCertificate(Command):
    """Issue the training certificate of a participant who passed."""

    number: Id
    application: Id
    intake: Id
    title: Text
    skkni: Text
    kejuruan: Kejuruan
    hours: Positive


class RecordCompetency(Command):
    """An LSP certified the graduate's competency."""

    lsp: Annotated[
        Text,
        described(en="who certified it (LSP)", id="LSP penerbit", example="LSP Las Indonesia"),
    ]
    scheme: Annotated[
        Text, described(en="the scheme", id="skema sertifikasi", example="Juru Las SMAW 3G")
    ]
    number: Annotated[
        Text, described(en="its number", id="nomornya", example="24230 7212 4 0001234 2026")
    ]
    issued_on: Annotated[Day, described(en="the day of issue", id="tanggal terbit")]
    valid_until: Annotated[
        Day, described(en="the last day", id="berlaku sampai", example="2029-08-16")
    ]


class RevokeCertificate(Command):
    """The certificate no longer holds."""

    reason: Annotated[
        Code, described(en="why, by a code", id="alasan, berupa kode", example="issued-in-error")
    ]


class Certificate(State):
    number: str = ""
    application: str = ""
    intake: str = ""
    title: str = ""
    skkni: str = ""
    kejuruan: str = ""
    hours: int = 0
    issued_on: Day | None = None
    competency: str | None = None
    revoked: bool = False


CertificateCommand = IssueCertificate | RecordCompetency | RevokeCertificate
CertificateEvent = CertificateIssued | CompetencyCertified | CertificateRevoked


def decide(
    state: Certificate, command: CertificateCommand, context: Context
) -> Sequence[CertificateEvent]:
    if isinstance(command, IssueCertificate):
        return issue(state, command, context)
    if state.issued_on is None:
        raise Refused("not-found:certificate", status=404)
    if state.revoked:
        raise Refused("revoked")
    match command:
        case RecordCompetency():
            return record(state, command, context)
        case RevokeCertificate():
            return [CertificateRevoked(reason=command.reason)]
        case _:
            assert_never(command)


def issue(
    state: Certificate, command: IssueCertificate, context: Context
) -> Sequence[CertificateEvent]:
    if state.issued_on is not None:
        raise Refused("already-issued")
    return [CertificateIssued(issued_on=wita_day(context.now), **dict(command))]


def record(
    state: Certificate, command: RecordCompetency, context: Context
) -> Sequence[CertificateEvent]:
    if state.competency is not None:
        raise Refused("already-recorded", number=state.competency)
    today: date = wita_day(context.now)
    if command.issued_on > today or command.valid_until < command.issued_on:
        raise Refused(
            "dates:certificate",
            field="issued_on" if command.issued_on > today else "valid_until",
            status=422,
        )
    return [
        CompetencyCertified(application=state.application, intake=state.intake, **dict(command))
    ]


def evolve(state: Certificate, event: CertificateEvent) -> Certificate:
    match event:
        case CertificateIssued():
            return Certificate(**dict(event))
        case CompetencyCertified():
            return state.model_copy(update={"competency": event.number})
        case CertificateRevoked():
            return state.model_copy(update={"revoked": True})
        case _:
            assert_never(event)


DECIDER = Decider(kind="certificate", initial=Certificate(), decide=decide, evolve=evolve)


def certificate_stream(id: str) -> StreamRef[Certificate, CertificateCommand]:
    """Name the stream of one certificate."""
    return DECIDER.stream(id)
