"""The console: the first page, and how other programs find the services."""

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from apps.composition.system import TOPOLOGY, VERSION, trust_file
from apps.console import page, words
from apps.console.timeline import Happening, Timeline
from shared.kernel.ports import Log
from shared.kernel.settings import Settings
from shared.signing.key_history import KeyHistory
from shared.signing.trust_store import read_roots
from shared.web.parsing import page_of
from shared.web.problems import Offence, ProblemError, language_of

MAX_STREAMS = 200
_HEARTBEAT = 15.0
_LIVE = {"cache-control": "no-store", "x-accel-buffering": "no"}


def console_app(
    settings: Settings, log: Log, services: Mapping[str, str], issuer: str, *, embedded: bool
) -> Starlette:
    """Make the console over a log that the caller opens and closes.

    It shows nothing until its lifespan is entered; an application that mounts it does that with
    `async with console.router.lifespan_context(console)`. Raises BadKey without a trust list.
    """
    timeline = Timeline(log, TOPOLOGY.owners, KeyHistory(read_roots(trust_file(settings))))
    demo_accounts = settings.dev_issuer or not settings.issuer
    pages = page.Pages(timeline, services, embedded=embedded, demo_accounts=demo_accounts)
    system = {
        "name": "sinergi",
        "version": VERSION,
        "mode": "embedded" if embedded else "deployed",
        "log": "kafka" if settings.embedded_log is None else "sqlite",
        "store": "mongodb" if settings.embedded_stores is None else "sqlite",
        "issuer": issuer,
        "services": dict(services),
    }
    console = _Console(timeline, pages, system)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with timeline.following():
            yield

    return Starlette(
        routes=[
            Route("/", console.first_page),
            Route("/page.css", console.css),
            Route("/v1/system", console.system),
            Route("/v1/events", console.events),
            Route("/v1/events/stream", console.stream),
            Route("/healthz", console.healthz),
            Route("/readyz", console.readyz),
        ],
        middleware=[Middleware(GZipMiddleware, minimum_size=1000)],
        exception_handlers={ProblemError: _problem, HTTPException: _routing},
        lifespan=lifespan,
    )


class _Console:
    def __init__(self, timeline: Timeline, pages: page.Pages, system: Mapping[str, object]) -> None:
        self._timeline, self._pages, self._system = timeline, pages, system

    async def first_page(self, request: Request) -> Response:
        nonce = secrets.token_urlsafe(12)
        view = _view(request)
        headers = {
            "cache-control": "no-store",
            "content-language": view.language,
            "vary": "accept-language",
            "content-security-policy": (
                f"default-src 'none'; style-src 'self'; script-src 'nonce-{nonce}';"
                " connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none';"
                " frame-ancestors 'none'"
            ),
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
        }
        return HTMLResponse(self._pages.page(view, nonce), headers=headers)

    async def css(self, request: Request) -> Response:
        # The page asks for it with its hash, so an old one is never taken for a new one.
        headers = {"cache-control": "public, max-age=31536000, immutable"}
        return Response(page.CSS, headers=headers, media_type="text/css")

    async def system(self, request: Request) -> Response:
        return JSONResponse(self._system)

    async def events(self, request: Request) -> Response:
        """Answer with the latest events, oldest first, from a cursor on; `next` goes on from there.

        Only the last few hundred are here: the log itself has them all.
        """
        limit, after = page_of(request.query_params)
        number = (_number(self._timeline, after) if after else None) or 0
        found = self._timeline.after(number)[:limit]
        answer = {
            "items": [self._item(h) for h in found],
            "next": self._timeline.cursor(found[-1].number if found else number),
        }
        headers = {"cache-control": "no-store"}
        return Response(orjson.dumps(answer), headers=headers, media_type="application/json")

    async def stream(self, request: Request) -> Response:
        """Answer with new events as they come, as Server-Sent Events.

        `happened` has an event, its cursor the id; with ?page=id|en also its row of the page, and
        `state` has the page's numbers whenever they change.
        """
        after = request.headers.get("last-event-id") or request.query_params.get("after", "")
        number = _number(self._timeline, after) if after else self._timeline.last
        if self._timeline.watchers >= MAX_STREAMS:
            raise ProblemError(503, "too-many-streams", headers={"retry-after": "30"})
        language = request.query_params.get("page", "")
        if language and language not in words.LANGUAGES:
            language = "id"
        view = _view(request, language)
        if request.method == "HEAD":
            return Response(media_type="text/event-stream", headers=_LIVE)
        events = self._events(number, view, paged=bool(language))
        return StreamingResponse(events, media_type="text/event-stream", headers=_LIVE)

    async def _events(
        self, number: int | None, view: page.AnyProjection, *, paged: bool
    ) -> AsyncIterator[bytes]:
        timeline = self._timeline
        if number is None:  # from before a restart: what a page shows anew
            number = max(0, timeline.last - page.ROWS)
        told: dict[str, object] = {}
        timeline.watchers += 1
        try:
            yield b"retry: 3000\n\n"
            while not timeline.stopped:
                for happening in timeline.after(number):
                    number = happening.number
                    shown = self._item(happening)
                    if paged:
                        if not view.shows(happening):
                            continue
                        shown["html"] = self._pages.row(happening, view)
                    yield _message("happened", shown, timeline.cursor(number))
                if paged and (state := page.state(timeline)) != told:
                    told = state
                    yield _message("state", state)
                if timeline.after(number) or timeline.stopped:
                    continue
                if not await timeline.wait(_HEARTBEAT):
                    yield b": still here\n\n"
        finally:
            timeline.watchers -= 1

    def _item(self, happening: Happening) -> dict[str, object]:
        return page.item(happening, self._timeline.cursor(happening.number))

    async def healthz(self, request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(self, request: Request) -> Response:
        if not self._timeline.complete:
            why = "the log has not been read to its end yet"
        elif not self._timeline.reachable:
            why = "the log cannot be reached"
        else:
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "not ready", "why": why}, 503)


def _view(request: Request, language: str = "") -> page.AnyProjection:
    query = request.query_params
    explicit = query.get("lang", "") in words.LANGUAGES
    return page.AnyProjection(
        language or (query["lang"] if explicit else language_of(request)),
        explicit,
        receipts=query.get("all") == "1",
        chain=query.get("chain", ""),
    )


def _number(timeline: Timeline, cursor: str) -> int | None:
    try:
        return timeline.number(cursor)
    except ValueError as error:
        raise ProblemError(
            422,
            "invalid-input:cursor",
            errors=[Offence("after", "field:said", {"why": cursor[:100]})],
        ) from error


def _message(event: str, data: Mapping[str, object], id: str = "") -> bytes:
    # JSON has no raw line break, so one data line holds it.
    named = f"id: {id}\n" if id else ""
    return f"event: {event}\n{named}data: ".encode() + orjson.dumps(data) + b"\n\n"


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101 - registered for it
    return error.response(language_of(request))


async def _routing(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    problem = ProblemError(
        error.status_code,
        "no-such-route:console",
        headers=dict(error.headers or {}),
        method=request.method,
        path=request.url.path,
        detail=error.detail,
    )
    return problem.response(language_of(request))
