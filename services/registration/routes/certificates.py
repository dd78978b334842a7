"""Certificates: issue, add an LSP's of competency, revoke; and the public check of a number."""

from base64 import b32encode
from typing import Annotated, Literal

from pydantic import BaseModel

from services.registration.agency import BLK_PASER
from services.registration.domain.application.aggregate import application_stream
from services.registration.domain.application.state import Application
from services.registration.domain.certificate import (
    Certificate,
    IssueCertificate,
    RecordCompetency,
    RevokeCertificate,
    certificate_stream,
)
from services.registration.domain.training import Training, training_stream
from services.registration.routes.access import OFFICERS
from shared.events.base import Id, Positive, Text
from shared.events.described import described
from shared.events.values import Day, Kejuruan, wita_day
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.eventsourcing.refusal import Refused
from shared.web.authentication import Role
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.router import Api


class IssueForm(Command):
    """Issue the training certificate of a participant who passed."""

    application: Annotated[
        Id, described(en="the participant's application", id="pendaftaran peserta itu")
    ]


class CertificateCheck(BaseModel):
    """What anybody may know of a certificate: that it is ours and still holds, never whose it is.

    Its fields are the certificate's of the same names.
    """

    number: Annotated[
        Id,
        described(
            en="the certificate's number", id="nomor sertifikat", example="2026-las-7QK2MZ5XNA"
        ),
    ]
    title: Annotated[Text, described(en="the training", id="nama pelatihan")]
    skkni: Annotated[
        Text,
        described(en="the standard that was taught", id="SKKNI-nya", example="SKKNI 98-2018"),
    ]
    kejuruan: Kejuruan
    hours: Annotated[Positive, described(en="its length", id="lamanya", unit="JP", example=240)]
    issued_on: Annotated[
        Day | None, described(en="the day of issue", id="tanggal terbit", example="2026-11-20")
    ]
    status: Annotated[
        Literal["valid", "revoked"],
        described(en="whether it still holds", id="apakah masih berlaku"),
    ]


def routes(service: Resources, api: Api) -> None:
    async def issue(ask: RequestContext, body: IssueForm) -> AnyDispatch:
        application: Application = await ask.state(application_stream(body.application))
        training: Training = await ask.snapshot(training_stream(application.intake))
        result = training.assessed.get(body.application)
        if result is None or not result.passed:
            raise Refused("not-passed", field="application")
        year = wita_day(application.registered_at or service.command_handler.now()).year
        digest = service.keys.secret.hash(b"certificate", body.application.encode())
        number = f"{year}-{application.kejuruan}-{b32encode(digest)[:10].decode()}"
        command = IssueCertificate(
            number=number,
            application=body.application,
            intake=application.intake,
            title=training.title,
            skkni=training.skkni,
            kejuruan=training.kejuruan,
            hours=training.hours,
        )
        return Dispatch(certificate_stream(number), command)

    async def on_certificate(ask: RequestContext, body: Command) -> AnyDispatch:
        return Dispatch(certificate_stream(ask.path["id"]), body)

    async def check(ask: RequestContext) -> CertificateCheck:
        """Return that the number is of a certificate of this centre, and whether it holds."""
        found: Certificate = await ask.state(certificate_stream(ask.path["id"]))
        return CertificateCheck.model_construct(
            number=found.number,
            title=found.title,
            skkni=found.skkni,
            kejuruan=found.kejuruan,
            hours=found.hours,
            issued_on=found.issued_on,
            status="revoked" if found.revoked else "valid",
        )

    one = "/v1/certificates/{id}"
    api.command(
        "POST", "/v1/certificates", IssueForm, OFFICERS, issue,
        "Issue a training certificate", agency=BLK_PASER,
        indonesian="Terbitkan sertifikat pelatihan peserta yang lulus.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/competency", RecordCompetency, OFFICERS, on_certificate,
        "Record an LSP's certificate", agency=BLK_PASER,
        indonesian="Catat sertifikat kompetensi dari LSP.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/revocation", RevokeCertificate, OFFICERS, on_certificate,
        "Revoke the certificate", agency=BLK_PASER,
        indonesian="Cabut sertifikat: ia tidak berlaku lagi.",
    )  # fmt: skip
    api.query(
        one, tuple(Role), check, "Is this certificate genuine?", CertificateCheck, public=True,
        indonesian="Apakah nomor ini sertifikat BLK ini, dan apakah masih berlaku.",
    )  # fmt: skip
