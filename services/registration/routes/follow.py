"""Following an application without an account, with its code and the birth date."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from pydantic import Field

from services.registration.application.applications import Applications
from services.registration.application.follow_access import FollowAccess
from services.registration.application.follow_codes import Lookup
from services.registration.application.outlook import ApplicationOutlook
from services.registration.application.person_files import AccessReport
from services.registration.application.persons import Persons
from services.registration.domain.application.aggregate import (
    ApplicationCommand,
    application_stream,
)
from services.registration.domain.application.file_check import AttachDocument
from services.registration.domain.application.seat import ConfirmSeat
from services.registration.routes.access import CITIZENS, B, Prepare
from services.registration.routes.applications import (
    CorrectionForm,
    ReferralForm,
    RegistrationForm,
    WithdrawalForm,
    answer_command,
    withdrawal_command,
)
from shared.events.registration.person import PersonFile
from shared.events.values import Day, Document
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.kernel.ports import Commit
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.router import Api
from shared.web.throttle import Throttle

FOLLOW_CODE = "x-follow-code"

FollowCode = Annotated[str, Field(max_length=40, description="the code of ten characters")]


class Follow(Command):
    """Prove that an application is the sender's, by its code and their birth date."""

    code: FollowCode
    birth_date: Day


F = TypeVar("F", bound=Follow)


class FollowWithdrawal(WithdrawalForm, Follow):
    """Withdraw the application, for a reason that is a code such as found-work."""


class FollowReferral(ReferralForm, Follow):
    """Answer whether the applicant would take the partner's seat."""


class FollowDocument(Document, Follow):
    """Attach a paper to the application; the file itself is kept elsewhere."""


class FollowCorrection(CorrectionForm):
    """All of the applicant's data anew; the NIK fixes the birth date, so it proves as before."""

    code: FollowCode


def routes(service: Resources, api: Api) -> None:
    """Add the routes for those without an account."""
    applications, persons = Applications(service), Persons(service)
    secret = service.keys.secret
    access = FollowAccess(Lookup(service.store, secret), Throttle(service.store, secret))

    async def register(request: RequestContext, body: RegistrationForm) -> AnyDispatch:
        return await applications.register(request, body, intake=body.intake, nik=body.nik)

    def follow_header(commit: Commit) -> dict[str, str]:
        return {FOLLOW_CODE: applications.follow_code(commit.stream.partition("/")[2])}

    async def see(request: RequestContext, body: Follow) -> ApplicationOutlook:
        """Return where the application stands, what comes next, and what can be done."""
        id_, state = await access.application(request, body.code, body.birth_date)
        return await applications.outlook(request, id_, state)

    async def ask_report(request: RequestContext, body: Follow) -> AnyDispatch:
        # The code is of one application, so it opens no other file.
        id_, state = await access.application(request, body.code, body.birth_date)
        file = PersonFile(kind="application", id=id_)
        return await persons.read(request, state.person, [file], purpose="person-request")

    async def report(request: RequestContext, body: Follow, commit: Commit) -> AccessReport:
        """Return all that is held and who read it, once this read is recorded."""
        return await persons.report(commit)

    async def correct(request: RequestContext, body: FollowCorrection) -> AnyDispatch:
        id_, state = await access.application(request, body.code, body.birth_date)
        return await applications.correct(request, id_, state, body)

    def acting(make: Callable[[RequestContext, F], ApplicationCommand]) -> Prepare[F]:
        async def prepare(request: RequestContext, body: F) -> AnyDispatch:
            id_, _ = await access.application(request, body.code, body.birth_date)
            return Dispatch(application_stream(id_), make(request, body))

        return prepare

    def add(name: str, body: type[B], prepare: Prepare[B], summary: str) -> None:
        api.command("POST", f"/v1/follow/{name}", body, CITIZENS, prepare, summary, public=True)

    api.command(
        "POST", "/v1/public/applications", RegistrationForm, CITIZENS, register,
        "Register without an account; the answer's x-follow-code is the code to follow it with",
        public=True, headers=follow_header,
    )  # fmt: skip
    api.ask(
        "/v1/follow", Follow, CITIZENS, see, "How my application stands", ApplicationOutlook,
        public=True,
    )  # fmt: skip
    api.reveal(
        "/v1/follow/access-report", Follow, CITIZENS, ask_report, report,
        "All that is held about my application, and who read it", AccessReport, public=True,
    )  # fmt: skip
    add("correction", FollowCorrection, correct, "Correct my data")
    add("documents", FollowDocument, acting(_document), "Attach a paper")
    add("seat", Follow, acting(_seat), "Re-register (daftar ulang)")
    add("withdrawal", FollowWithdrawal, acting(withdrawal_command), "Withdraw")
    add("referral", FollowReferral, acting(answer_command), "Answer a partner's offer")


def _seat(request: RequestContext, body: Follow) -> ApplicationCommand:
    return ConfirmSeat()


def _document(request: RequestContext, body: FollowDocument) -> ApplicationCommand:
    return AttachDocument(**body.model_dump(include=set(Document.model_fields)))
