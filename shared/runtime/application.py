"""A service as an ASGI application: its routes, and those that every service has."""

from collections import Counter
from typing import Annotated, Any
from uuid import uuid4

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from shared.events.base import Positive, Text
from shared.events.described import described
from shared.eventsourcing.decider import Command
from shared.eventsourcing.idempotency import OtherRequest
from shared.eventsourcing.policies import AnyDispatch
from shared.eventsourcing.refusal import NotYet, Refused
from shared.eventsourcing.states import STATES
from shared.kernel.logs import log
from shared.kernel.ports import Damaged, Row, Unavailable, scan_all
from shared.runtime.service import Service
from shared.signing.cloudevents import TooLarge, format_time
from shared.web.authentication import Authenticator, IssuerUnavailable, Role
from shared.web.checkpoint_proofs import Signed, add_proofs
from shared.web.common_answers import (
    DigestLine,
    FieldHashes,
    ParkedRecord,
    RowQuery,
    Summary,
    WaitingTask,
)
from shared.web.digests import Digests
from shared.web.openapi import Description
from shared.web.parsing import page_of
from shared.web.problems import Offence, ProblemError, language_of
from shared.web.request_context import RequestContext
from shared.web.responses import Page, page
from shared.web.router import Api
from shared.web.tags import described_tags
from shared.web.worklist import inbox

_LINES = "application/x-ndjson"
# A store that can be read and not written is not ready: each probe writes its row anew.
_READINESS = "readiness"
_ABOUT = (
    "Commands and queries of one service. Every command answers with the events that it committed; "
    "problems are RFC 9457 documents in Bahasa Indonesia or English. docs/integrators.md has more."
)


class RedriveRecord(Command):
    """Try a parked record again, with those behind it."""

    source: Annotated[
        Text,
        described(
            en="the agency that wrote it", id="instansi penulisnya", example="urn:sinergi:blk-paser"
        ),
    ]
    subject: Annotated[
        Text,
        described(
            en="its stream",
            id="alirannya",
            example="programme/0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
        ),
    ]
    sequence: Annotated[
        Positive, described(en="its number in its stream", id="nomornya di aliran itu")
    ]


class DiscardRecord(RedriveRecord):
    """Give a parked record up: it is skipped, and those behind it are tried."""

    reason: Annotated[
        Text, described(en="why", id="alasannya", example="Diperbaiki dengan catatan baru.")
    ]


def service_app(service: Service, authenticator: Authenticator, version: str) -> FastAPI:
    """Return the HTTP side of a service; whoever serves it also runs `service.run()`.

    `state.roles` of it lists each route that needs a token: method, path, the roles it serves.
    """
    definition = service.definition
    # Its /docs come from here too: there may be no way to a CDN.
    app = FastAPIOffline(
        title=f"Sinergi: {definition.title}",
        version=version,
        description=_ABOUT,
        servers=[{"url": "/", "description": definition.title}],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    api = Api(service.resources, authenticator, app.router)
    definition.routes(service.resources, api)
    _add_common(api, service)
    signed = Signed(definition.source, definition.topic, service.store)
    add_proofs(app, api, signed, service.witness)
    _add_probes(app, service)
    # Routes are tried in order, and what people do comes before what documents it.
    app.router.routes.sort(key=lambda route: not isinstance(route, APIRoute))
    _answer_problems(app)
    _describe(app, api)
    app.state.roles = api.roles
    return app


def _add_common(api: Api, service: Service) -> None:
    operators = (Role.OPERATOR,)

    async def parked(ask: RequestContext) -> Page[ParkedRecord]:
        """Return the records that could not be applied, oldest stream first."""
        limit, after = page_of(ask.query)
        found = await service.dead_letters.list(after, limit + 1)
        items = [ParkedRecord.model_construct(**each) for each in found[:limit]]
        return page(items, found[limit - 1]["key"] if len(found) > limit else None)

    async def redrive(ask: RequestContext, body: RedriveRecord) -> AnyDispatch:
        return service.dead_letters.redrive(body.source, body.subject, body.sequence)

    async def discard(ask: RequestContext, body: DiscardRecord) -> AnyDispatch:
        return service.dead_letters.discard(body.source, body.subject, body.sequence, body.reason)

    async def waiting(ask: RequestContext) -> Page[WaitingTask]:
        """Return the tasks that wait for the roles and the agency of whoever asks."""
        definition = service.definition
        limit, after = page_of(ask.query)
        found, next_ = await inbox(
            service.store, definition.topic, definition.worklist, ask.identity, limit, after
        )
        return page([WaitingTask.model_construct(**each) for each in found], next_)

    if service.definition.worklist:
        roles = sorted({task.role for task in service.definition.worklist})
        api.query(
            "/v1/inbox", roles, waiting, "What waits for me, oldest first", Page[WaitingTask],
            indonesian="Tugas yang menunggu peran dan instansi penanya, yang terlama dahulu.",
        )  # fmt: skip
    api.query(
        "/v1/parked", operators, parked, "Parked records", Page[ParkedRecord],
        indonesian="Catatan yang belum dapat diterapkan, aliran terlama dahulu.",
    )  # fmt: skip
    api.command(
        "POST", "/v1/parked/redrive", RedriveRecord, operators, redrive, "Try a record again",
        indonesian="Coba lagi catatan yang diparkir dan yang menunggu di belakangnya.",
    )  # fmt: skip
    api.command(
        "POST", "/v1/parked/discard", DiscardRecord, operators, discard, "Give a record up",
        indonesian="Lepaskan satu catatan: ia dilewati, dan yang di belakangnya dicoba.",
    )  # fmt: skip

    digests = digests_of(service)
    inspectors = (Role.AUDITOR, Role.OPERATOR)

    async def live(ask: RequestContext) -> Response:
        """Return a JSON line for each row, after one that says how far all is applied."""
        return StreamingResponse(digests.stream(), media_type=_LINES)

    async def row(ask: RequestContext) -> FieldHashes:
        """Return the hash of each field of one row, to find which differs."""
        # Only what digests are of: other tables are the service's own affair.
        table, key = ask.query.get("table", ""), ask.query.get("key", "")
        found = await digests.fields(table, key) if table in digests.tables else None
        if found is None:
            raise ProblemError(404, "unknown-row")
        return found

    async def summed(ask: RequestContext) -> Summary:
        """Return how many streams of each kind there are, and how far topics are applied."""
        return await summary(service)

    api.query(
        "/v1/digests", inspectors, live, "Digests of all rows", DigestLine, media=_LINES,
        indonesian="Satu baris JSON untuk setiap baris data, setelah baris pembuka.",
    )  # fmt: skip
    api.query(
        "/v1/digests/row", inspectors, row, "Hashes of a row's fields", FieldHashes,
        parameters=RowQuery,
        indonesian="Hash setiap isian satu baris, untuk menemukan yang berbeda.",
    )  # fmt: skip
    api.query(
        "/v1/summary", tuple(Role), summed, "What there is", Summary,
        indonesian="Jumlah aliran setiap jenis, dan sampai mana setiap topik diterapkan.",
    )  # fmt: skip


def digests_of(service: Service) -> Digests:
    """Return the digests of a service's rows."""
    definition = service.definition

    async def positions() -> dict[str, dict[str, int]]:
        return {topic: await service.positions(topic) for topic in service.subscribers}

    return Digests(
        service=service.name,
        store=service.store,
        command_handler=service.command_handler,
        dead_letters=service.dead_letters,
        deciders=definition.deciders,
        projections=definition.all_projections,
        positions=positions,
    )


async def _streams(service: Service) -> dict[str, int]:
    kinds: Counter[str] = Counter()
    async for row in scan_all(service.store, STATES):
        kinds[row.key.partition("/")[0]] += 1
    return {kind: kinds[kind] for kind in sorted(kinds) if kind not in ("consumer", "parked")}


async def summary(service: Service) -> Summary:
    """Count the streams of each kind, and tell how far each topic has been applied."""
    streams = await service.resources.tallies.get("streams", lambda: _streams(service))
    return Summary(
        service=service.name,
        agency=service.definition.source,
        title=service.definition.title,
        streams=streams.value,
        as_of=format_time(streams.as_of),
        positions={topic: await service.positions(topic) for topic in service.subscribers},
        parked=len(await service.dead_letters.list(limit=1000)),
    )


def _add_probes(app: FastAPI, service: Service) -> None:
    async def healthz(request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(request: Request) -> Response:
        try:
            if not service.ready.is_set():
                raise Unavailable("still starting, or stopping")
            await service.store.delete(_READINESS, [service.name])
            await service.store.put([Row(_READINESS, service.name, 1, None)])
            await service.log.ping()
        except (Damaged, Unavailable) as error:
            return JSONResponse({"status": "not ready", "why": str(error)}, 503)
        return JSONResponse({"status": "ready"})

    async def prometheus(request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    for path, probe in (("/healthz", healthz), ("/readyz", readyz), ("/metrics", prometheus)):
        app.add_route(path, probe, include_in_schema=False)


def _answer_problems(app: FastAPI) -> None:
    async def known(request: Request, error: Exception) -> Response:
        return problem_of(error).response(language_of(request))

    async def routing(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
        problem = ProblemError(
            error.status_code,
            "no-such-route:service",
            method=request.method,
            path=request.url.path,
            detail=error.detail,
        )
        return problem.response(language_of(request))

    async def bug(request: Request, error: Exception) -> Response:
        number = uuid4().hex[:12]
        log.error("error %s at %s", number, request.url.path, exc_info=error)
        problem = ProblemError(500, "internal", number=number)
        return problem.response(language_of(request))

    for kind in _KNOWN:
        app.add_exception_handler(kind, known)
    app.add_exception_handler(HTTPException, routing)
    app.add_exception_handler(Exception, bug)


_KNOWN: tuple[type[Exception], ...] = (
    ProblemError, Refused, NotYet, OtherRequest, TooLarge, Unavailable, IssuerUnavailable,
)  # fmt: skip


def _describe(app: FastAPI, api: Api) -> None:
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            described = Description(operation for _, operation in api.operations)
            for route, operation in api.operations:
                route.openapi_extra = described.operation(operation)
            app.openapi_tags = described_tags(
                api.tags, (operation.tag for _, operation in api.operations)
            )
            app.openapi_schema = {**plain(), "components": described.components()}
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def problem_of(error: Exception) -> ProblemError:
    """Return what a request gets for an expected exception; others are passed on."""
    match error:
        case ProblemError():
            return error
        case Refused():
            offence = Offence(error.field, error.code, error.params) if error.field else None
            return ProblemError(
                error.status,
                error.code,
                rule=error.rule,
                errors=[offence] if offence else [],
                about=error.params,
            )
        case NotYet():
            return ProblemError(409, "not-yet", headers={"retry-after": "1"}, stream=error.stream)
        case OtherRequest():
            return ProblemError(422, "idempotency-key-reused")
        case TooLarge():
            return ProblemError(413, "too-large:limit", why=str(error))
        case Unavailable() | IssuerUnavailable():
            log.warning("answered 503: %s", error)
            return ProblemError(503, "unavailable", headers={"retry-after": "2"})
    raise error
