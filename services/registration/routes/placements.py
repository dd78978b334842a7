"""Placements: the work of graduates after the training. A placement's id is its application's."""

from services.registration.agency import BLK_PASER
from services.registration.domain.placement import DECIDER as PLACEMENT
from services.registration.domain.placement import RecordPlacement, placement_stream
from services.registration.routes.access import OFFICERS
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.router import Api


def routes(service: Resources, api: Api) -> None:
    """Add the routes of placements."""

    async def place(request: RequestContext, body: RecordPlacement) -> AnyDispatch:
        return Dispatch(placement_stream(request.path["id"]), body)

    api.command(
        "POST", "/v1/placements/{id}", RecordPlacement, OFFICERS, place,
        "Record what the graduate does", agency=BLK_PASER,
        indonesian="Catat kegiatan lulusan tiga atau enam bulan setelah pelatihan.",
    )  # fmt: skip
    api.states(PLACEMENT, "/v1/placements", OFFICERS)
