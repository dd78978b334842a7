"""The centre's figures, to read and to take along."""

from typing import Any

from services.registration.agency import BLK_PASER
from services.registration.application.figures import COUNTS, DIMENSIONS, group, matches, people
from shared.web import export
from shared.web.authentication import STAFF
from shared.web.problems import Offence, ProblemError
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.responses import PageQuery
from shared.web.router import Api
from shared.web.untyped import Untyped


def routes(service: Resources, api: Api) -> None:
    async def figures(ask: RequestContext) -> Any:
        by = ask.query.get("by", "kejuruan")
        if by not in DIMENSIONS:
            raise ProblemError(
                422,
                "invalid-input:by",
                errors=[Offence("by", "field:choices", {"choices": list(DIMENSIONS)})],
                choices=list(DIMENSIONS),
            )
        wanted = {name: ask.query[name] for name in DIMENSIONS if name in ask.query}
        rows = [
            row
            async for row in people(service.store)
            if all(matches(row, name, value) for name, value in wanted.items())
        ]
        columns = ("key", *COUNTS)
        return export.answer(
            group(rows, by),
            columns,
            ask.query.get("format", "json"),
            f"figures-{by}",
            counts=COUNTS,
            own=ask.identity.agency == BLK_PASER,
        )

    api.query(
        "/v1/figures",
        STAFF,
        figures,
        "Figures by a dimension, as JSON, CSV or Parquet",
        Untyped,
        parameters=PageQuery,
        files=tuple(export.MEDIA.values()),
    )
