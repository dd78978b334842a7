"""Routes of a service, a row each; one path for all: who asks, for what, what came of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar, cast
from uuid import UUID

import orjson
import uuid_utils
from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import BaseModel, JsonValue
from starlette.requests import Request
from starlette.responses import Response

from shared.events.acts import ActRule
from shared.eventsourcing.command_handler import MovedOn
from shared.eventsourcing.decider import C, Decider, E, S
from shared.eventsourcing.idempotency import Cause, request_cause, request_id
from shared.eventsourcing.policies import AnyDispatch
from shared.eventsourcing.refusal import Refused
from shared.eventsourcing.states import STATES, stored_state
from shared.kernel import metrics
from shared.kernel.ports import Commit, Unavailable
from shared.web import tables
from shared.web.answers import JSON, answered, committed
from shared.web.attested_requests import Acting
from shared.web.authentication import Authenticator, Identity, Role, Unauthenticated
from shared.web.bulk_import import Imported, Importer, as_json
from shared.web.openapi import operation
from shared.web.parsing import (
    check_path,
    expected_sequence,
    idempotency_key,
    media_type,
    one_of,
    page_of,
    parsed,
    read_body,
    read_bytes,
    traceparent,
)
from shared.web.problems import ProblemError
from shared.web.request_context import PUBLIC, RequestContext, asking
from shared.web.resources import Resources
from shared.web.responses import Answered, Page

_DRY_RUN, _ROWS = ("false", "true"), ("good", "all")
_TRIES = 5


class Access(NamedTuple):
    """Whom a route serves: `roles`, acting for `agency` where there is one; `public`: anybody."""

    method: str
    path: str
    roles: frozenset[Role]
    agency: str | None
    public: bool


B = TypeVar("B", bound=BaseModel)


class _Plain(APIRoute):
    """A route whose endpoint takes the request itself: nothing for FastAPI to inject."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        return cast(Callable[[Request], Coroutine[Any, Any, Response]], self.endpoint)


class Api:
    """Collects the routes of one service on its application's own router."""

    def __init__(self, service: Resources, authenticator: Authenticator, router: APIRouter) -> None:
        self._service, self._authenticator = service, authenticator
        self._router = router
        self._router.route_class = _Plain
        self.bodies: list[type[BaseModel]] = []
        self.roles: list[Access] = []

    # -- commands -------------------------------------------------------------------------------

    def command(
        self,
        method: str,
        path: str,
        body: type[B],
        roles: Iterable[Role],
        prepare: Callable[[RequestContext, B], Awaitable[AnyDispatch]],
        summary: str,
        *,
        agency: str | None = None,
        public: bool = False,
        headers: Callable[[Commit], Mapping[str, str]] | None = None,
        then: Callable[[Commit], Awaitable[None]] | None = None,
        act: ActRule | None = None,
    ) -> None:
        """A route that commands: `prepare` says which stream is asked for what.

        With `agency`, officers must act for it. A `public` route needs no token. `headers` are
        what the answer says beside the commit. `then` is done before the answer, of a repeated
        request too. An `act` must be signed by the agency for which somebody asks.
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
            check_path(request)
            key = idempotency_key(request)
            raw = await read_body(request)
            asked = parsed(body, raw)
            actor = await service.pseudonyms.name(identity.subject)
            id_ = request_id(secret, actor, request.url.path + method, key)
            fingerprint = secret.hash(b"body", key.encode(), raw).hex() if key else ""
            cause = request_cause(
                id_,
                actor=actor,
                agency=identity.agency,
                fingerprint=fingerprint,
                traceparent=traceparent(request),
            )
            ask = asking(service, request, identity, actor, id_)
            acting = Acting(service, act, request, identity, raw) if act else None
            expected = expected_sequence(request)
            commit = await self._commit(ask, asked, prepare, cause, expected, acting)
            if then:
                await then(commit)
            succeeded.inc()
            seconds.observe(time.perf_counter() - started)
            return committed(commit, headers(commit) if headers else {})

        self._add(
            Access(method, path, allowed, agency, public), answer, summary, body=body, act=act
        )

    async def _commit(
        self,
        ask: RequestContext,
        asked: B,
        prepare: Callable[[RequestContext, B], Awaitable[AnyDispatch]],
        cause: Cause,
        expected: int | None,
        acting: Acting | None,
    ) -> Commit:
        command_handler = self._service.command_handler
        try:
            commit = await self._prepared(ask, asked, prepare, cause, expected, acting)
        except (Refused, ProblemError):
            # A repeat of a request that took effect gets its answer, whatever has changed since.
            first = await command_handler.first(cause)
            if first is None:
                raise
            commit = first
        if commit is None:
            raise Refused("nothing-to-do")
        return commit

    async def _prepared(
        self,
        ask: RequestContext,
        asked: B,
        prepare: Callable[[RequestContext, B], Awaitable[AnyDispatch]],
        cause: Cause,
        expected: int | None,
        acting: Acting | None,
    ) -> Commit | None:
        """What is bound to its place is prepared anew when others were faster, unless the client
        minds."""
        tries = _TRIES if expected is None else 1
        while True:
            tries -= 1
            dispatch = await prepare(ask, asked)
            stream, bound = dispatch.stream, dispatch.expected
            if acting is not None:
                head = await self._service.command_handler.head(stream)
                cause, bound = acting.signed(str(stream), head, cause)
            wanted = bound if expected is None else expected
            try:
                if bound is not None and expected is not None and bound != expected:
                    raise MovedOn(expected, bound)
                return await self._service.command_handler.handle(
                    stream,
                    dispatch.command,
                    cause,
                    expected=wanted,
                    new=stream.id.endswith(str(ask.request_id)),
                )
            except MovedOn:
                if not tries:
                    raise

    # -- queries --------------------------------------------------------------------------------

    def query(
        self,
        path: str,
        roles: Iterable[Role],
        answer: Callable[[RequestContext], Awaitable[Any]],
        summary: str,
        response: type[BaseModel] | None = None,
        *,
        public: bool = False,
        files: Sequence[str] = (),
        numbers: Sequence[str] = (),
    ) -> None:
        """A route that only reads. A `public` one needs no token.

        `files` are the media types that it may answer with instead of JSON, `numbers` the
        parameters that are counted.
        """
        allowed = frozenset(roles)

        async def respond(request: Request) -> Response:
            return answered(await answer(await self._reading(request, allowed, public)))

        access = Access("GET", path, allowed, None, public)
        self._add(access, respond, summary, response=response, files=files, numbers=numbers)

    def ask(
        self,
        path: str,
        body: type[B],
        roles: Iterable[Role],
        answer: Callable[[RequestContext, B], Awaitable[Any]],
        summary: str,
        response: type[BaseModel] = Answered,
        *,
        public: bool = False,
    ) -> None:
        """A route that only reads, by what a body says that should be in no address."""
        allowed = frozenset(roles)

        async def respond(request: Request) -> Response:
            ask = await self._reading(request, allowed, public)
            return answered(await answer(ask, parsed(body, await read_body(request))))

        access = Access("POST", path, allowed, None, public)
        self._add(access, respond, summary, body=body, response=response)

    def reveal(
        self,
        path: str,
        body: type[B],
        roles: Iterable[Role],
        prepare: Callable[[RequestContext, B], Awaitable[AnyDispatch]],
        answer: Callable[[RequestContext, B, Commit], Awaitable[Any]],
        summary: str,
        response: type[BaseModel] = Answered,
        *,
        agency: str | None = None,
        public: bool = False,
    ) -> None:
        """A route that answers what nobody may read unrecorded.

        `answer` is asked only when the commit that `prepare` leads to is durable. Every request is
        a commit of its own, whatever its Idempotency-Key.
        """
        allowed = frozenset(roles)

        async def respond(request: Request) -> Response:
            ask = await self._reading(request, allowed, public, agency)
            asked = parsed(body, await read_body(request))
            id_ = UUID(bytes=uuid_utils.uuid7().bytes)
            cause = request_cause(
                id_,
                actor=ask.actor,
                agency=ask.identity.agency,
                traceparent=traceparent(request),
            )
            commit = await self._commit(ask, asked, prepare, cause, None, None)
            return answered(await answer(ask, asked, commit))

        access = Access("POST", path, allowed, agency, public)
        self._add(access, respond, summary, body=body, response=response)

    def importable(
        self,
        kind: str,
        body: type[B],
        roles: Iterable[Role],
        prepare: Callable[[RequestContext, B], Awaitable[AnyDispatch]],
        agency: str | None = None,
    ) -> None:
        """A route that takes a table, each row of which is a command's body."""
        allowed = frozenset(roles)
        importer = Importer(self._service, kind, body, prepare)

        async def respond(request: Request) -> Response:
            identity = await self._identify(request, allowed, agency)
            actor = await self._service.pseudonyms.name(identity.subject)
            raw = await read_bytes(request, tables.MAX_BYTES)
            # A large file takes a while, in which others are served.
            rows = await asyncio.to_thread(tables.read, raw, media_type(request), body)

            def ask(id_: UUID, dry: bool) -> RequestContext:
                return asking(self._service, request, identity, actor, id_, dry)

            done = await importer.run(
                rows,
                ask,
                dry=one_of(request, "dry_run", _DRY_RUN) == "true",
                every=one_of(request, "rows", _ROWS) == "all",
            )
            return answered(as_json(done))

        access = Access("POST", f"/v1/imports/{kind}", allowed, agency, public=False)
        summary = f"Import {kind} from CSV or Excel"
        query = {"dry_run": _DRY_RUN, "rows": _ROWS}.items()
        self._add(access, respond, summary, response=Imported, query=query, table=True)

    async def _reading(
        self,
        request: Request,
        allowed: frozenset[Role],
        public: bool,
        agency: str | None = None,
    ) -> RequestContext:
        identity = await self._identify(request, allowed, agency, public)
        check_path(request)
        actor = await self._service.pseudonyms.name(identity.subject)
        return asking(self._service, request, identity, actor, UUID(int=0))

    def states(
        self,
        decider: Decider[S, C, E],
        path: str,
        roles: Iterable[Role],
        show: Callable[[str, S], dict[str, JsonValue]] | None = None,
    ) -> None:
        """A list of all streams of a kind, and each by its id with an ETag."""
        kind = decider.kind

        def present(id_: str, sequence: int, state: S) -> dict[str, JsonValue]:
            shown = show(id_, state) if show else state.model_dump(mode="json", exclude_none=True)
            return {"id": id_, "stream": f"{kind}/{id_}", "sequence": sequence, **shown}

        async def listing(ask: RequestContext) -> dict[str, Any]:
            limit, after = page_of(ask.query)
            rows = await ask.service.store.scan(STATES, f"{kind}/", after, limit + 1)
            items = [
                present(row.key.partition("/")[2], row.sequence, stored_state(decider.initial, row))
                for row in rows[:limit]
            ]
            more = {"next": rows[limit - 1].key} if len(rows) > limit else {}
            return {"items": items, **more}

        async def one(ask: RequestContext) -> Response:
            stream = decider.stream(ask.path["id"])
            state, sequence = await ask.versioned(stream)
            body = orjson.dumps(present(stream.id, sequence, state))
            return Response(body, headers={"etag": f'"{sequence}"'}, media_type=JSON)

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
        if not self._service.ready():
            raise Unavailable(f"{self._service.name} is still starting, or stopping")
        if public:
            return PUBLIC
        try:
            identity = await self._authenticator.identify(request.headers.get("authorization"))
        except Unauthenticated as error:
            raise ProblemError(
                401,
                "unauthenticated",
                headers={"www-authenticate": 'Bearer realm="sinergi"'},
                why=str(error),
            ) from error
        return identity.narrowed(allowed, agency)

    def _add(
        self,
        access: Access,
        answer: Callable[[Request], Awaitable[Response]],
        summary: str,
        *,
        body: type[BaseModel] | None = None,
        response: type[BaseModel] | None = None,
        **described: Any,
    ) -> None:
        self.roles.append(access)
        self.bodies += [model for model in (body, response) if model is not None]
        method, path = access.method, access.path
        self._router.add_api_route(
            path,
            answer,
            methods=[method],
            summary=summary,
            response_model=None,
            openapi_extra=operation(
                path, body=body, response=response, public=access.public, **described
            ),
            operation_id=f"{method.lower()}_{path.strip('/').replace('/', '_')}".translate(
                str.maketrans("-", "_", "{}")
            ),
        )
