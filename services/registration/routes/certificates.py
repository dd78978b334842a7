"""Certificates: issue, add an LSP's of competency, revoke; and the public check of a number."""

from base64 import b32encode
from typing import Any

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
from shared.events.base import Id
from shared.events.values import wita_day
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.eventsourcing.refusal import Refused
from shared.web.authentication import Role
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.responses import Answered
from shared.web.router import Api


class IssueForm(Command):
    """Whose certificate: the application of a participant who passed."""

    application: Id


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

    async def check(ask: RequestContext) -> dict[str, Any]:
        """What anybody may know: that it is ours and still holds, never whose it is."""
        found: Certificate = await ask.state(certificate_stream(ask.path["id"]))
        shown = {"number", "title", "skkni", "kejuruan", "hours", "issued_on"}
        status = "revoked" if found.revoked else "valid"
        return {**found.model_dump(mode="json", include=shown), "status": status}

    one = "/v1/certificates/{id}"
    commands: tuple[tuple[str, Any, Any, str], ...] = (
        ("/v1/certificates", IssueForm, issue, "Issue a training certificate"),
        (f"{one}/competency", RecordCompetency, on_certificate, "Record an LSP's certificate"),
        (f"{one}/revocation", RevokeCertificate, on_certificate, "Revoke the certificate"),
    )
    for path, body, prepare, summary in commands:
        api.command("POST", path, body, OFFICERS, prepare, summary, agency=BLK_PASER)
    api.query(one, tuple(Role), check, "Is this certificate genuine?", Answered, public=True)
