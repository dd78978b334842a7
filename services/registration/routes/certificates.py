"""Certificates: issue, add an LSP's of competency, revoke; and the public check of a number."""

from services.registration.application.certificates import issue
from services.registration.domain.certificate import (
    Certificate,
    CertificateCommand,
    RecordCompetency,
    RevokeCertificate,
    certificate_stream,
)
from services.registration.routes.access import ANYBODY, add_command
from services.registration.routes.answers import CertificateCheck
from shared.events.base import Id
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.router import Api


class IssueForm(Command):
    """Issue the training certificate of a participant who passed."""

    application: Id


def routes(service: Resources, api: Api) -> None:
    """Add the routes of certificates."""

    async def issued(request: RequestContext, body: IssueForm) -> AnyDispatch:
        return await issue(service, request, body.application)

    async def on_certificate(request: RequestContext, body: CertificateCommand) -> AnyDispatch:
        return Dispatch(certificate_stream(request.path["id"]), body)

    async def check(request: RequestContext) -> CertificateCheck:
        """Return that the number is of a certificate of this centre, and whether it holds."""
        found: Certificate = await request.state(certificate_stream(request.path["id"]))
        return CertificateCheck(
            number=found.number,
            title=found.title,
            skkni=found.skkni,
            kejuruan=found.kejuruan,
            hours=found.hours,
            issued_on=found.issued_on,
            status="revoked" if found.revoked else "valid",
        )

    one = "/v1/certificates/{id}"
    add_command(
        api, "/v1/certificates", IssueForm, issued, "Issue a training certificate",
        indonesian="Terbitkan sertifikat pelatihan peserta yang lulus.",
    )  # fmt: skip
    add_command(
        api, f"{one}/competency", RecordCompetency, on_certificate, "Record an LSP's certificate",
        indonesian="Catat sertifikat kompetensi dari LSP.",
    )  # fmt: skip
    add_command(
        api, f"{one}/revocation", RevokeCertificate, on_certificate, "Revoke the certificate",
        indonesian="Cabut sertifikat: ia tidak berlaku lagi.",
    )  # fmt: skip
    api.query(
        one, ANYBODY, check, "Is this certificate genuine?", CertificateCheck, public=True,
        indonesian="Apakah nomor ini sertifikat BLK ini, dan apakah masih berlaku.",
    )  # fmt: skip
