"""Answers to requests: what was found, or what was committed."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import orjson
from pydantic import TypeAdapter
from starlette.responses import Response

from shared.kernel.ports import Commit
from shared.signing.cloudevents import format_time, type_of

R = TypeVar("R")

JSON = "application/json"


def answering(response: type[R]) -> Callable[[R | Response], Response]:
    """Return what turns an answer of this type into a response; a response stays as it is.

    The type's own serializer writes it, without validating it. Absent fields are left out.
    """
    to_json = TypeAdapter(response).serializer.to_json

    def answer(found: R | Response) -> Response:
        if isinstance(found, Response):
            return found
        return Response(to_json(found, exclude_none=True), media_type=JSON)

    return answer


def committed(commit: Commit, headers: Mapping[str, str]) -> Response:
    """Return the answer to a command, as shared.web.responses.Committed describes it."""
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
