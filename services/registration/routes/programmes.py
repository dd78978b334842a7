"""Programmes: publish, publish anew, retire."""

from services.registration.agency import BLK_PASER
from services.registration.domain.programme import DECIDER as PROGRAMME
from services.registration.domain.programme import (
    ProgrammeCommand,
    PublishProgramme,
    PublishVersion,
    RetireProgramme,
    programme_stream,
)
from services.registration.routes.access import ANYBODY, OFFICERS
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.router import Api


def routes(service: Resources, api: Api) -> None:
    """Add the routes of programmes."""

    async def publish(request: RequestContext, body: PublishProgramme) -> AnyDispatch:
        return Dispatch(programme_stream(str(request.request_id)), body)

    async def on_programme(request: RequestContext, body: ProgrammeCommand) -> AnyDispatch:
        return Dispatch(programme_stream(request.path["id"]), body)

    one = "/v1/programmes/{id}"
    api.command(
        "POST", "/v1/programmes", PublishProgramme, OFFICERS, publish,
        "Publish a programme", agency=BLK_PASER,
        indonesian="Terbitkan program pelatihan baru.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/versions", PublishVersion, OFFICERS, on_programme,
        "Publish a new version", agency=BLK_PASER,
        indonesian="Terbitkan versi baru; kelas yang sudah dibuka tetap memakai versinya.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/retirement", RetireProgramme, OFFICERS, on_programme,
        "Open no new class of it", agency=BLK_PASER,
        indonesian="Hentikan program: tidak ada kelas baru yang dibuka.",
    )  # fmt: skip
    api.states(PROGRAMME, "/v1/programmes", ANYBODY)
