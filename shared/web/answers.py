"""What a request gets: what was found, or what was committed."""

from collections.abc import Mapping
from typing import Any

import orjson
from pydantic import BaseModel
from starlette.responses import Response

from shared.kernel.ports import Commit
from shared.signing.cloudevents import format_time, type_of

JSON = "application/json"


def answered(found: Any) -> Response:
    if isinstance(found, BaseModel):
        return Response(found.model_dump_json(exclude_none=True), media_type=JSON)
    return found if isinstance(found, Response) else Response(
        orjson.dumps(found), media_type=JSON
    )  # fmt: skip


def committed(commit: Commit, headers: Mapping[str, str]) -> Response:
    events = [
        {
            "type": type_of(record),
            "sequence": number,
            "data": orjson.Fragment(record.value or b"null"),
        }
        for number, record in enumerate(commit.records, commit.first)
    ]
    id_ = commit.stream.partition("/")[2]
    body = orjson.dumps(
        {
            "id": id_,
            "stream": commit.stream,
            "sequence": commit.last,
            "time": format_time(commit.time),
            "events": events,
        }
    )
    status = 201 if commit.first == 1 else 200
    return Response(body, status, {"etag": f'"{commit.last}"', **headers}, JSON)
