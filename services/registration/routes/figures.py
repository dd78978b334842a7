"""The centre's figures, to read and to take along."""

from typing import Annotated, Literal

from pydantic import BaseModel
from starlette.responses import Response

from services.registration.agency import BLK_PASER
from services.registration.application.figures import COUNTS, DIMENSIONS, figures
from services.registration.routes.answers import Figures
from shared.events.base import Id
from shared.events.described import described
from shared.events.values import AgeBand, Kecamatan, Kejuruan, Sex
from shared.web import export
from shared.web.authentication import STAFF
from shared.web.problems import Offence, ProblemError
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.router import Api


class FiguresQuery(BaseModel):
    """Which figures: by one dimension, of those that the other dimensions select."""

    by: Annotated[
        Literal["programme", "kejuruan", "kecamatan", "sex", "age_band", "intake", "period"],
        described(en="the dimension of the lines", id="dimensi setiap baris", example="kejuruan"),
    ] = "kejuruan"
    format: export.Format = "json"
    programme: Annotated[
        Id | None, described(en="only this programme", id="hanya program pelatihan ini")
    ] = None
    kejuruan: Kejuruan | None = None
    kecamatan: Kecamatan | None = None
    sex: Sex | None = None
    age_band: AgeBand | None = None
    intake: Annotated[Id | None, described(en="only this intake", id="hanya angkatan ini")] = None
    period: Annotated[
        str | None,
        described(
            en="only this month of registering, YYYY-MM, or this year, YYYY",
            id="hanya bulan pendaftaran ini, TTTT-BB, atau tahun ini, TTTT",
            example="2026-08",
        ),
    ] = None


def routes(service: Resources, api: Api) -> None:
    """Add the routes of figures."""

    async def shown(request: RequestContext) -> Response:
        """Return the counts by the dimension `by`, of those that the other dimensions select."""
        by = request.query.get("by", "kejuruan")
        if by not in DIMENSIONS:
            raise ProblemError(
                422,
                "invalid-input:by",
                errors=[Offence("by", "field:choices", {"choices": list(DIMENSIONS)})],
                choices=list(DIMENSIONS),
            )
        wanted = {name: request.query[name] for name in DIMENSIONS if name in request.query}
        found = await figures(service, by, wanted)
        return export.answer(
            found.value,
            ("key", *COUNTS),
            request.query.get("format", "json"),
            f"figures-{by}",
            as_of=found.as_of,
            counts=COUNTS,
            own=request.identity.agency == BLK_PASER,
        )

    api.query(
        "/v1/figures",
        STAFF,
        shown,
        "Figures by a dimension, as JSON, CSV or Parquet",
        Figures,
        parameters=FiguresQuery,
        indonesian="Jumlah orang per nilai satu dimensi, dari yang dipilih dimensi lainnya.",
        files=tuple(export.MEDIA.values()),
    )
