"""What a service publishes of its routes: an OpenAPI operation of each, and the schemas of all."""

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from shared.events.acts import ActRule
from shared.web import tables
from shared.web.parsing import ID, MAX_PAGE
from shared.web.problems import Problem
from shared.web.responses import Committed, Nothing, Page

_JSON, _PROBLEM = "application/json", "application/problem+json"
_REFERENCE = "#/components/schemas/{model}"
_BINARY = {"schema": {"type": "string", "format": "binary"}}


def operation(
    path: str,
    *,
    body: type[BaseModel] | None = None,
    response: type[BaseModel] | None = None,
    public: bool = False,
    files: Sequence[str] = (),
    query: Iterable[tuple[str, Sequence[str]]] = (),
    numbers: Sequence[str] = (),
    table: bool = False,
    act: ActRule | None = None,
) -> dict[str, Any]:
    """The OpenAPI operation of a route.

    A route with a body and no response commands, and answers Committed. `files` are the media types
    that it may answer with instead of JSON, `query` its parameters with the values that they may
    have, `numbers` those that are counted; with `table` it takes CSV or Excel. An `act` must be
    signed: its answer to a request without the header Attestation says what to sign.
    """
    parameters = [_parameter(name, "path", pattern=ID.pattern) for name in names(path)]
    parameters += [_parameter(name, "query", enum=list(values)) for name, values in query]
    count = {"type": "integer", "minimum": 0}
    parameters += [{"name": name, "in": "query", "schema": count} for name in numbers]
    content: dict[str, Any] = {}
    if body is not None and response is None:
        parameters += [_parameter(name, "header") for name in ("Idempotency-Key", "If-Match")]
        content = _schema(Committed)
        if act is not None:
            parameters += [_parameter("Attestation", "header")]
    elif response is not None:
        content = _schema(response)
    if response is not None and {"items", "next"} <= response.model_fields.keys():
        number = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 50}
        parameters += [{"name": "limit", "in": "query", "schema": number}]
        parameters += [_parameter("after", "query")]
    success = {
        "description": "Success",
        "content": {_JSON: {"schema": content}, **dict.fromkeys(files, _BINARY)},
    }
    problem = {"description": "Problem", "content": {_PROBLEM: {"schema": _schema(Problem)}}}
    codes = ["200", "201"] if body is not None and response is None else ["200"]
    described: dict[str, Any] = {
        "security": [] if public else [{"bearer": []}],
        "parameters": parameters,
        "responses": {**dict.fromkeys(codes, success), "4XX": problem, "503": problem},
    }
    if act is not None:
        described["x-act"] = act.act
    if body is not None:
        accepted = {_JSON: {"schema": _schema(body)}}
        described["requestBody"] = {"required": body is not Nothing, "content": accepted}
    elif table:
        accepted = {tables.CSV: _BINARY, tables.XLSX: _BINARY}
        described["requestBody"] = {"required": True, "content": accepted}
    return described


def _parameter(name: str, place: str, **schema: Any) -> dict[str, Any]:
    required = place == "path"
    return {
        "name": name, "in": place, "required": required, "schema": {"type": "string", **schema},
    }  # fmt: skip


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return {"$ref": _REFERENCE.format(model=model.__name__)}


def names(path: str) -> Sequence[str]:
    """The parameters in a path."""
    return [part[1:-1].partition(":")[0] for part in path.split("/") if part.startswith("{")]


def schemas(models: Iterable[type[BaseModel]]) -> dict[str, Any]:
    """The components of all bodies and answers, and of what every service answers."""
    wanted: dict[type[BaseModel], None] = dict.fromkeys((Problem, Committed, Page, *models))
    _, definitions = models_json_schema(
        [(model, "validation") for model in wanted], ref_template=_REFERENCE
    )
    found: dict[str, Any] = definitions["$defs"]
    return dict(sorted(found.items()))
