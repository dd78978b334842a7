"""Routes that only read: queries, questions with a body, and lists of states."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from shared.eventsourcing.decider import C, Decider, E, S
from shared.eventsourcing.states import STATES, stored_state
from shared.kernel.ports import in_turns
from shared.web.answers import JSON, answering
from shared.web.authentication import Role
from shared.web.operation import Operation, tag_of, told
from shared.web.parsing import page_of, parsed, read_body
from shared.web.request_context import RequestContext
from shared.web.responses import Page, PageQuery, page
from shared.web.routing import Access, Router
from shared.web.state_views import StateView, view_of

B = TypeVar("B", bound=BaseModel)
R = TypeVar("R")


class ReadRoutes(Router):
    """Adds routes that leave no trace."""

    def query(
        self,
        path: str,
        roles: Iterable[Role],
        answer: Callable[[RequestContext], Awaitable[R | Response]],
        summary: str,
        response: type[R],
        *,
        public: bool = False,
        parameters: type[BaseModel] | None = None,
        media: str = JSON,
        files: Sequence[str] = (),
        etag: bool = False,
        description: str = "",
        indonesian: str = "",
        tag: str = "",
    ) -> None:
        """Add a route that only reads, and answers what `response` describes.

        A `public` one needs no token. `parameters` is a model of its query; that of a Page is
        known. `media` is the type in which a Response of its own comes, `files` are those that it
        may answer with instead. With `etag`, its Response has one. The rest is as of `command`.
        """
        allowed = frozenset(roles)
        answering_ = answering(response)

        async def respond(request: Request) -> Response:
            return answering_(await answer(await self._reading(request, allowed, public)))

        if parameters is None and isinstance(response, type) and issubclass(response, Page):
            parameters = PageQuery
        self._add(
            Access("GET", path, allowed, None, public),
            respond,
            Operation(
                method="GET",
                path=path,
                summary=summary,
                tag=tag or tag_of(path),
                kind="query",
                description=told(description, answer),
                indonesian=indonesian,
                answer=response,
                parameters=parameters,
                media=media,
                files=files,
                public=public,
                etag=etag,
            ),
        )

    def ask(
        self,
        path: str,
        body: type[B],
        roles: Iterable[Role],
        answer: Callable[[RequestContext, B], Awaitable[R | Response]],
        summary: str,
        response: type[R],
        *,
        public: bool = False,
        description: str = "",
        indonesian: str = "",
        tag: str = "",
    ) -> None:
        """Add a route that only reads, by what a body says that should be in no address."""
        allowed = frozenset(roles)
        answering_ = answering(response)

        async def respond(request: Request) -> Response:
            ask = await self._reading(request, allowed, public)
            return answering_(await answer(ask, parsed(body, await read_body(request, public))))

        self._add(
            Access("POST", path, allowed, None, public),
            respond,
            Operation(
                method="POST",
                path=path,
                summary=summary,
                tag=tag or tag_of(path),
                kind="query",
                description=told(description, answer, body),
                indonesian=indonesian,
                body=body,
                answer=response,
                public=public,
            ),
        )

    def states(
        self,
        decider: Decider[S, C, E],
        path: str,
        roles: Iterable[Role],
        show: type[StateView[S]] | None = None,
        *,
        without: Collection[str] = (),
    ) -> None:
        """Add a list of all streams of a kind, and each by its id with an ETag.

        `show` is the view of a state; unless given, all of its fields but those `without`.
        """
        kind = decider.kind
        view = show or view_of(type(decider.initial), without)
        to_json = TypeAdapter(view).serializer.to_json

        async def listing(ask: RequestContext) -> Page[StateView[S]]:
            limit, after = page_of(ask.query)
            # Who asks sees what this process has committed.
            await ask.service.command_handler.write_states()
            rows = await ask.service.store.scan(STATES, f"{kind}/", after, limit + 1)
            items = [
                view.of(
                    kind,
                    row.key.partition("/")[2],
                    row.sequence,
                    stored_state(decider.initial, row),
                )
                async for row in in_turns(rows[:limit])
            ]
            return page(items, rows[limit - 1].key if len(rows) > limit else None)

        async def one(ask: RequestContext) -> Response:
            stream = decider.stream(ask.path["id"])
            state, sequence = await ask.versioned(stream)
            body = to_json(view.of(kind, stream.id, sequence, state), exclude_none=True)
            return Response(body, headers={"etag": f'"{sequence}"'}, media_type=JSON)

        self.query(
            path, roles, listing, f"List {kind} streams", Page[view],  # type: ignore[valid-type]
            description=f"Every {kind} in the order of ids, page by page.",
            indonesian=f"Semua {kind} menurut id, halaman demi halaman.",
        )  # fmt: skip
        self.query(
            f"{path}/{{id}}", roles, one, f"One {kind}", view, etag=True,
            description=f"The {kind} as it stands; its ETag is for If-Match.",
            indonesian=f"Keadaan {kind} saat ini; ETag-nya untuk If-Match.",
        )  # fmt: skip
