"""The part of a router that all routes share: who asks, and how a route is added."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NamedTuple, cast
from uuid import UUID

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from shared.eventsourcing.refusal import Refused
from shared.kernel.ports import Unavailable
from shared.web import throttle
from shared.web.authentication import Authenticator, Identity, Role, Unauthenticated
from shared.web.operation import Operation
from shared.web.parsing import check_path
from shared.web.problems import ProblemError
from shared.web.request_context import PUBLIC, RequestContext, asking
from shared.web.resources import Resources
from shared.web.tags import Tags


class Access(NamedTuple):
    """Whom a route serves: `roles`, acting for `agency` where there is one; `public`: anybody."""

    method: str
    path: str
    roles: frozenset[Role]
    agency: str | None
    public: bool


class _Plain(APIRoute):
    """A route whose endpoint takes the request itself: nothing for FastAPI to inject."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        return cast(Callable[[Request], Coroutine[Any, Any, Response]], self.endpoint)


class Router:
    """Adds routes to an application's own router, each with what describes it.

    `tags` describes the groups of the service's own routes, by name.
    """

    def __init__(self, service: Resources, authenticator: Authenticator, router: APIRouter) -> None:
        self._service, self._authenticator = service, authenticator
        self._router = router
        self._router.route_class = _Plain
        self._addresses = throttle.Throttle(
            service.store, service.keys.secret, limit=throttle.ADDRESS_LIMIT
        )
        self.operations: list[tuple[APIRoute, Operation]] = []
        self.roles: list[Access] = []
        self.tags: Tags = {}

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
        operation: Operation,
    ) -> None:
        if access.public and operation.body:
            answer = self._throttled(answer)
        self.roles.append(access)
        self._router.add_api_route(
            operation.path,
            answer,
            methods=[operation.method],
            summary=operation.summary,
            description=operation.description,
            tags=[operation.tag],
            response_model=None,
            response_class=Response,
            operation_id=operation.id,
        )
        route = self._router.routes[-1]
        assert isinstance(route, APIRoute)  # noqa: S101 - just added
        self.operations.append((route, operation))

    def _throttled(
        self, answer: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Count the refusals that an address gets, and let it wait before more of it is read."""

        async def throttled(request: Request) -> Response:
            host = request.client.host if request.client else ""
            address = f"address {throttle.address_of(host)}"
            await self._addresses.admit(address)
            try:
                return await answer(request)
            except (ProblemError, Refused) as error:
                if 400 <= error.status < 500 and error.status != 429:
                    await self._addresses.fail(address)
                raise

        return throttled

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
