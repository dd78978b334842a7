"""Following an application without an account, with its code and the birth date."""

import math
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from pydantic import Field

from services.registration.application.follow_codes import normal
from services.registration.domain.application.aggregate import application_stream
from services.registration.domain.application.file_check import AttachDocument
from services.registration.domain.application.seat import ConfirmSeat
from services.registration.domain.application.state import Application
from services.registration.routes.access import CITIZENS
from services.registration.routes.applications import (
    CorrectionForm,
    Desk,
    ReferralForm,
    RegistrationForm,
    WithdrawalForm,
    answer_command,
    withdrawal_command,
)
from services.registration.routes.registry import Registry
from shared.events.registration.person import PersonFile
from shared.events.values import Day, Document
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.kernel.ports import Commit
from shared.web.problems import ProblemError
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.router import Api
from shared.web.throttle import Throttle
from shared.web.untyped import Untyped

FollowCode = Annotated[str, Field(max_length=40, description="the code of ten characters")]


class Follow(Command):
    """What proves that an application is the sender's: its code and their birth date."""

    code: FollowCode
    birth_date: Day


class FollowWithdrawal(WithdrawalForm, Follow):
    """Why the applicant no longer wants the place, as a code such as found-work."""


class FollowReferral(ReferralForm, Follow):
    """Whether the applicant would take the partner's seat."""


class FollowDocument(Document, Follow):
    """A paper belongs to the application; the file itself is kept elsewhere."""


class FollowCorrection(CorrectionForm):
    """All of the applicant's data anew; the NIK fixes the birth date, so it proves as before."""

    code: FollowCode


class Gate:
    """Lets through who knows both code and birth date; slows down who guesses."""

    def __init__(self, desk: Desk, throttle: Throttle) -> None:
        self._desk, self._throttle = desk, throttle

    async def application(
        self, ask: RequestContext, code: str, birth_date: Day
    ) -> tuple[str, Application]:
        """The application's id and state. Raises ProblemError: 404 for any mismatch, and 429."""
        keys = f"address {ask.client}", f"code {normal(code)}"
        if wait := await self._throttle.wait(*keys):
            minutes = math.ceil(wait / 60)
            raise ProblemError(
                429,
                "too-many-tries",
                headers={"retry-after": str(math.ceil(wait))},
                minutes=minutes,
            )
        id_ = await self._desk.lookup.find(code, birth_date)
        state: Application | None = await ask.snapshot(application_stream(id_)) if id_ else None
        if id_ is None or state is None or state.status is None:
            await self._throttle.fail(*keys)
            raise ProblemError(404, "no-such-application")
        return id_, state


def routes(service: Resources, api: Api) -> None:
    desk = Desk(service)
    gate = Gate(desk, Throttle(service.store, service.keys.secret))
    registry = Registry(service)

    async def see(ask: RequestContext, body: Follow) -> dict[str, Any]:
        id_, state = await gate.application(ask, body.code, body.birth_date)
        return await desk.shown(ask, id_, state)

    async def ask_report(ask: RequestContext, body: Follow) -> AnyDispatch:
        """The code is of one application, so it opens no other file."""
        id_, state = await gate.application(ask, body.code, body.birth_date)
        file = PersonFile(kind="application", id=id_)
        return await registry.read(ask, state.person, [file], "person-request")

    async def report(ask: RequestContext, body: Follow, commit: Commit) -> dict[str, Any]:
        return await registry.report(commit)

    async def correct(ask: RequestContext, body: FollowCorrection) -> AnyDispatch:
        id_, state = await gate.application(ask, body.code, body.birth_date)
        return await desk.correct(ask, id_, state, body)

    def acting(make: Callable[[RequestContext, Any], Command]) -> Any:
        async def prepare(ask: RequestContext, body: Any) -> AnyDispatch:
            id_, _ = await gate.application(ask, body.code, body.birth_date)
            return Dispatch(application_stream(id_), make(ask, body))

        return prepare

    api.command(
        "POST", "/v1/public/applications", RegistrationForm, CITIZENS, desk.register,
        "Register without an account; the answer's x-follow-code is the code to follow it with",
        public=True, headers=desk.follow_header,
    )  # fmt: skip
    api.ask("/v1/follow", Follow, CITIZENS, see, "How my application stands", Untyped, public=True)
    api.reveal(
        "/v1/follow/access-report", Follow, CITIZENS, ask_report, report,
        "All that is held about my application, and who read it", Untyped, public=True,
    )  # fmt: skip
    commands: Sequence[tuple[str, type[Any], Any, str]] = (
        ("correction", FollowCorrection, correct, "Correct my data"),
        ("documents", FollowDocument, acting(_document), "Attach a paper"),
        ("seat", Follow, acting(_seat), "Re-register (daftar ulang)"),
        ("withdrawal", FollowWithdrawal, acting(withdrawal_command), "Withdraw"),
        ("referral", FollowReferral, acting(answer_command), "Answer a partner's offer"),
    )
    for name, body, prepare, summary in commands:
        api.command("POST", f"/v1/follow/{name}", body, CITIZENS, prepare, summary, public=True)


def _seat(ask: RequestContext, body: Follow) -> Command:
    return ConfirmSeat()


def _document(ask: RequestContext, body: FollowDocument) -> Command:
    return AttachDocument(**body.model_dump(include=set(Document.model_fields)))
