"""Errors as people and programs get them: RFC 9457 problem+json, in Bahasa Indonesia or English."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails
from starlette.requests import Request
from starlette.responses import Response

from shared.events.described import described
from shared.kernel.sentences import DEFAULT, Param, is_known, languages, sentence
from shared.kernel.strict_json import NotStrict

TITLED = frozenset(
    (400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 415, 422, 428, 429, 431, 501, 503)
)  # fmt: skip
# So many offending inputs are listed, with names of so many characters: whoever sends nonsense
# gets a short answer.
MOST_LISTED = 20
MOST_NAME = 100


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
    code: Annotated[
        str,
        described(
            en="the sentence that `detail` is: the rule, or <rule>:<case>",
            id="kalimat dalam `detail`: aturannya, atau <aturan>:<kasus>",
            example="programme-retired",
        ),
    ]
    params: Annotated[
        dict[str, bool | int | str | list[str]],
        described(
            en="the values that the sentence mentions",
            id="nilai yang disebut dalam kalimatnya",
            unit="1",
            example={"day": "2026-07-31"},
        ),
    ]
    errors: Annotated[
        list[FieldError] | None,
        described(en="the offending inputs", id="isian yang salah"),
    ] = None


class Offence(NamedTuple):
    """An offending input, and the sentence that says what is wrong with it."""

    field: str
    code: str
    params: Mapping[str, Param]


class ProblemError(Exception):
    """Ends a request with a problem.

    `code` and `params`, with `about`, are of the sentence that is the answer's detail; `rule` is
    what stands before the code's colon, unless it is given. `errors` are the offending inputs; a
    sentence may mention the first of them as `errors`. `more` are further members of the answer.
    """

    def __init__(
        self,
        status: int,
        code: str,
        /,
        *,
        rule: str | None = None,
        errors: Sequence[Offence] = (),
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
        about: Mapping[str, Param] = MappingProxyType({}),
        **params: Param,
    ) -> None:
        self.status, self.code, self.rule = status, code, rule or code.partition(":")[0]
        self.params: Mapping[str, Param] = {**about, **params}
        super().__init__(code, self.params)
        self.errors, self.headers, self.more = errors, headers or {}, more or {}

    def __str__(self) -> str:
        return self.detail("en")

    def detail(self, language: str) -> str:
        """Return the sentence that says what is wrong."""
        errors = "; ".join(
            f"{e.field}: {sentence(e.code, e.params, language)}" for e in self.errors[:5]
        )
        return sentence(self.code, {"errors": errors, **self.params}, language)

    def response(self, language: str) -> Response:
        status = self.status if self.status in TITLED else 400
        body: dict[str, Any] = {
            "type": f"urn:sinergi:problem:{self.rule}",
            "title": sentence(f"status.{status}", {}, language),
            "status": self.status,
            "detail": self.detail(language),
            "rule": self.rule,
            "code": self.code,
            "params": self.params,
            **self.more,
        }
        if self.errors:
            body["errors"] = [
                {"field": e.field, "detail": sentence(e.code, e.params, language)}
                for e in self.errors
            ]
        headers = {
            "content-language": language, "vary": "accept-language", **self.headers
        }  # fmt: skip
        return Response(orjson.dumps(body), self.status, headers, "application/problem+json")


def language_of(request: Request) -> str:
    """Return the first language of Accept-Language that there are sentences in; Indonesian by
    default.
    """
    for part in request.headers.get("accept-language", "").lower().split(","):
        tag = part.partition(";")[0].strip().replace("_", "-").partition("-")[0]
        if tag in languages():
            return tag
    return DEFAULT


def unknown(kind: str, id_: str) -> ProblemError:
    """Return the answer 404 to a name that nothing of this kind has."""
    errors = [Offence(kind, "field:unknown", {})]
    return ProblemError(404, "unknown:id", rule=f"unknown-{kind}", errors=errors, kind=kind, id=id_)


def _offence(error: ErrorDetails) -> Offence:
    code = f"input:{error['type']}"
    limits = {
        name: value if isinstance(value, str | int) else str(value)
        for name, value in error.get("ctx", {}).items()
    }
    return Offence(
        ".".join(map(str, error["loc"]))[:MOST_NAME] or "body",
        code if is_known(code) else "input:other",
        {**limits, "msg": error["msg"]},
    )


def invalid_input(error: ValidationError) -> ProblemError:
    """Return what pydantic found wrong with a body: 400 for broken JSON, 422 for what
    does not fit, at most MOST_LISTED inputs and how many more there are.
    """
    found = error.errors(include_url=False, include_input=False)
    if found[0]["type"] == "json_invalid":
        return ProblemError(400, "malformed-json", why=found[0]["msg"])
    errors = [_offence(each) for each in found[:MOST_LISTED]]
    if more := len(found) - len(errors):
        errors.append(Offence("body", "field:more", {"count": more}))
    return ProblemError(422, "invalid-input", errors=errors)


def not_strict(error: NotStrict) -> ProblemError:
    """Return the refusal of a body that another JSON reader would take differently."""
    return ProblemError(400, "ambiguous-json", found=error.code, about=error.params)
