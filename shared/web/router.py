"""Routes of a service, a row each; one path for all: who asks, for what, what came of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Annotated, Literal, TypeVar
from uuid import UUID

import uuid_utils
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from shared.events.acts import ActRule
from shared.events.described import described
from shared.eventsourcing.idempotency import Cause, request_cause, request_id
from shared.eventsourcing.policies import AnyDispatch
from shared.eventsourcing.refusal import MovedOn, Refused
from shared.kernel import metrics
from shared.kernel.ports import Commit
from shared.web import tables
from shared.web.answers import answering, committed
from shared.web.attested_requests import Acting
from shared.web.authentication import Role
from shared.web.bulk_import import Imported, Importer
from shared.web.operation import Operation, tag_of, told
from shared.web.parsing import (
    check_path,
    expected_sequence,
    idempotency_key,
    media_type,
    one_of,
    parsed,
    read_body,
    read_bytes,
    traceparent,
)
from shared.web.problems import ProblemError
from shared.web.read_routes import ReadRoutes
from shared.web.request_context import RequestContext, asking
from shared.web.responses import Committed
from shared.web.routing import Access

_DRY_RUN, _ROWS = ("false", "true"), ("good", "all")
_TRIES = 5

B = TypeVar("B", bound=BaseModel)
R = TypeVar("R")


class ImportQuery(BaseModel):
    """The parameters of an import of a table."""

    dry_run: Annotated[
        Literal["false", "true"],
        described(
            en="`true`: try all rows and store none",
            id="`true`: coba semua baris, tidak ada yang disimpan",
        ),
    ] = "false"
    rows: Annotated[
        Literal["good", "all"],
        described(
            en="`good`: store the rows that can be; `all`: all or none",
            id="`good`: simpan baris yang benar; `all`: semua atau tidak sama sekali",
        ),
    ] = "good"


class Api(ReadRoutes):
    """Collects the routes of one service on its application's own router."""

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
        description: str = "",
        indonesian: str = "",
        tag: str = "",
    ) -> None:
        """Add a route that commands: `prepare` says which stream is asked for what.

        With `agency`, officers must act for it. A `public` route needs no token. `headers` are
        what the answer says beside the commit. `then` is done before the answer, of a repeated
        request too. An `act` must be signed by the agency for which somebody asks.

        `description` and `indonesian` tell people what it does; the first is the docstring of
        `prepare`, or of the body, unless given. The `tag` is the room of the path unless given.
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
            raw = await read_body(request, public)
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
            Access(method, path, allowed, agency, public),
            answer,
            Operation(
                method=method,
                path=path,
                summary=summary,
                tag=tag or tag_of(path),
                kind="command",
                description=told(description, prepare, body),
                indonesian=indonesian,
                body=body,
                answer=Committed,
                public=public,
                act=act,
            ),
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
        """Commit, and prepare anew on a version conflict unless the client sent If-Match."""
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

    def reveal(
        self,
        path: str,
        body: type[B],
        roles: Iterable[Role],
        prepare: Callable[[RequestContext, B], Awaitable[AnyDispatch]],
        answer: Callable[[RequestContext, B, Commit], Awaitable[R | Response]],
        summary: str,
        response: type[R],
        *,
        agency: str | None = None,
        public: bool = False,
        description: str = "",
        indonesian: str = "",
        tag: str = "",
    ) -> None:
        """Add a route that answers what nobody may read unrecorded.

        `answer` is asked only when the commit that `prepare` leads to is durable. Every request is
        a commit of its own, whatever its Idempotency-Key.
        """
        allowed = frozenset(roles)
        answering_ = answering(response)

        async def respond(request: Request) -> Response:
            ask = await self._reading(request, allowed, public, agency)
            asked = parsed(body, await read_body(request, public))
            id_ = UUID(bytes=uuid_utils.uuid7().bytes)
            cause = request_cause(
                id_,
                actor=ask.actor,
                agency=ask.identity.agency,
                traceparent=traceparent(request),
            )
            commit = await self._commit(ask, asked, prepare, cause, None, None)
            return answering_(await answer(ask, asked, commit))

        self._add(
            Access("POST", path, allowed, agency, public),
            respond,
            Operation(
                method="POST",
                path=path,
                summary=summary,
                tag=tag or tag_of(path),
                kind="reveal",
                description=told(description, prepare, body),
                indonesian=indonesian,
                body=body,
                answer=response,
                public=public,
            ),
        )

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
        answering_ = answering(Imported)

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
            return answering_(done)

        path = f"/v1/imports/{kind}"
        self._add(
            Access("POST", path, allowed, agency, public=False),
            respond,
            Operation(
                method="POST",
                path=path,
                summary=f"Import {kind} from CSV or Excel",
                tag="imports",
                kind="import",
                description="Each row is what the route of one would take. With `rows=all`, none "
                "is stored unless all can be; with `dry_run=true`, none is.",
                indonesian="Setiap baris berisi isian satu permintaan. Dengan `rows=all` tidak ada "
                "yang disimpan bila ada yang salah; dengan `dry_run=true` tidak ada yang disimpan.",
                answer=Imported,
                parameters=ImportQuery,
                table=True,
            ),
        )
