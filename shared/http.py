"""Routes of a service, a row each; one path for all: who asks, for what, what came of it."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar, cast
from uuid import UUID

import orjson
from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import Response

from shared import metrics, tables
from shared.cause import Cause, request_cause, request_id
from shared.committer import STATES
from shared.envelope import format_time, type_of
from shared.events.base import Value
from shared.identity import Authenticator, Identity, Role, Unauthenticated
from shared.imports import Imported, Importer, as_json
from shared.ports import Commit, Unavailable
from shared.problems import Problem, ProblemError, invalid_input
from shared.reactions import Do
from shared.requests import (
    MAX_PAGE,
    expected_sequence,
    idempotency_key,
    media_type,
    one_of,
    page_of,
    read_body,
    read_bytes,
    traceparent,
)
from shared.service import Service
from shared.stream import Refused

_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9:._-]{0,99}$")
REFERENCE = "#/components/schemas/{model}"
_JSON = "application/json"


class CommittedEvent(BaseModel):
    """One event of an answer."""

    type: str
    sequence: int
    data: dict[str, JsonValue]


class Committed(BaseModel):
    """What a command has brought about; a repeat of the request gets the same answer."""

    id: str
    stream: str
    sequence: int
    time: str
    events: list[CommittedEvent]


class Nothing(Value):
    """No body is needed."""


class Answered(BaseModel):
    """What was asked for; its fields are the asked thing's own."""

    model_config = ConfigDict(extra="allow")


class Access(NamedTuple):
    """Whom a route serves: `roles`, acting for `agency` where there is one; `public`: anybody."""

    method: str
    path: str
    roles: frozenset[Role]
    agency: str | None
    public: bool


class Page(BaseModel):
    """A page of a list; `next` is the cursor of the following one, absent on the last."""

    items: list[dict[str, JsonValue]]
    next: str | None = None


B = TypeVar("B", bound=BaseModel)


# Whoever asks without a token, where a route allows it: a citizen who can prove nothing yet.
PUBLIC = Identity("public", frozenset({Role.CITIZEN}), "urn:sinergi:citizen", "")


@dataclass(frozen=True, slots=True)
class Ask:
    """A request that may be answered: who asks, from which address, and what the path says.

    When `dry`, what is prepared will be tried and not kept: preparing it must leave no trace.
    """

    service: Service
    identity: Identity
    actor: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    request_id: UUID
    client: str = ""
    dry: bool = False

    async def state(self, stream: str) -> Any:
        """The state of one of this service's streams. Raises ProblemError 404 without one."""
        return (await self.versioned(stream))[0]

    async def versioned(self, stream: str) -> tuple[Any, int]:
        """The state and the sequence that it stands at. Raises ProblemError 404 without one."""
        state, sequence = await self.service.committer.state(stream)
        if not sequence:
            kind, _, id_ = stream.partition("/")
            raise ProblemError(
                404,
                f"unknown-{kind}",
                f"There is no {kind} {id_}.",
                f"{kind} {id_} tidak ditemukan.",
                errors=[{"field": kind, "en": "unknown", "id": "tidak dikenal"}],
            )
        return state, sequence

    async def snapshot(self, stream: str) -> Any:
        """The state of a stream that a command names; its initial state when there is none."""
        state, _ = await self.service.committer.state(stream)
        return state


class _Plain(APIRoute):
    """A route whose endpoint takes the request itself: nothing for FastAPI to inject."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        return cast(Callable[[Request], Coroutine[Any, Any, Response]], self.endpoint)


class Api:
    """Collects the routes of one service on its application's own router."""

    def __init__(self, service: Service, authenticator: Authenticator, router: APIRouter) -> None:
        self._service, self._authenticator = service, authenticator
        self._router = router
        self._router.route_class = _Plain
        self.bodies: list[type[BaseModel]] = [Problem, Committed, Page]
        self.roles: list[Access] = []

    # -- commands -------------------------------------------------------------------------------

    def command(
        self,
        method: str,
        path: str,
        body: type[B],
        roles: Iterable[Role],
        prepare: Callable[[Ask, B], Awaitable[Do]],
        summary: str,
        *,
        agency: str | None = None,
        public: bool = False,
        headers: Callable[[Commit], Mapping[str, str]] | None = None,
    ) -> None:
        """A route that commands: `prepare` says which stream is asked for what.

        With `agency`, officers must act for it. A `public` route needs no token. `headers` are
        what the answer says beside the commit.
        """
        allowed = frozenset(roles)
        route = f"{method} {path}"
        service, secret = self._service, self._service.keys.secret
        counter = metrics.commands
        seconds = metrics.command_seconds.labels(service.name)
        succeeded = counter.labels(service.name, route, "committed")

        async def answer(request: Request) -> Response:
            started = time.perf_counter()
            identity = await self._identify(request, allowed, agency, public)
            _check_path(request)
            key = idempotency_key(request)
            raw = await read_body(request)
            asked = _parsed(body, raw)
            actor = await service.actor(identity.subject)
            id_ = request_id(secret, actor, request.url.path + method, key)
            fingerprint = secret.hash(b"body", raw).hex() if key else ""
            cause = request_cause(
                id_,
                actor=actor,
                agency=identity.agency,
                fingerprint=fingerprint,
                traceparent=traceparent(request),
            )
            ask = Ask(
                service, identity, actor, request.path_params, request.query_params, id_,
                _address(request),
            )  # fmt: skip
            commit = await self._commit(ask, asked, prepare, cause, expected_sequence(request))
            succeeded.inc()
            seconds.observe(time.perf_counter() - started)
            return _committed(commit, headers(commit) if headers else {})

        self._add(method, path, allowed, answer, summary, body, agency=agency, public=public)

    async def _commit(
        self,
        ask: Ask,
        asked: B,
        prepare: Callable[[Ask, B], Awaitable[Do]],
        cause: Cause,
        expected: int | None,
    ) -> Commit:
        committer = self._service.committer
        try:
            stream, command = await prepare(ask, asked)
            new = stream.endswith(str(ask.request_id))
            commit = await committer.handle(stream, command, cause, expected=expected, new=new)
        except (Refused, ProblemError):
            # A repeat of a request that took effect gets its answer, whatever has changed since.
            first = await committer.first(cause)
            if first is None:
                raise
            commit = first
        if commit is None:
            raise Refused("nothing-to-do", "This is already so.", "Ini sudah demikian.")
        return commit

    # -- queries --------------------------------------------------------------------------------

    def query(
        self,
        path: str,
        roles: Iterable[Role],
        answer: Callable[[Ask], Awaitable[Any]],
        summary: str,
        response: type[BaseModel] | None = None,
        *,
        public: bool = False,
        files: Sequence[str] = (),
    ) -> None:
        """A route that only reads. A `public` one needs no token.

        `files` are the media types that it may answer with instead of JSON.
        """
        allowed = frozenset(roles)

        async def respond(request: Request) -> Response:
            return _answered(await answer(await self._reading(request, allowed, public)))

        self._add(
            "GET", path, allowed, respond, summary, response=response, public=public, files=files
        )

    def ask(
        self,
        path: str,
        body: type[B],
        roles: Iterable[Role],
        answer: Callable[[Ask, B], Awaitable[Any]],
        summary: str,
        *,
        public: bool = False,
    ) -> None:
        """A route that only reads, by what a body says that should be in no address."""
        allowed = frozenset(roles)

        async def respond(request: Request) -> Response:
            ask = await self._reading(request, allowed, public)
            return _answered(await answer(ask, _parsed(body, await read_body(request))))

        self._add("POST", path, allowed, respond, summary, body, Answered, public=public)

    def importable(
        self,
        kind: str,
        body: type[B],
        roles: Iterable[Role],
        prepare: Callable[[Ask, B], Awaitable[Do]],
        agency: str | None = None,
    ) -> None:
        """A route that takes a table, each row of which is a command's body."""
        allowed = frozenset(roles)
        importer = Importer(self._service, kind, body, prepare)

        async def respond(request: Request) -> Response:
            identity = await self._identify(request, allowed, agency)
            actor = await self._service.actor(identity.subject)
            raw = await read_bytes(request, tables.MAX_BYTES)
            # A large file takes a while, in which others are served.
            rows = await asyncio.to_thread(tables.read, raw, media_type(request), body)

            def ask(id_: UUID, dry: bool) -> Ask:
                client = _address(request)
                return Ask(self._service, identity, actor, {}, {}, id_, client, dry)

            done = await importer.run(
                rows,
                ask,
                dry=one_of(request, "dry_run", ("false", "true")) == "true",
                every=one_of(request, "rows", ("good", "all")) == "all",
            )
            return _answered(as_json(done))

        path, summary = f"/v1/imports/{kind}", f"Import {kind} from CSV or Excel"
        self._add("POST", path, allowed, respond, summary, None, Imported, agency=agency)
        self._describe_table(path)

    def _describe_table(self, path: str) -> None:
        route = next(r for r in self._router.routes if isinstance(r, APIRoute) and r.path == path)
        extra = route.openapi_extra or {}
        binary = {"schema": {"type": "string", "format": "binary"}}
        extra["requestBody"] = {
            "required": True,
            "content": {tables.CSV: binary, tables.XLSX: binary},
        }
        extra["parameters"] += [
            {"name": name, "in": "query", "schema": {"type": "string", "enum": list(values)}}
            for name, values in (("dry_run", ("false", "true")), ("rows", ("good", "all")))
        ]

    async def _reading(self, request: Request, allowed: frozenset[Role], public: bool) -> Ask:
        identity = await self._identify(request, allowed, None, public)
        _check_path(request)
        return Ask(
            self._service,
            identity,
            await self._service.actor(identity.subject),
            request.path_params,
            request.query_params,
            UUID(int=0),
            _address(request),
        )

    def states(
        self,
        kind: str,
        path: str,
        roles: Iterable[Role],
        show: Callable[[str, Any], dict[str, Any]] | None = None,
    ) -> None:
        """A list of all streams of a kind, and each by its id with an ETag."""
        decider = self._service.committer.decider(f"{kind}/")

        def present(stream: str, sequence: int, state: Any) -> dict[str, Any]:
            id_ = stream.partition("/")[2]
            shown = show(id_, state) if show else state.model_dump(mode="json", exclude_none=True)
            return {"id": id_, "stream": stream, "sequence": sequence, **shown}

        async def listing(ask: Ask) -> dict[str, Any]:
            limit, after = page_of(ask.query)
            rows = await ask.service.store.scan(STATES, f"{kind}/", after, limit + 1)
            items = []
            for row in rows[:limit]:
                stored = orjson.loads(row.body or b"{}")["state"]
                state = type(decider.initial).model_validate_json(orjson.dumps(stored))
                items.append(present(row.key, row.sequence, state))
            more = {"next": rows[limit - 1].key} if len(rows) > limit else {}
            return {"items": items, **more}

        async def one(ask: Ask) -> Response:
            stream = f"{kind}/{ask.path['id']}"
            state, sequence = await ask.versioned(stream)
            body = orjson.dumps(present(stream, sequence, state))
            return Response(body, headers={"etag": f'"{sequence}"'}, media_type=_JSON)

        self.query(path, roles, listing, f"List {kind} streams", Page)
        self.query(f"{path}/{{id}}", roles, one, f"One {kind}")

    # -- what all routes share ------------------------------------------------------------------

    async def _identify(
        self,
        request: Request,
        allowed: frozenset[Role],
        agency: str | None = None,
        public: bool = False,
    ) -> Identity:
        if not self._service.ready.is_set():
            raise Unavailable(f"{self._service.name} is still starting, or stopping")
        if public:
            return PUBLIC
        try:
            identity = await self._authenticator.identify(request.headers.get("authorization"))
        except Unauthenticated as error:
            raise ProblemError(
                401,
                "unauthenticated",
                str(error),
                f"Sertakan token Bearer yang sah: {error}",
                headers={"www-authenticate": 'Bearer realm="sinergi"'},
            ) from error
        if allowed.isdisjoint(identity.roles):
            needed = ", ".join(sorted(allowed))
            raise ProblemError(
                403,
                "forbidden",
                f"This needs one of the roles: {needed}.",
                f"Tindakan ini memerlukan salah satu peran: {needed}.",
            )
        if agency and identity.agency != agency and Role.CITIZEN not in identity.roles:
            raise ProblemError(
                403,
                "other-agency",
                f"Only {agency} can do this; you act for {identity.agency}.",
                f"Hanya {agency} yang dapat melakukan ini; Anda bertindak untuk {identity.agency}.",
            )
        return identity

    def _add(
        self,
        method: str,
        path: str,
        allowed: frozenset[Role],
        answer: Callable[[Request], Awaitable[Response]],
        summary: str,
        body: type[BaseModel] | None = None,
        response: type[BaseModel] | None = None,
        *,
        agency: str | None = None,
        public: bool = False,
        files: Sequence[str] = (),
    ) -> None:
        self.roles.append(Access(method, path, allowed, agency, public))
        extra: dict[str, Any] = {"security": [] if public else [{"bearer": []}]}
        extra["parameters"] = [
            {
                "name": name,
                "in": "path",
                "required": True,
                "schema": {"type": "string", "pattern": _ID.pattern},
            }
            for name in _names(path)
        ]
        content: dict[str, Any] = {}
        if body is not None:
            self.bodies.append(body)
            extra["requestBody"] = {
                "required": body is not Nothing,
                "content": {_JSON: {"schema": {"$ref": REFERENCE.format(model=body.__name__)}}},
            }
            if response is None:
                extra["parameters"] += [
                    {"name": name, "in": "header", "required": False, "schema": {"type": "string"}}
                    for name in ("Idempotency-Key", "If-Match")
                ]
                content = {"$ref": REFERENCE.format(model="Committed")}
        if response is not None:
            self.bodies.append(response)
            content = {"$ref": REFERENCE.format(model=response.__name__)}
            if response is Page:
                extra["parameters"] += [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1,
                     "maximum": MAX_PAGE, "default": 50}},
                    {"name": "after", "in": "query", "schema": {"type": "string"}},
                ]  # fmt: skip
        problem = {
            "description": "Problem",
            "content": {
                "application/problem+json": {"schema": {"$ref": REFERENCE.format(model="Problem")}}
            },
        }
        binary = {"schema": {"type": "string", "format": "binary"}}
        success = {
            "description": "Success",
            "content": {_JSON: {"schema": content}, **dict.fromkeys(files, binary)},
        }
        commits = body is not None and response is None
        codes = ["200", "201"] if commits else ["200"]
        extra["responses"] = {**dict.fromkeys(codes, success), "4XX": problem, "503": problem}
        self._router.add_api_route(
            path,
            answer,
            methods=[method],
            summary=summary,
            response_model=None,
            openapi_extra=extra,
            operation_id=f"{method.lower()}_{path.strip('/').replace('/', '_')}".translate(
                str.maketrans("-", "_", "{}")
            ),
        )

    def schemas(self) -> dict[str, Any]:
        """The OpenAPI components of all bodies."""
        models = list(dict.fromkeys(self.bodies))
        _, definitions = models_json_schema(
            [(model, "validation") for model in models], ref_template=REFERENCE
        )
        schemas: dict[str, Any] = definitions["$defs"]
        return schemas


def _names(path: str) -> Sequence[str]:
    return [part[1:-1].partition(":")[0] for part in path.split("/") if part.startswith("{")]


def _check_path(request: Request) -> None:
    """Raises ProblemError 404 for what can't be the id of anything."""
    for value in request.path_params.values():
        if not _ID.fullmatch(value):
            raise ProblemError(
                404,
                "no-such-id",
                "Nothing can have this id: letters, digits and : . _ - only, at most 100.",
                "Tidak ada data dengan id ini: hanya huruf, angka dan : . _ -, paling banyak 100.",
            )


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _parsed(body: type[B], raw: bytes) -> B:
    try:
        return body.model_validate_json(raw or b"{}")
    except ValidationError as error:
        raise invalid_input(error) from error


def _answered(found: Any) -> Response:
    return found if isinstance(found, Response) else Response(
        orjson.dumps(found), media_type=_JSON
    )  # fmt: skip


def _committed(commit: Commit, headers: Mapping[str, str]) -> Response:
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
    return Response(body, status, {"etag": f'"{commit.last}"', **headers}, _JSON)
