"""Programmes: publish, publish anew, retire."""

from services.registration.agency import BLK_PASER
from services.registration.domain.programme import PublishProgramme, PublishVersion, RetireProgramme
from services.registration.routes.access import ANYBODY, OFFICERS
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import Do
from shared.runtime.service import Service
from shared.web.request_context import Ask
from shared.web.router import Api


def routes(service: Service, api: Api) -> None:
    async def publish(ask: Ask, body: PublishProgramme) -> Do:
        return Do(f"programme/{ask.request_id}", body)

    async def on_programme(ask: Ask, body: Command) -> Do:
        return Do(f"programme/{ask.path['id']}", body)

    one = "/v1/programmes/{id}"
    api.command(
        "POST", "/v1/programmes", PublishProgramme, OFFICERS, publish,
        "Publish a programme", agency=BLK_PASER,
    )  # fmt: skip
    api.command(
        "POST", f"{one}/versions", PublishVersion, OFFICERS, on_programme,
        "Publish a new version", agency=BLK_PASER,
    )  # fmt: skip
    api.command(
        "POST", f"{one}/retirement", RetireProgramme, OFFICERS, on_programme,
        "Open no new class of it", agency=BLK_PASER,
    )  # fmt: skip
    api.states("programme", "/v1/programmes", ANYBODY)
