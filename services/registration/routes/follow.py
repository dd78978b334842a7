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
from services.registration.domain.application.eligibility import BirthDate
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
from shared.events.described import described
from shared.events.registration.person import PersonFile
from shared.events.values import Document
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.kernel.ports import Commit
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.router import Api
from shared.web.throttle import Throttle

FOLLOW_CODE = "x-follow-code"

FollowCode = Annotated[
    str,
    Field(max_length=40),
    described(
        en="the code of ten characters that registering gave",
        id="kode sepuluh karakter dari saat mendaftar",
        example="7QK2MZ5XNA",
    ),
]


class Follow(Command):
    """Prove that an application is the sender's, by its code and their birth date."""

    code: FollowCode
    birth_date: BirthDate


F = TypeVar("F", bound=Follow)


class FollowWithdrawal(WithdrawalForm, Follow):
    """Withdraw the application, for a reason that is a code such as found-work."""


class FollowReferral(ReferralForm, Follow):
    """Answer whether the applicant would take the partner's seat."""


class FollowDocument(Document, Follow):
    """Attach a paper to the application; the file itself is kept elsewhere."""


class FollowCorrection(CorrectionForm):
    """Replace all of the applicant's data; the NIK fixes the birth date, so the proof holds."""

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

    def add(
        name: str,
        body: type[B],
        prepare: Prepare[B],
        summary: str,
        indonesian: str,
        description: str = "",
    ) -> None:
        api.command(
            "POST", f"/v1/follow/{name}", body, CITIZENS, prepare, summary, public=True,
            description=description, indonesian=indonesian,
        )  # fmt: skip

    api.command(
        "POST", "/v1/public/applications", RegistrationForm, CITIZENS, register,
        "Register without an account; the answer's x-follow-code is the code to follow it with",
        public=True, headers=follow_header,
        indonesian="Daftar tanpa akun; x-follow-code di jawaban adalah kode untuk memantaunya.",
    )  # fmt: skip
    api.ask(
        "/v1/follow", Follow, CITIZENS, see, "How my application stands", ApplicationOutlook,
        public=True,
        indonesian="Keadaan pendaftaran, langkah berikutnya, dan yang dapat dilakukan.",
    )  # fmt: skip
    api.reveal(
        "/v1/follow/access-report", Follow, CITIZENS, ask_report, report,
        "All that is held about my application, and who read it", AccessReport, public=True,
        description="Return all that is held and who read it, once this read is recorded.",
        indonesian="Semua data yang disimpan tentang pendaftaran ini, dan siapa yang membacanya.",
    )  # fmt: skip
    add(
        "correction", FollowCorrection, correct, "Correct my data",
        "Perbaiki semua data pendaftar, kecuali NIK.",
    )  # fmt: skip
    add(
        "documents", FollowDocument, acting(_document), "Attach a paper",
        "Lampirkan berkas; file-nya sendiri disimpan di tempat lain.",
    )  # fmt: skip
    add(
        "seat", Follow, acting(_seat), "Re-register (daftar ulang)",
        "Daftar ulang: ambil kursi yang ditawarkan sebelum batas waktunya.",
        "Claim the seat that is offered, before its time is over.",
    )  # fmt: skip
    add(
        "withdrawal", FollowWithdrawal, acting(withdrawal_command), "Withdraw",
        "Tarik pendaftaran, dengan alasan.",
    )  # fmt: skip
    add(
        "referral", FollowReferral, acting(answer_command), "Answer a partner's offer",
        "Jawab apakah pendaftar mau mengambil kursi mitra.",
    )  # fmt: skip


def _seat(request: RequestContext, body: Follow) -> ApplicationCommand:
    return ConfirmSeat()


def _document(request: RequestContext, body: FollowDocument) -> ApplicationCommand:
    return AttachDocument(**body.model_dump(include=set(Document.model_fields)))
