"""Routes of a service, a row each; one path for all: who asks, for what, what came of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar, cast
from uuid import UUID

import orjson
import uuid_utils
from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from shared import metrics, strict_json, tables
from shared.acting import Acting
from shared.bodies import Answered, Page
from shared.cause import Cause, request_cause, request_id
from shared.committer import STATES, MovedOn
from shared.envelope import format_time, type_of
from shared.events.acts import ActRule
from shared.identity import Authenticator, Identity, Role, Unauthenticated
from shared.imports import Imported, Importer, as_json
from shared.openapi import ID, operation
from shared.ports import Commit, Unavailable
from shared.problems import ProblemError, invalid_input, not_strict
from shared.reactions import Do
from shared.requests import (
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

_DRY_RUN, _ROWS = ("false", "true"), ("good", "all")
_JSON = "application/json"
_TRIES = 5


class Access(NamedTuple):
    """Whom a route serves: `roles`, acting for `agency` where there is one; `public`: anybody."""

    method: str
    path: str
    roles: frozenset[Role]
    agency: str | None
    public: bool


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
        self.bodies: list[type[BaseModel]] = []
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
            _check_path(request)
            key = idempotency_key(request)
            raw = await read_body(request)
            asked = _parsed(body, raw)
            actor = await service.actors.name(identity.subject)
            id_ = request_id(secret, actor, request.url.path + method, key)
            fingerprint = secret.hash(b"body", key.encode(), raw).hex() if key else ""
            cause = request_cause(
                id_,
                actor=actor,
                agency=identity.agency,
                fingerprint=fingerprint,
                traceparent=traceparent(request),
            )
            ask = _asking(service, request, identity, actor, id_)
            acting = Acting(service, act, request, identity, raw) if act else None
            expected = expected_sequence(request)
            commit = await self._commit(ask, asked, prepare, cause, expected, acting)
            if then:
                await then(commit)
            succeeded.inc()
            seconds.observe(time.perf_counter() - started)
            return _committed(commit, headers(commit) if headers else {})

        self._add(
            Access(method, path, allowed, agency, public), answer, summary, body=body, act=act
        )

    async def _commit(
        self,
        ask: Ask,
        asked: B,
        prepare: Callable[[Ask, B], Awaitable[Do]],
        cause: Cause,
        expected: int | None,
        acting: Acting | None,
    ) -> Commit:
        committer = self._service.committer
        try:
            commit = await self._prepared(ask, asked, prepare, cause, expected, acting)
        except (Refused, ProblemError):
            # A repeat of a request that took effect gets its answer, whatever has changed since.
            first = await committer.first(cause)
            if first is None:
                raise
            commit = first
        if commit is None:
            raise Refused("nothing-to-do", "This is already so.", "Ini sudah demikian.")
        return commit

    async def _prepared(
        self,
        ask: Ask,
        asked: B,
        prepare: Callable[[Ask, B], Awaitable[Do]],
        cause: Cause,
        expected: int | None,
        acting: Acting | None,
    ) -> Commit | None:
        """What is bound to its place is prepared anew when others were faster, unless the client
        minds."""
        tries = _TRIES if expected is None else 1
        while True:
            tries -= 1
            stream, command, bound = await prepare(ask, asked)
            if acting is not None:
                head = await self._service.committer.head(stream)
                cause, bound = acting.signed(stream, head, cause)
            wanted = bound if expected is None else expected
            try:
                if bound is not None and expected is not None and bound != expected:
                    raise MovedOn(expected, bound)
                return await self._service.committer.handle(
                    stream,
                    command,
                    cause,
                    expected=wanted,
                    new=stream.endswith(str(ask.request_id)),
                )
            except MovedOn:
                if not tries:
                    raise

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
        numbers: Sequence[str] = (),
    ) -> None:
        """A route that only reads. A `public` one needs no token.

        `files` are the media types that it may answer with instead of JSON, `numbers` the
        parameters that are counted.
        """
        allowed = frozenset(roles)

        async def respond(request: Request) -> Response:
            return _answered(await answer(await self._reading(request, allowed, public)))

        access = Access("GET", path, allowed, None, public)
        self._add(access, respond, summary, response=response, files=files, numbers=numbers)

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

        access = Access("POST", path, allowed, None, public)
        self._add(access, respond, summary, body=body, response=Answered)

    def reveal(
        self,
        path: str,
        body: type[B],
        roles: Iterable[Role],
        prepare: Callable[[Ask, B], Awaitable[Do]],
        answer: Callable[[Ask, B, Commit], Awaitable[Any]],
        summary: str,
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
            asked = _parsed(body, await read_body(request))
            id_ = UUID(bytes=uuid_utils.uuid7().bytes)
            cause = request_cause(
                id_,
                actor=ask.actor,
                agency=ask.identity.agency,
                traceparent=traceparent(request),
            )
            commit = await self._commit(ask, asked, prepare, cause, None, None)
            return _answered(await answer(ask, asked, commit))

        access = Access("POST", path, allowed, agency, public)
        self._add(access, respond, summary, body=body, response=Answered)

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
            actor = await self._service.actors.name(identity.subject)
            raw = await read_bytes(request, tables.MAX_BYTES)
            # A large file takes a while, in which others are served.
            rows = await asyncio.to_thread(tables.read, raw, media_type(request), body)

            def ask(id_: UUID, dry: bool) -> Ask:
                return _asking(self._service, request, identity, actor, id_, dry)

            done = await importer.run(
                rows,
                ask,
                dry=one_of(request, "dry_run", _DRY_RUN) == "true",
                every=one_of(request, "rows", _ROWS) == "all",
            )
            return _answered(as_json(done))

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
    ) -> Ask:
        identity = await self._identify(request, allowed, agency, public)
        _check_path(request)
        actor = await self._service.actors.name(identity.subject)
        return _asking(self._service, request, identity, actor, UUID(int=0))

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


def _check_path(request: Request) -> None:
    """Raises ProblemError 404 for what can't be the id of anything."""
    for value in request.path_params.values():
        if not ID.fullmatch(value):
            raise ProblemError(
                404,
                "no-such-id",
                "Nothing can have this id: letters, digits and : . _ - only, at most 100.",
                "Tidak ada data dengan id ini: hanya huruf, angka dan : . _ -, paling banyak 100.",
            )


def _asking(
    service: Service, request: Request, identity: Identity, actor: str, id_: UUID, dry: bool = False
) -> Ask:
    client = request.client.host if request.client else ""
    path, query = request.path_params, request.query_params
    return Ask(service, identity, actor, path, query, id_, client, dry)


def _parsed(body: type[B], raw: bytes) -> B:
    raw = raw or b"{}"
    try:
        asked = body.model_validate_json(raw)
        strict_json.loads(raw)
    except ValidationError as error:
        raise invalid_input(error) from error
    except strict_json.NotStrict as error:
        raise not_strict(error) from error
    return asked


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
