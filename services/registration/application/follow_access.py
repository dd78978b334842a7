"""Access to an application without an account, by its code and the birth date."""

from services.registration.application.follow_codes import Lookup, normal
from services.registration.domain.application.aggregate import application_stream
from services.registration.domain.application.state import Application
from shared.events.values import Day
from shared.web.problems import ProblemError
from shared.web.request_context import RequestContext
from shared.web.throttle import Throttle


class FollowAccess:
    """Finds the application of whoever knows its code and birth date; slows down guesses."""

    def __init__(self, lookup: Lookup, throttle: Throttle) -> None:
        self._lookup, self._throttle = lookup, throttle

    async def application(
        self, request: RequestContext, code: str, birth_date: Day
    ) -> tuple[str, Application]:
        """Return the application's id and state.

        Raises ProblemError: 404 for any mismatch, and 429 after too many of them for a code. Those
        of an address are counted by the route, more of them: others may be behind it.
        """
        key = f"code {normal(code)}"
        await self._throttle.admit(key)
        id_ = await self._lookup.find(code, birth_date)
        state: Application | None = await request.snapshot(application_stream(id_)) if id_ else None
        if id_ is None or state is None or state.status is None:
            await self._throttle.fail(key)
            raise ProblemError(404, "no-such-application")
        return id_, state
