"""Errors as people and programs get them: RFC 9457 problem+json, in Bahasa Indonesia or English."""

from collections.abc import Mapping
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails
from starlette.requests import Request
from starlette.responses import Response

from shared.events.described import described
from shared.kernel.strict_json import NotStrict

_TITLES = {
    400: ("The request is malformed", "Permintaan tidak dapat dibaca"),
    401: ("Please sign in", "Silakan masuk terlebih dahulu"),
    403: ("You may not do this", "Anda tidak berwenang melakukan ini"),
    404: ("There is no such thing", "Data tidak ditemukan"),
    405: ("This address does not know that method", "Metode tidak dikenal di alamat ini"),
    409: ("The present state does not allow this", "Keadaan saat ini tidak mengizinkannya"),
    410: ("This was erased", "Data ini sudah dihapus"),
    412: ("This has changed meanwhile", "Data sudah berubah"),
    413: ("The request is too large", "Permintaan terlalu besar"),
    415: ("This kind of content is not understood", "Jenis isi ini tidak dapat dibaca"),
    422: ("The input does not fit", "Isian tidak sesuai"),
    428: ("The agency must sign this", "Instansi harus menandatangani ini"),
    429: ("Too many tries", "Terlalu banyak percobaan"),
    503: ("Please try again in a moment", "Silakan coba sebentar lagi"),
}


class FieldError(BaseModel):
    """One offending input."""

    field: Annotated[
        str, described(en="the field's path", id="letak isian", example="entry.max_age")
    ]
    detail: Annotated[
        str, described(en="what it must be", id="seharusnya", example="from 17 to 100")
    ]


class Problem(BaseModel):
    """RFC 9457 problem details, with the rule that refused and the offending fields."""

    model_config = ConfigDict(json_schema_extra={"additionalProperties": True})

    type: Annotated[
        str,
        described(
            en="urn:sinergi:problem:<rule>",
            id="urn:sinergi:problem:<aturan>",
            example="urn:sinergi:problem:programme-retired",
        ),
    ]
    title: Annotated[
        str,
        described(
            en="the kind of problem, in the language that was asked for",
            id="jenis masalah, dalam bahasa yang diminta",
            example="The present state does not allow this",
        ),
    ]
    status: Annotated[int, described(en="the HTTP status", id="status HTTP", unit="1", example=409)]
    detail: Annotated[
        str,
        described(
            en="what is wrong and how to go on, in the language that was asked for",
            id="apa yang salah dan langkah selanjutnya, dalam bahasa yang diminta",
            example="This programme is retired.",
        ),
    ]
    rule: Annotated[
        str,
        described(
            en="the rule that refused: stable, for programs",
            id="aturan yang menolak: tetap, untuk program",
            example="programme-retired",
        ),
    ]
    errors: Annotated[
        list[FieldError] | None,
        described(en="the offending inputs", id="isian yang salah"),
    ] = None


class ProblemError(Exception):
    """Ends a request with a problem.

    `errors` are the offending inputs: field, en, id; `more` are further members of the answer.
    """

    def __init__(
        self,
        status: int,
        rule: str,
        en: str,
        id: str,
        *,
        errors: list[dict[str, str]] | None = None,
        headers: dict[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(en)
        self.status, self.rule, self.en, self.id = status, rule, en, id
        self.errors, self.headers, self.more = errors or [], headers or {}, more or {}

    def response(self, language: str) -> Response:
        titles = _TITLES.get(self.status, _TITLES[400])
        english = language == "en"
        body: dict[str, Any] = {
            "type": f"urn:sinergi:problem:{self.rule}",
            "title": titles[0] if english else titles[1],
            "status": self.status,
            "detail": self.en if english else self.id,
            "rule": self.rule,
            **self.more,
        }
        if self.errors:
            body["errors"] = [
                {"field": e["field"], "detail": e["en"] if english else e["id"]}
                for e in self.errors
            ]
        headers = {
            "content-language": language, "vary": "accept-language", **self.headers
        }  # fmt: skip
        return Response(orjson.dumps(body), self.status, headers, "application/problem+json")


def language_of(request: Request) -> str:
    """ "en" or "id": the first of them that Accept-Language names, Indonesian by default."""
    for part in request.headers.get("accept-language", "").lower().split(","):
        tag = part.strip()[:2]
        if tag in ("en", "id"):
            return tag
    return "id"


# What pydantic says of the kinds of mistakes that people make, in Indonesian.
_INDONESIAN = {
    "missing": "wajib diisi",
    "extra_forbidden": "isian ini tidak dikenal",
    "string_type": "harus berupa teks",
    "string_too_short": "tidak boleh kosong",
    "string_too_long": "paling panjang {max_length} karakter",
    "string_pattern_mismatch": "bentuknya tidak sesuai",
    "int_type": "harus berupa bilangan bulat",
    "bool_type": "harus true atau false",
    "greater_than_equal": "paling sedikit {ge}",
    "less_than_equal": "paling banyak {le}",
    "literal_error": "harus salah satu dari {expected}",
    "too_long": "paling banyak {max_length} baris",
    "tuple_type": "harus berupa daftar",
    "date_from_datetime_parsing": "harus tanggal, ditulis YYYY-MM-DD",
    "model_type": "harus berupa objek JSON",
    "model_attributes_type": "harus berupa objek JSON",
}


def _indonesian(error: ErrorDetails) -> str:
    text = _INDONESIAN.get(error["type"])
    if text is None:
        return f"tidak sesuai ({error['msg']})"
    return text.format_map(error.get("ctx", {}))


def invalid_input(error: ValidationError) -> ProblemError:
    """What pydantic found wrong with a body: 400 for broken JSON, 422 for what does not fit."""
    found = error.errors(include_url=False, include_input=False)
    if found[0]["type"] == "json_invalid":
        return ProblemError(
            400,
            "malformed-json",
            f"The body is not valid JSON: {found[0]['msg']}",
            f"Isi permintaan bukan JSON yang sah: {found[0]['msg']}",
        )
    errors = [
        {
            "field": ".".join(map(str, each["loc"])) or "body",
            "en": each["msg"],
            "id": _indonesian(each),
        }
        for each in found
    ]
    return ProblemError(
        422,
        "invalid-input",
        "Please correct: " + "; ".join(f"{e['field']}: {e['en']}" for e in errors[:5]),
        "Mohon perbaiki: " + "; ".join(f"{e['field']}: {e['id']}" for e in errors[:5]),
        errors=errors,
    )


def not_strict(error: NotStrict) -> ProblemError:
    """A body that another reader would take differently: refused, so that all tell the same."""
    return ProblemError(
        400,
        "ambiguous-json",
        f"Not every reader would take this body alike: {error.en}.",
        f"Isi permintaan dapat dibaca berbeda-beda: {error.id}.",
    )
