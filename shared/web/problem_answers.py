"""Problems that an operation may answer with: their codes, meanings and headers in OpenAPI."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from shared.events.described import INDONESIAN
from shared.web.operation import Operation

_PROBLEM = "application/problem+json"


class _Meaning(NamedTuple):
    """The meaning of a code in both languages, with an example: its rule, title and detail."""

    en: str
    id: str
    rule: str
    title: str
    detail: str


_MEANINGS: Mapping[str, _Meaning] = {
    "400": _Meaning(
        "The request is malformed: its JSON or one of its headers",
        "Permintaan tidak dapat dibaca: JSON atau salah satu header-nya",
        "if-match",
        "The request is malformed",
        'If-Match takes the ETag that you read, such as "3".',
    ),
    "401": _Meaning(
        "There is no valid token",
        "Tidak ada token yang sah",
        "unauthenticated",
        "Please sign in",
        "the token has expired",
    ),
    "403": _Meaning(
        "The role or the agency does not allow it, or the signature is not the agency's",
        "Peran atau instansi tidak mengizinkannya, atau bukan tanda tangan instansi",
        "role",
        "This is not for you",
        "This is for other roles.",
    ),
    "404": _Meaning(
        "There is no such thing",
        "Data tidak ditemukan",
        "unknown-programme",
        "There is no such thing",
        "There is no programme p-1.",
    ),
    "409": _Meaning(
        "The present state does not allow it; with Retry-After, it may in a moment",
        "Keadaan saat ini tidak mengizinkannya; dengan Retry-After, coba lagi sebentar",
        "programme-retired",
        "The present state does not allow this",
        "This programme is retired.",
    ),
    "412": _Meaning(
        "The stream has moved on since it was read",
        "Data sudah berubah sejak dibaca",
        "precondition",
        "This has changed meanwhile",
        "This has changed since you read it (version 4, not 3): read it again.",
    ),
    "413": _Meaning(
        "The request is too large",
        "Permintaan terlalu besar",
        "too-large",
        "The request is too large",
        "The body may have at most 1048576 bytes.",
    ),
    "415": _Meaning(
        "This kind of content is not understood",
        "Jenis isi ini tidak dapat dibaca",
        "content-type",
        "This kind of content is not understood",
        "Send JSON with Content-Type: application/json.",
    ),
    "422": _Meaning(
        "The input does not fit; `errors` names the fields",
        "Isian tidak sesuai; `errors` menyebutkan kolomnya",
        "invalid-input",
        "The input does not fit",
        "limit must be a number from 1 to 200.",
    ),
    "428": _Meaning(
        "The agency must sign this; `attest` says what",
        "Instansi harus menandatangani ini; `attest` menyebutkan apa",
        "attestation-required",
        "The agency must sign this",
        "The agency that acts must sign this.",
    ),
    "429": _Meaning(
        "Too many tries; Retry-After says when to try again",
        "Terlalu banyak percobaan; Retry-After menyebutkan kapan boleh mencoba lagi",
        "too-many-tries",
        "Too many tries",
        "Too many tries from here. Try again in a minute.",
    ),
    "503": _Meaning(
        "The service cannot store or check this right now; nothing is lost, try again",
        "Layanan belum dapat menyimpan atau memeriksa ini; silakan coba lagi",
        "unavailable",
        "Please try again in a moment",
        "The service cannot store or check this right now; nothing is lost, try again.",
    ),
}
_HEADERS: Mapping[str, Mapping[str, str]] = {
    "401": {"WWW-Authenticate": "WWWAuthenticate"},
    "409": {"Retry-After": "RetryAfter"},
    "429": {"Retry-After": "RetryAfter"},
    "503": {"Retry-After": "RetryAfter"},
}
# A rule of a service may refuse with any other code of the client's, such as 410.
_ANY = "4XX"


def responses(schema: Mapping[str, Any], operations: Iterable[Operation]) -> dict[str, Any]:
    """Return the components of these operations' problems, for the schema of Problem."""
    used = {code for each in operations for code in _codes(each)}
    made: dict[str, Any] = {}
    for code, meaning in _MEANINGS.items():
        if code not in used:
            continue
        example = {
            "type": f"urn:sinergi:problem:{meaning.rule}",
            "title": meaning.title,
            "status": int(code),
            "detail": meaning.detail,
            "rule": meaning.rule,
            "code": meaning.rule,
            "params": {},
        }
        answer = {
            "description": meaning.en,
            INDONESIAN: meaning.id,
            "content": {_PROBLEM: {"schema": schema, "example": example}},
        }
        headers = {
            name: {"$ref": f"#/components/headers/{component}"}
            for name, component in _HEADERS.get(code, {}).items()
        }
        made[_name(code)] = {**answer, "headers": headers} if headers else answer
    made[_name(_ANY)] = {
        "description": "Any other refusal; `rule` names it",
        INDONESIAN: "Penolakan lain; `rule` menyebutkan aturannya",
        "content": {_PROBLEM: {"schema": schema}},
    }
    return made


def references(operation: Operation) -> dict[str, Any]:
    """Return the problems that this operation may answer with."""
    return {code: {"$ref": f"#/components/responses/{_name(code)}"} for code in _codes(operation)}


def _codes(operation: Operation) -> Iterator[str]:
    command, body = operation.kind == "command", operation.body is not None or operation.table
    when = {
        "400": body,
        "401": not operation.public,
        "403": not operation.public,
        "404": "{" in operation.path or command,
        "409": command or operation.kind == "reveal",
        "412": command,
        "413": body,
        "415": body,
        "422": body or operation.parameters is not None,
        "428": operation.act is not None,
        "429": operation.public,
    }
    yield from (code for code, possible in when.items() if possible)
    yield from (_ANY, "503")


def _name(code: str) -> str:
    return f"Problem{code}"
