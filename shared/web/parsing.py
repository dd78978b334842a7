"""Parsing of requests: size and type of the body, keys, cursors."""

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request

from shared.kernel import strict_json
from shared.web.problems import Offence, ProblemError, invalid_input, not_strict

# What can be the id of anything, in a path.
ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9:._-]{0,99}$")
MAX_BODY = 1024 * 1024
# What anybody may send without a token, for a form of a few fields.
MAX_PUBLIC_BODY = 64 * 1024
# Twice what the largest form has. Each may be wrong, and finding out is work.
MAX_VALUES = 5_000
MAX_PAGE = 200
_JSON = "application/json"


def _is_number(text: str, most: int) -> bool:
    """Return whether it is digits, and of those not so many that reading them is work."""
    return text.isascii() and text.isdigit() and len(text) <= most


def page_of(query: Mapping[str, str]) -> tuple[int, str]:
    """Return the limit and cursor of a list. Raises ProblemError 422."""
    text = query.get("limit", "50")
    if not (_is_number(text, 6) and 1 <= int(text) <= MAX_PAGE):
        raise ProblemError(
            422,
            "invalid-input:limit",
            errors=[Offence("limit", "field:number", {"least": 1, "most": MAX_PAGE})],
            most=MAX_PAGE,
        )
    return int(text), query.get("after", "")


def number(query: Mapping[str, str], name: str, default: int | None, most: int) -> int:
    """Return the query's number, the default where it is absent. Raises ProblemError 422."""
    text = query.get(name)
    if text is None and default is not None:
        return default
    if text is None or not _is_number(text, 16) or int(text) > most:
        raise ProblemError(
            422,
            "invalid-input:number",
            errors=[Offence(name, "field:number", {"least": 0, "most": most})],
            name=name,
            most=most,
        )
    return int(text)


def media_type(request: Request) -> str:
    """Return what the body is said to be; JSON where nothing is said."""
    return request.headers.get("content-type", _JSON).partition(";")[0].strip().lower()


async def read_body(request: Request, public: bool = False) -> bytes:
    """Return the JSON body, at most 1 MiB, or 64 KiB where it is public.

    Raises ProblemError 413 and 415.
    """
    if media_type(request) != _JSON:
        raise ProblemError(415, "content-type")
    return await read_bytes(request, MAX_PUBLIC_BODY if public else MAX_BODY)


async def read_bytes(request: Request, most: int) -> bytes:
    """Return the body, of at most so many bytes. Raises ProblemError 413."""
    length = request.headers.get("content-length", "")
    if _is_number(length, 16) and int(length) > most:
        raise ProblemError(413, "too-large:body", most=most)
    raw = bytearray()
    try:
        async for chunk in request.stream():
            raw += chunk
            if len(raw) > most:
                raise ProblemError(413, "too-large:body", most=most)
    except ClientDisconnect as error:
        raise ProblemError(400, "disconnected") from error
    return bytes(raw)


def one_of(request: Request, name: str, values: Sequence[str]) -> str:
    """Return the query's value, the first one where it is absent. Raises ProblemError 422."""
    value = request.query_params.get(name, values[0])
    if value not in values:
        raise ProblemError(
            422,
            "invalid-input:choice",
            errors=[Offence(name, "field:choices", {"choices": list(values)})],
            name=name,
            choices=list(values),
        )
    return value


def idempotency_key(request: Request) -> str | None:
    """Return the client's Idempotency-Key. Raises ProblemError 400."""
    key = request.headers.get("idempotency-key")
    if key is not None and not (0 < len(key) <= 255 and key.isascii() and key.isprintable()):
        raise ProblemError(400, "idempotency-key")
    return key


def expected_sequence(request: Request) -> int | None:
    """Return the sequence that If-Match demands. Raises ProblemError 400."""
    tag = request.headers.get("if-match")
    if tag is None or tag == "*":
        return None
    number = tag.removeprefix("W/").strip('"')
    if not _is_number(number, 18):
        raise ProblemError(400, "if-match")
    return int(number)


def traceparent(request: Request) -> str | None:
    """W3C trace context, when it has its one form."""
    value = request.headers.get("traceparent")
    return value if value and len(value) == 55 and value.isascii() and value.isprintable() else None


def check_path(request: Request) -> None:
    """Raise ProblemError 404 for what can't be the id of anything."""
    for value in request.path_params.values():
        if not ID.fullmatch(value):
            raise ProblemError(404, "no-such-id")


B = TypeVar("B", bound=BaseModel)


def parsed(body: type[B], raw: bytes) -> B:
    """Return the body as this model. Raises ProblemError 400 and 422."""
    raw = raw or b"{}"
    if len(raw) > MAX_VALUES and sum(map(raw.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise ProblemError(413, "too-large:values", most=MAX_VALUES)
    try:
        strict_json.check_depth(raw)
        asked = body.model_validate_json(raw)
        strict_json.loads(raw)
    except ValidationError as error:
        raise invalid_input(error) from error
    except strict_json.NotStrict as error:
        raise not_strict(error) from error
    return asked
