"""Applications: registering, mending, the file check, scores, the seat; and an account's own."""

from collections.abc import Callable
from typing import Annotated

from services.registration.agency import BLK_PASER
from services.registration.application.applications import Applicant, Applications, Identity
from services.registration.application.identity_numbers import Nik
from services.registration.application.requester import channel, own_application
from services.registration.domain.application.aggregate import DECIDER as APPLICATION
from services.registration.domain.application.aggregate import (
    ApplicationCommand,
    application_stream,
)
from services.registration.domain.application.file_check import (
    AttachDocument,
    DeclineApplication,
    DeclineReason,
    RequestCorrection,
    ScoreApplicant,
    VerifyApplication,
)
from services.registration.domain.application.referral import AnswerReferral, OfSupport, Willing
from services.registration.domain.application.seat import ConfirmSeat, WithdrawApplication
from services.registration.projections.applications import APPLICATIONS, OWN_APPLICATIONS
from services.registration.routes.access import (
    APPLICANTS,
    CITIZENS,
    OFFICERS,
    B,
    Prepare,
    add_command,
)
from services.registration.routes.answers import (
    FollowCodeAnswer,
    IntakeApplications,
    OwnApplications,
)
from services.registration.routes.application_view import ApplicationView
from shared.events.base import Code, Id, Text
from shared.events.described import described
from shared.events.registration.values import Points
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.eventsourcing.projections import rows_of
from shared.kernel.ports import in_turns
from shared.web.parsing import page_of
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.responses import Nothing, PageQuery
from shared.web.router import Api

Note = Annotated[
    Text,
    described(
        en="the officer's own words for the file, kept encrypted",
        id="catatan petugas untuk berkas, disimpan terenkripsi",
        example="Fotokopi ijazah terakhir tidak dilampirkan.",
    ),
]


class PersonForm(Applicant, Command):
    """A person who applies, as on the KTP."""


class RegistrationForm(PersonForm):
    """Register a person for an intake, with the data on the KTP."""

    intake: Annotated[Id, described(en="the intake that they apply to", id="angkatan yang dilamar")]
    nik: Nik


class CorrectionForm(PersonForm):
    """Replace all of the applicant's data except the NIK: another NIK is another person."""


class IdentityForm(Identity, Command):
    """Replace all that identifies the applicant and no rule looks at, as on the KTP."""


class CorrectionPoints(Command):
    """Ask the applicant to mend these points; the note is for the file and is encrypted."""

    points: Points
    note: Note | None = None


class DeclineForm(Command):
    """Decline the application; the note is for the file and is encrypted."""

    reason: Annotated[
        DeclineReason,
        described(en="why it is declined", id="alasan penolakan", example="papers-missing"),
    ]
    note: Note | None = None


class WithdrawalForm(Command):
    """Withdraw the application, for a reason that is a code such as found-work."""

    reason: Annotated[
        Code, described(en="why, as a code", id="kode alasannya", example="found-work")
    ]


class ReferralForm(Command):
    """Answer whether the applicant would take the partner's seat."""

    willing: Willing
    support: OfSupport | None = None


def routes(service: Resources, api: Api) -> None:
    """Add the routes of applications."""
    applications = Applications(service)

    async def register(request: RequestContext, body: RegistrationForm) -> AnyDispatch:
        return await applications.register(request, body, intake=body.intake, nik=body.nik)

    async def correct(request: RequestContext, body: CorrectionForm) -> AnyDispatch:
        state = await own_application(request)
        return await applications.correct(request, request.path["id"], state, body)

    async def correct_identity(request: RequestContext, body: IdentityForm) -> AnyDispatch:
        return await applications.correct_identity(request, request.path["id"], body)

    async def request_correction(request: RequestContext, body: CorrectionPoints) -> AnyDispatch:
        def make(sealed: str | None) -> ApplicationCommand:
            return RequestCorrection(points=body.points, sealed=sealed)

        return await applications.with_note(request, request.path["id"], body.note, make)

    async def verify(request: RequestContext, body: Nothing) -> AnyDispatch:
        """Record that the file check found the papers in order."""
        return Dispatch(application_stream(request.path["id"]), VerifyApplication())

    async def decline(request: RequestContext, body: DeclineForm) -> AnyDispatch:
        def make(sealed: str | None) -> ApplicationCommand:
            return DeclineApplication(reason=body.reason, sealed=sealed)

        return await applications.with_note(request, request.path["id"], body.note, make)

    async def score(request: RequestContext, body: ScoreApplicant) -> AnyDispatch:
        return Dispatch(application_stream(request.path["id"]), body)

    async def of_intake(request: RequestContext) -> IntakeApplications:
        """Return the applications to the intake as they stand, page by page."""
        limit, after = page_of(request.query)
        prefix = f"{request.path['id']}/"
        page = await rows_of(service.store, APPLICATIONS, prefix, after, limit)
        return IntakeApplications.model_validate(page)

    async def mine(request: RequestContext) -> OwnApplications:
        """Return the account's applications, each with the code to follow it, page by page."""
        limit, after = page_of(request.query)
        prefix = f"{request.actor}/"
        page = await rows_of(service.store, OWN_APPLICATIONS, prefix, after, limit)
        ids = [row["key"].partition("/")[2] for row in page["items"]]
        items = [await applications.own(request, id_) async for id_ in in_turns(ids)]
        return OwnApplications(items=items, next=page.get("next"))

    async def follow_code(request: RequestContext) -> FollowCodeAnswer:
        """Return the code that an officer may print for the applicant."""
        await own_application(request)
        return FollowCodeAnswer(code=applications.follow_code(request.path["id"]))

    at = "/v1/applications/{id}"
    add_command(
        api, "/v1/applications", RegistrationForm, register, "Register an applicant",
        roles=APPLICANTS,
        indonesian="Daftarkan seseorang ke satu angkatan.",
    )  # fmt: skip
    add_command(
        api, f"{at}/correction", CorrectionForm, correct, "Correct the applicant's data",
        roles=APPLICANTS,
        indonesian="Perbaiki semua data pendaftar, kecuali NIK.",
    )  # fmt: skip
    add_command(
        api, f"{at}/identity", IdentityForm, correct_identity,
        "Correct name, phone and address, at any time",
        indonesian="Perbaiki nama, telepon dan alamat, kapan saja.",
    )  # fmt: skip
    add_command(
        api, f"{at}/documents", AttachDocument, _own(_as_sent), "Attach a paper", roles=APPLICANTS,
        description="Attach a paper to the application; the file itself is kept elsewhere.",
        indonesian="Lampirkan berkas; file-nya sendiri disimpan di tempat lain.",
    )  # fmt: skip
    add_command(
        api, f"{at}/correction-request", CorrectionPoints, request_correction,
        "Ask the applicant to mend something",
        indonesian="Minta pendaftar memperbaiki hal-hal ini.",
    )  # fmt: skip
    add_command(
        api, f"{at}/verification", Nothing, verify, "The papers are right",
        indonesian="Nyatakan berkas lengkap dan benar.",
    )  # fmt: skip
    add_command(
        api, f"{at}/decline", DeclineForm, decline, "Decline, with a reason",
        indonesian="Tolak pendaftaran, dengan alasan.",
    )  # fmt: skip
    add_command(
        api, f"{at}/scores", ScoreApplicant, score, "Enter the scores",
        indonesian="Catat nilai tes tertulis dan wawancara.",
    )  # fmt: skip
    add_command(
        api, f"{at}/seat", Nothing, _own(_seat), "Re-register (daftar ulang)", roles=APPLICANTS,
        description="Claim the seat that is offered, before its time is over.",
        indonesian="Daftar ulang: ambil kursi yang ditawarkan.",
    )  # fmt: skip
    add_command(
        api, f"{at}/withdrawal", WithdrawalForm, _own(withdrawal_command), "Withdraw",
        roles=APPLICANTS,
        indonesian="Tarik pendaftaran, dengan alasan.",
    )  # fmt: skip
    add_command(
        api, f"{at}/referral", ReferralForm, _own(answer_command), "Answer a partner",
        roles=APPLICANTS,
        indonesian="Jawab apakah pendaftar mau mengambil kursi mitra.",
    )  # fmt: skip
    api.importable("applicants", RegistrationForm, OFFICERS, register, BLK_PASER)
    api.states(APPLICATION, "/v1/applications", OFFICERS, ApplicationView)
    api.query(
        f"{at}/follow-code", OFFICERS, follow_code,
        "The code to follow an application with", FollowCodeAnswer,
        indonesian="Kode yang dapat dicetak petugas agar pendaftar dapat memantau pendaftarannya.",
    )  # fmt: skip
    api.query(
        "/v1/my-applications", CITIZENS, mine, "The account's own applications", OwnApplications,
        parameters=PageQuery,
        indonesian="Pendaftaran milik akun ini, masing-masing dengan kode untuk memantaunya.",
    )  # fmt: skip
    api.query(
        "/v1/intakes/{id}/applications", OFFICERS, of_intake,
        "Applications of an intake", IntakeApplications,
        parameters=PageQuery,
        indonesian="Pendaftaran ke satu angkatan menurut keadaannya, halaman demi halaman.",
    )  # fmt: skip


def _own(make: Callable[[RequestContext, B], ApplicationCommand]) -> Prepare[B]:
    """Return what prepares a command to the citizen's own application, or for any officer."""

    async def prepare(request: RequestContext, body: B) -> AnyDispatch:
        await own_application(request)
        return Dispatch(application_stream(request.path["id"]), make(request, body))

    return prepare


def _as_sent(request: RequestContext, body: AttachDocument) -> ApplicationCommand:
    return body


def _seat(request: RequestContext, body: Nothing) -> ApplicationCommand:
    return ConfirmSeat()


def withdrawal_command(request: RequestContext, body: WithdrawalForm) -> ApplicationCommand:
    """Return the withdrawal, with through whom it comes."""
    return WithdrawApplication(reason=body.reason, withdrawn_by=channel(request))


def answer_command(request: RequestContext, body: ReferralForm) -> ApplicationCommand:
    """Return the answer about a partner's seat."""
    return AnswerReferral(willing=body.willing, support=body.support)
