"""Certificates: issuing one for a participant who passed, under a number nobody can guess."""

from base64 import b32encode

from services.registration.domain.application.aggregate import application_stream
from services.registration.domain.application.state import Application
from services.registration.domain.certificate import IssueCertificate, certificate_stream
from services.registration.domain.training import Training, training_stream
from shared.events.values import wita_day
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.eventsourcing.refusal import Refused
from shared.web.request_context import RequestContext
from shared.web.resources import Resources


async def issue(service: Resources, request: RequestContext, application: str) -> AnyDispatch:
    """Prepare the training certificate of an application.

    Its number is year, field and ten characters that only this service can derive. Raises
    ProblemError 404, and Refused for a participant who did not pass.
    """
    state: Application = await request.state(application_stream(application))
    training: Training = await request.snapshot(training_stream(state.intake))
    result = training.assessed.get(application)
    if result is None or not result.passed:
        raise Refused("not-passed", field="application")
    year = wita_day(state.registered_at or service.command_handler.now()).year
    digest = service.keys.secret.hash(b"certificate", application.encode())
    number = f"{year}-{state.kejuruan}-{b32encode(digest)[:10].decode()}"
    command = IssueCertificate(
        number=number,
        application=application,
        intake=state.intake,
        title=training.title,
        skkni=training.skkni,
        kejuruan=training.kejuruan,
        hours=training.hours,
    )
    return Dispatch(certificate_stream(number), command)
