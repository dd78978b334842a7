"""Figures: the demand for a field by district, and the proposals and equipment by field."""

from typing import Annotated

from pydantic import BaseModel
from starlette.responses import Response

from services.equipment.application.demand import demand_for
from services.equipment.application.figures import FieldFigures, figures
from shared.events.described import described
from shared.events.values import Demand
from shared.signing.cloudevents import format_time
from shared.web import export
from shared.web.authentication import STAFF
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.responses import AsOf
from shared.web.router import Api


class DemandQuery(BaseModel):
    """Which field's demand to tell."""

    kejuruan: Annotated[
        str,
        described(
            en="the vocational field (kejuruan); absent for all",
            id="kejuruannya; kosong untuk semua",
            example="las",
        ),
    ] = ""


class FormatQuery(BaseModel):
    """Which format to answer in."""

    format: export.Format = "json"


class DemandFigures(BaseModel):
    """The demand for one field, or for all, district by district."""

    items: Annotated[
        tuple[Demand, ...],
        described(
            en="a row for each field and district that somebody speaks for",
            id="satu baris untuk setiap kejuruan dan kecamatan yang ada peminatnya",
        ),
    ]
    as_of: AsOf


class EquipmentFigures(BaseModel):
    """The proposals for equipment and their outcome, field by field."""

    items: Annotated[
        tuple[FieldFigures, ...],
        described(
            en="a row for each field with a proposal",
            id="satu baris untuk setiap kejuruan yang pernah diusulkan",
        ),
    ]
    as_of: AsOf


def routes(service: Resources, api: Api) -> None:
    """Add the routes of figures."""

    async def demand(request: RequestContext) -> DemandFigures:
        """Return the demand for the field of the query, or for all."""
        found = await demand_for(service, request.query.get("kejuruan", ""))
        return DemandFigures(items=found.value, as_of=format_time(found.as_of))

    async def equipment(request: RequestContext) -> Response:
        """Return the figures in the format of the query, as EquipmentFigures unless given."""
        found = await figures(service)
        rows = [row.model_dump() for row in found.value]
        # No figure counts people, so no cell is too small to be told.
        format_ = request.query.get("format", "json")
        columns = tuple(FieldFigures.model_fields)
        return export.answer(rows, columns, format_, "equipment-figures", as_of=found.as_of)

    api.query(
        "/v1/demand", STAFF, demand, "Demand by field and district", DemandFigures,
        parameters=DemandQuery,
        indonesian="Peminat setiap kejuruan menurut kecamatan: satu kejuruan, atau semua.",
    )  # fmt: skip
    api.query(
        "/v1/figures", STAFF, equipment, "Proposals and equipment by field", EquipmentFigures,
        parameters=FormatQuery, files=tuple(export.MEDIA.values()),
        description="Return the proposals and their outcome for each field, as JSON or as a file.",
        indonesian="Usulan setiap kejuruan dan hasilnya, sebagai JSON atau berkas.",
    )  # fmt: skip
