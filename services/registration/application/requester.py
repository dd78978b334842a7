"""The requester of a command, as the centre's events record it."""

from services.registration.agency import BLK_PASER
from services.registration.domain.application.aggregate import application_stream
from services.registration.domain.application.state import Application
from services.registration.domain.person import gone
from shared.events.registration.values import Channel
from shared.web.authentication import Role
from shared.web.problems import unknown
from shared.web.request_context import PUBLIC, RequestContext


def is_officer(request: RequestContext) -> bool:
    """Return True for an officer who acts for the centre."""
    return Role.BLK_OFFICER in request.identity.roles and request.identity.agency == BLK_PASER


def channel(request: RequestContext) -> Channel:
    """Return through whom the request comes: the applicant, or an officer for them."""
    return "officer" if is_officer(request) else "applicant"


def account(request: RequestContext) -> str | None:
    """Return the opaque name of the citizen's account that will own the application, if any."""
    return None if is_officer(request) or request.identity == PUBLIC else request.actor


async def own_application(request: RequestContext) -> Application:
    """Return the application at the address, which is the citizen's own unless an officer asks.

    Raises ProblemError 404 to a citizen for another's, as if it were not there, and Refused when
    its person was erased.
    """
    id_ = request.path["id"]
    state: Application = await request.snapshot(application_stream(id_))
    if state.status is None or not (is_officer(request) or state.account == request.actor):
        raise unknown("application", id_)
    if state.erased:
        raise gone()
    return state
