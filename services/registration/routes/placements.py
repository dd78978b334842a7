"""What graduates do after the training. A placement's id is its application's."""

from services.registration.agency import BLK_PASER
from services.registration.domain.placement import RecordPlacement
from services.registration.routes.access import OFFICERS
from shared.eventsourcing.policies import Do
from shared.runtime.service import Service
from shared.web.request_context import Ask
from shared.web.router import Api


def routes(service: Service, api: Api) -> None:
    async def place(ask: Ask, body: RecordPlacement) -> Do:
        return Do(f"placement/{ask.path['id']}", body)

    api.command(
        "POST", "/v1/placements/{id}", RecordPlacement, OFFICERS, place,
        "Record what the graduate does", agency=BLK_PASER,
    )  # fmt: skip
    api.states("placement", "/v1/placements", OFFICERS)
