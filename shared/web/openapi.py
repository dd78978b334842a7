"""The OpenAPI document of a service's routes, generated from the models."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from shared.events.described import INDONESIAN, Written
from shared.web import problem_answers, tables
from shared.web.examples import example_of
from shared.web.operation import Operation
from shared.web.parsing import ID
from shared.web.problems import Problem
from shared.web.responses import Nothing

Schema = dict[str, Any]

_REFERENCE = "#/components/schemas/{model}"
_BINARY: Schema = {"schema": {"type": "string", "format": "binary"}}
_HEADER = "#/components/headers/{name}"


class Description:
    """The components of a service's document, and its operations that refer to them."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._operations = tuple(operations)
        wanted: dict[tuple[Any, JsonSchemaMode], None] = {(Problem, "serialization"): None}
        for each in self._operations:
            wanted[each.answer, "serialization"] = None
            if each.body is not None:
                wanted[each.body, "validation"] = None
        self._schemas, definitions = TypeAdapter.json_schemas(
            [(model, mode, TypeAdapter(model)) for model, mode in wanted],
            schema_generator=Written,
            ref_template=_REFERENCE,
        )
        self.schemas: Schema = dict(sorted(definitions.get("$defs", {}).items()))

    def components(self) -> Schema:
        """Return the components of the document."""
        used = {name for each in self._operations for name in _shared(each)}
        problem = self._schemas[Problem, "serialization"]
        return {
            "schemas": self.schemas,
            "parameters": {key: each for key, each in _PARAMETERS.items() if key in used},
            "headers": _HEADERS,
            "responses": problem_answers.responses(problem, self._operations),
            "securitySchemes": {"bearer": _BEARER},
        }

    def operation(self, operation: Operation) -> Schema:
        """Return what FastAPI does not know of the operation."""
        codes = {"command": ("200", "201")}.get(operation.kind, ("200",))
        described: Schema = {
            "security": [] if operation.public else [{"bearer": []}],
            "parameters": [*self._parameters(operation)],
            "responses": {
                **{code: self._success(operation, code) for code in codes},
                **problem_answers.references(operation),
            },
        }
        if operation.indonesian:
            described[INDONESIAN] = operation.indonesian
        if operation.act is not None:
            described["x-act"] = operation.act.act
        if operation.body is not None:
            schema = self._schemas[operation.body, "validation"]
            content = {"application/json": self._content(schema)}
            required = operation.body is not Nothing
            described["requestBody"] = {"required": required, "content": content}
        elif operation.table:
            accepted = {tables.CSV: _BINARY, tables.XLSX: _BINARY}
            described["requestBody"] = {"required": True, "content": accepted}
        return described

    def _parameters(self, operation: Operation) -> Iterable[Schema]:
        for name in names(operation.path):
            yield {
                "name": name,
                "in": "path",
                "required": True,
                "description": f"the {name} of what the address names",
                INDONESIAN: f"{name} dari data yang dituju alamat ini",
                "schema": {"type": "string", "pattern": ID.pattern},
                "example": "0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
            }
        if operation.parameters is not None:
            yield from _query(operation.parameters)
        yield from ({"$ref": f"#/components/parameters/{name}"} for name in _shared(operation))

    def _success(self, operation: Operation, code: str) -> Schema:
        schema = self._schemas[operation.answer, "serialization"]
        content = {
            operation.media: self._content(schema),
            **dict.fromkeys(operation.files, _BINARY),
        }
        made: Schema = {"description": _SUCCESS[operation.kind, code], "content": content}
        headers: Schema = {
            name: {"description": meaning, "schema": {"type": "string"}}
            for name, meaning in operation.headers.items()
        }
        if operation.kind == "command" or operation.etag:
            headers["ETag"] = {"$ref": _HEADER.format(name="ETag")}
        return {**made, "headers": headers} if headers else made

    def _content(self, schema: Schema) -> Schema:
        example = example_of(schema, self.schemas)
        return {"schema": schema} if example is None else {"schema": schema, "example": example}


def _shared(operation: Operation) -> Iterable[str]:
    """Name the headers that the operation takes."""
    yield "AcceptLanguage"
    if operation.kind == "command":
        yield from ("IdempotencyKey", "IfMatch")
    if operation.act is not None:
        yield "Attestation"


def names(path: str) -> Sequence[str]:
    """Return the parameters in a path."""
    return [part[1:-1].partition(":")[0] for part in path.split("/") if part.startswith("{")]


def _query(model: type[BaseModel]) -> Iterable[Schema]:
    required = model.model_json_schema().get("required", ())
    schema = model.model_json_schema(schema_generator=Written, mode="serialization")
    for name, each in schema["properties"].items():
        told = {key: each.pop(key) for key in ("description", INDONESIAN) if key in each}
        examples = each.pop("examples", [])
        example = {"example": examples[0]} if examples else {}
        if each.get("default", ...) in ("", None):
            del each["default"]
        place = {"name": name, "in": "query", "required": name in required}
        yield {**place, **told, "schema": each, **example}


_SUCCESS: Mapping[tuple[str, str], str] = {
    ("command", "200"): "What was committed to a stream that was there",
    ("command", "201"): "What was committed to a new stream",
    ("query", "200"): "What was found",
    ("reveal", "200"): "What was found; that it was read is recorded",
    ("import", "200"): "What became of each row",
}

_BEARER: Schema = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "An access token of the OpenID Connect issuer; its roles and agency decide.",
}

_HEADERS: Schema = {
    "ETag": {
        "description": "The sequence of the stream's last event, for If-Match",
        INDONESIAN: "Nomor peristiwa terakhir aliran ini, untuk If-Match",
        "schema": {"type": "string"},
        "example": '"3"',
    },
    "RetryAfter": {
        "description": "After how many seconds to try again",
        INDONESIAN: "Setelah berapa detik boleh dicoba lagi",
        "schema": {"type": "integer", "minimum": 0, "x-unit": "s"},
        "example": 2,
    },
    "WWWAuthenticate": {
        "description": "How to authenticate (RFC 6750)",
        INDONESIAN: "Cara masuk (RFC 6750)",
        "schema": {"type": "string"},
        "example": 'Bearer realm="sinergi"',
    },
}


def _header(name: str, en: str, id: str, example: str) -> Schema:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": en,
        INDONESIAN: id,
        "schema": {"type": "string"},
        "example": example,
    }


_PARAMETERS: Schema = {
    "AcceptLanguage": _header(
        "Accept-Language",
        "The language of problems: `id` (Bahasa Indonesia, the default) or `en`",
        "Bahasa penjelasan kesalahan: `id` (bawaan) atau `en`",
        "en",
    ),
    "IdempotencyKey": _header(
        "Idempotency-Key",
        "A repeat of the request with the same key takes effect once and gets the same answer: "
        "1 to 255 printable ASCII characters",
        "Permintaan ulang dengan kunci yang sama berlaku satu kali dan mendapat jawaban yang "
        "sama: 1 sampai 255 karakter ASCII",
        "0197a3c2-9c04-7a11-8d2e-61f0b5a97c38",
    ),
    "IfMatch": _header(
        "If-Match",
        "The ETag that was read: the request is refused with 412 if the stream has moved on",
        "ETag yang dibaca: permintaan ditolak dengan 412 bila data sudah berubah",
        '"3"',
    ),
    "Attestation": _header(
        "Attestation",
        "The acting agency's signature over this request (DSSE, base64url); without it the "
        "answer 428 says what to sign",
        "Tanda tangan instansi atas permintaan ini (DSSE, base64url); tanpa itu jawaban 428 "
        "menyebutkan apa yang harus ditandatangani",
        "eyJwYXlsb2FkIjoi...",
    ),
}
