"""Routes of a service, a row each; one path for all: who asks, for what, what came of it."""

import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from uuid import UUID

import orjson
from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import BaseModel, JsonValue, ValidationError
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import Response

from shared import metrics
from shared.cause import Cause, request_cause, request_id
from shared.committer import STATES
from shared.envelope import format_time, type_of
from shared.events.base import Value
from shared.identity import Authenticator, Identity, Role, Unauthenticated
from shared.ports import Commit, Unavailable
from shared.problems import Problem, ProblemError, invalid_input
from shared.reactions import Do
from shared.requests import (
    MAX_PAGE,
    expected_sequence,
    idempotency_key,
    page_of,
    read_body,
    traceparent,
)
from shared.service import Service
from shared.stream import Refused

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


class Page(BaseModel):
    """A page of a list; `next` is the cursor of the following one, absent on the last."""

    items: list[dict[str, JsonValue]]
    next: str | None = None


B = TypeVar("B", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Ask:
    """A request that may be answered: who asks, and what the address says."""

    service: Service
    identity: Identity
    actor: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    request_id: UUID

    async def state(self, stream: str) -> Any:
        """The state of one of this service's streams. Raises ProblemError 404 without one."""
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
        return state

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
        self.roles: list[tuple[str, str, frozenset[Role]]] = []

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
    ) -> None:
        """A route that commands: `prepare` says which stream is asked for what.

        With `agency`, officers must act for it.
        """
        allowed = frozenset(roles)
        route = f"{method} {path}"
        service, secret = self._service, self._service.keys.secret
        counter = metrics.commands
        seconds = metrics.command_seconds.labels(service.name)
        succeeded = counter.labels(service.name, route, "committed")

        async def answer(request: Request) -> Response:
            started = time.perf_counter()
            identity = await self._identify(request, allowed, agency)
            key = idempotency_key(request)
            raw = await read_body(request)
            try:
                asked = body.model_validate_json(raw or b"{}")
            except ValidationError as error:
                raise invalid_input(error) from error
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
            ask = Ask(service, identity, actor, request.path_params, request.query_params, id_)
            commit = await self._commit(ask, asked, prepare, cause, expected_sequence(request))
            succeeded.inc()
            seconds.observe(time.perf_counter() - started)
            return _committed(commit)

        self._add(method, path, allowed, answer, summary, body)

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
    ) -> None:
        """A route that only reads."""
        allowed = frozenset(roles)

        async def respond(request: Request) -> Response:
            identity = await self._identify(request, allowed)
            ask = Ask(
                self._service,
                identity,
                await self._service.actor(identity.subject),
                request.path_params,
                request.query_params,
                UUID(int=0),
            )
            found = await answer(ask)
            return found if isinstance(found, Response) else Response(
                orjson.dumps(found), media_type=_JSON
            )  # fmt: skip

        self._add("GET", path, allowed, respond, summary, response=response)

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
            state = await ask.state(stream)
            _, sequence = await ask.service.committer.state(stream)
            body = orjson.dumps(present(stream, sequence, state))
            return Response(body, headers={"etag": f'"{sequence}"'}, media_type=_JSON)

        self.query(path, roles, listing, f"List {kind} streams", Page)
        self.query(f"{path}/{{id}}", roles, one, f"One {kind}")

    # -- what all routes share ------------------------------------------------------------------

    async def _identify(
        self, request: Request, allowed: frozenset[Role], agency: str | None = None
    ) -> Identity:
        if not self._service.ready.is_set():
            raise Unavailable(f"{self._service.name} is still starting, or stopping")
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
    ) -> None:
        self.roles.append((method, path, allowed))
        extra: dict[str, Any] = {"security": [{"bearer": []}]}
        extra["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in _names(path)
        ]
        content: dict[str, Any] = {}
        if body is not None:
            self.bodies.append(body)
            extra["requestBody"] = {
                "required": body is not Nothing,
                "content": {_JSON: {"schema": {"$ref": REFERENCE.format(model=body.__name__)}}},
            }
            extra["parameters"] += [
                {"name": name, "in": "header", "required": False, "schema": {"type": "string"}}
                for name in ("Idempotency-Key", "If-Match")
            ]
            content = {"$ref": REFERENCE.format(model="Committed")}
        elif response is not None:
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
        success = {"description": "Success", "content": {_JSON: {"schema": content}}}
        codes = ["200", "201"] if body is not None else ["200"]
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


def _committed(commit: Commit) -> Response:
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
    return Response(body, status, {"etag": f'"{commit.last}"'}, _JSON)
