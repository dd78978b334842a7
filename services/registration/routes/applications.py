"""Applications: registering, mending, the file check, scores, the seat; and an account's own."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Protocol

from pydantic import Field, StringConstraints

from services.registration.agency import BLK_PASER
from services.registration.application.follow_codes import Lookup
from services.registration.application.sealing import seal
from services.registration.domain.application.aggregate import DECIDER as APPLICATION
from services.registration.domain.application.aggregate import application_stream
from services.registration.domain.application.eligibility import ApplicantFacts, check_nik, insist
from services.registration.domain.application.file_check import (
    AttachDocument,
    CorrectApplication,
    CorrectIdentity,
    DeclineApplication,
    DeclineReason,
    RegisterApplicant,
    RequestCorrection,
    ScoreApplicant,
    VerifyApplication,
    window_open,
)
from services.registration.domain.application.referral import AnswerReferral
from services.registration.domain.application.seat import ConfirmSeat, WithdrawApplication
from services.registration.domain.application.state import UNCHECKED, Application, expect
from services.registration.domain.intake.aggregate import intake_stream
from services.registration.domain.intake.state import Intake
from services.registration.domain.person import gone
from services.registration.domain.trainee import Trainee, trainee_stream
from services.registration.projections.applications import APPLICATIONS, OWN_APPLICATIONS
from services.registration.routes.access import APPLICANTS, OFFICERS
from services.registration.routes.outlook import outlook
from shared.events.base import Code, Id, Text
from shared.events.registration.values import Channel
from shared.events.values import Flag, wita_day
from shared.eventsourcing.decider import Command
from shared.eventsourcing.idempotency import derived_id
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.eventsourcing.projections import rows_of
from shared.kernel.ports import Commit
from shared.privacy.vault import PersonalDataVault
from shared.web.authentication import Role
from shared.web.parsing import page_of
from shared.web.problems import unknown
from shared.web.reasons import told
from shared.web.request_context import PUBLIC, RequestContext
from shared.web.resources import Resources
from shared.web.responses import Nothing, PageQuery
from shared.web.router import Api
from shared.web.untyped import Untyped, untyped_view

FOLLOW_CODE = "x-follow-code"

Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 -]{5,19}$")]


class PersonForm(ApplicantFacts, Command):
    """Who applies, as on the KTP."""

    name: Text
    phone: Phone | None = None
    address: Text | None = None


class RegistrationForm(PersonForm):
    """A person's application to an intake."""

    intake: Id
    nik: Annotated[str, Field(description="NIK, 16 digits", max_length=32)]


class CorrectionForm(PersonForm):
    """All of the applicant's data anew, except the NIK: another NIK is another person."""


class IdentityForm(Command):
    """What identifies the applicant and no rule looks at, as on the KTP; all of it anew."""

    name: Text
    phone: Phone | None = None
    address: Text | None = None


class CorrectionPoints(Command):
    """What the applicant has to mend; the note is for the file and stays sealed."""

    points: Annotated[tuple[Code, ...], Field(max_length=20)]
    note: Text | None = None


class DeclineForm(Command):
    """Why the application can't go on; the note is for the file and stays sealed."""

    reason: DeclineReason
    note: Text | None = None


class WithdrawalForm(Command):
    """Why the applicant no longer wants the place, as a code such as found-work."""

    reason: Code


class ReferralForm(Command):
    """Whether the applicant would take the partner's seat."""

    willing: Flag
    support: Id | None = None


class Desk:
    """What the routes do for an applicant, however they prove that the application is theirs."""

    def __init__(self, service: Resources) -> None:
        self._service, self._secret = service, service.keys.secret
        self._vault = PersonalDataVault(service.store, service.keys.secret, service.keys.wrapping)
        self.lookup = Lookup(service.store, service.keys.secret)

    async def register(self, ask: RequestContext, body: RegistrationForm) -> AnyDispatch:
        today = wita_day(self._service.command_handler.now())
        intake: Intake = await ask.snapshot(intake_stream(body.intake))
        # Whoever is refused leaves no trace, so these come before the person gets an id.
        insist(body, today)
        check_nik(body.nik, body.birth_date, body.sex)
        window_open(intake.outline(), today)
        person = await self._vault.person(f"nik:{body.nik}", keep=not ask.dry)
        id_ = str(derived_id(self._secret, body.intake, person))
        stream = application_stream(id_)
        facts = body.model_dump(include=set(ApplicantFacts.model_fields))
        if await self._trained_this_year(ask, person, today.year):
            facts["trained_this_year"] = True
        command = RegisterApplicant(
            **facts,
            intake=body.intake,
            opened=intake.outline(),
            person=person,
            # A registration is the first event of its stream, or there is none.
            sealed=await seal(self._vault, person, f"{stream}/1", _identity(body, body.nik)),
            registered_by=channel(ask),
            account=account(ask),
        )
        if not ask.dry:
            await self.lookup.keep(id_, body.birth_date)
        return Dispatch(stream, command)

    async def _trained_this_year(self, ask: RequestContext, person: str, year: int) -> bool:
        """Whether this person completed a training of ours that ended in this year."""
        trainee: Trainee = await ask.snapshot(trainee_stream(person))
        for id_ in trainee.completed:
            intake: Intake = await ask.snapshot(intake_stream(id_))
            if intake.ends_on is not None and intake.ends_on.year == year:
                return True
        return False

    async def correct(
        self, ask: RequestContext, id_: str, state: Application, body: PersonForm
    ) -> AnyDispatch:
        stream = application_stream(id_)
        expect(state, *UNCHECKED)
        _, sequence = await ask.versioned(stream)
        nik = str((await self._identity(state.person, str(stream)))["nik"])
        check_nik(nik, body.birth_date, body.sex)
        intake: Intake = await ask.snapshot(intake_stream(state.intake))
        facts = body.model_dump(include=set(ApplicantFacts.model_fields))
        year = wita_day(state.registered_at).year if state.registered_at else 0
        if await self._trained_this_year(ask, state.person, year):
            facts["trained_this_year"] = True
        command = CorrectApplication(
            **facts,
            opened=intake.outline(),
            sealed=await seal(
                self._vault, state.person, f"{stream}/{sequence + 1}", _identity(body, nik)
            ),
            corrected_by=channel(ask),
        )
        await self.lookup.move(id_, body.birth_date)
        return Dispatch(stream, command, sequence)

    async def correct_identity(self, ask: RequestContext, body: IdentityForm) -> AnyDispatch:
        stream = application_stream(ask.path["id"])
        state, sequence = await ask.versioned(stream)
        if state.erased:
            raise gone()
        identity = {
            **await self._identity(state.person, str(stream)),
            **body.model_dump(mode="json"),
        }
        sealed = await seal(self._vault, state.person, f"{stream}/{sequence + 1}", identity)
        return Dispatch(stream, CorrectIdentity(sealed=sealed), sequence)

    async def _identity(self, person: str, stream: str) -> dict[str, object]:
        """As last corrected. Raises Refused for a person who was erased."""
        identity: dict[str, object] = {}
        for opened in await self._vault.opened(person, stream):
            if opened.data is None:
                raise gone()
            if "nik" in opened.data:
                identity = opened.data
        return identity

    def follow_header(self, commit: Commit) -> dict[str, str]:
        """The code of a new application, beside the answer: it must be on no event."""
        return {FOLLOW_CODE: self.lookup.code(commit.stream.partition("/")[2])}

    async def shown(self, ask: RequestContext, id_: str, state: Application) -> dict[str, Any]:
        """An application as its applicant sees it, with what its class says of itself."""
        intake: Intake = await ask.snapshot(intake_stream(state.intake))
        days: dict[str, Any] = {}
        if intake.starts_on is not None and intake.ends_on is not None:
            days = {"starts_on": str(intake.starts_on), "ends_on": str(intake.ends_on)}
        own = outlook(state, self._service.command_handler.now())
        return {"application": id_, "title": intake.title, **days, **own}

    async def noted(
        self, ask: RequestContext, note: str | None, make: Callable[[str | None], Command]
    ) -> AnyDispatch:
        """What is asked of the application at the address, with the officer's own words sealed."""
        stream = application_stream(ask.path["id"])
        state, sequence = await ask.versioned(stream)
        if note is None:
            return Dispatch(stream, make(None))
        event = f"{stream}/{sequence + 1}"
        sealed = await seal(self._vault, state.person, event, {"note": note})
        return Dispatch(stream, make(sealed), sequence)


def _identity(body: PersonForm, nik: str) -> Mapping[str, object]:
    known = body.model_dump(mode="json", include={"name", "birth_date", "phone", "address"})
    return {"nik": nik, **known}


def is_officer(ask: RequestContext) -> bool:
    return Role.BLK_OFFICER in ask.identity.roles and ask.identity.agency == BLK_PASER


def channel(ask: RequestContext) -> Channel:
    return "officer" if is_officer(ask) else "applicant"


def account(ask: RequestContext) -> str | None:
    """The opaque name of the citizen's account that will own the application; None without one."""
    return None if is_officer(ask) or ask.identity == PUBLIC else ask.actor


async def application_of(ask: RequestContext) -> Application:
    """The application at the address. To a citizen, another's is as if it were not there.

    Raises ProblemError, and Refused when its person was erased.
    """
    id_ = ask.path["id"]
    state: Application = await ask.snapshot(application_stream(id_))
    if state.status is None or not (is_officer(ask) or state.account == ask.actor):
        raise unknown("application", id_)
    if state.erased:
        raise gone()
    return state


class _Makes(Protocol):
    def __call__(self, ask: RequestContext, body: Any) -> Command: ...


def _own(make: _Makes) -> Any:
    """Prepares a command to an application that is the citizen's own, or for any officer."""

    async def prepare(ask: RequestContext, body: Any) -> AnyDispatch:
        await application_of(ask)
        return Dispatch(application_stream(ask.path["id"]), make(ask, body))

    return prepare


def routes(service: Resources, api: Api) -> None:
    desk = Desk(service)

    async def correct(ask: RequestContext, body: CorrectionForm) -> AnyDispatch:
        return await desk.correct(ask, ask.path["id"], await application_of(ask), body)

    async def request_correction(ask: RequestContext, body: CorrectionPoints) -> AnyDispatch:
        def make(sealed: str | None) -> Command:
            return RequestCorrection(points=body.points, sealed=sealed)

        return await desk.noted(ask, body.note, make)

    async def verify(ask: RequestContext, body: Nothing) -> AnyDispatch:
        return Dispatch(application_stream(ask.path["id"]), VerifyApplication())

    async def decline(ask: RequestContext, body: DeclineForm) -> AnyDispatch:
        def make(sealed: str | None) -> Command:
            return DeclineApplication(reason=body.reason, sealed=sealed)

        return await desk.noted(ask, body.note, make)

    async def score(ask: RequestContext, body: ScoreApplicant) -> AnyDispatch:
        return Dispatch(application_stream(ask.path["id"]), body)

    async def of_intake(ask: RequestContext) -> dict[str, Any]:
        limit, after = page_of(ask.query)
        return await rows_of(service.store, APPLICATIONS, f"{ask.path['id']}/", after, limit)

    async def mine(ask: RequestContext) -> dict[str, Any]:
        limit, after = page_of(ask.query)
        page = await rows_of(service.store, OWN_APPLICATIONS, f"{ask.actor}/", after, limit)
        items = []
        for row in page["items"]:
            id_ = row["key"].partition("/")[2]
            state: Application = await ask.snapshot(application_stream(id_))
            shown = await desk.shown(ask, id_, state)
            items.append({**shown, "follow_code": desk.lookup.code(id_)})
        return {**page, "items": items}

    async def follow_code(ask: RequestContext) -> dict[str, str]:
        await application_of(ask)
        return {"code": desk.lookup.code(ask.path["id"])}

    at = "/v1/applications/{id}"
    commands: Sequence[tuple[str, type[Any], Sequence[Role], Any, str]] = (
        ("/v1/applications", RegistrationForm, APPLICANTS, desk.register, "Register an applicant"),
        (f"{at}/correction", CorrectionForm, APPLICANTS, correct, "Correct the applicant's data"),
        (f"{at}/identity", IdentityForm, OFFICERS, desk.correct_identity,
         "Correct name, phone and address, at any time"),
        (f"{at}/documents", AttachDocument, APPLICANTS, _own(_as_sent), "Attach a paper"),
        (f"{at}/correction-request", CorrectionPoints, OFFICERS, request_correction,
         "Ask the applicant to mend something"),
        (f"{at}/verification", Nothing, OFFICERS, verify, "The papers are right"),
        (f"{at}/decline", DeclineForm, OFFICERS, decline, "Decline, with a reason"),
        (f"{at}/scores", ScoreApplicant, OFFICERS, score, "Enter the scores"),
        (f"{at}/seat", Nothing, APPLICANTS, _own(_seat), "Re-register (daftar ulang)"),
        (f"{at}/withdrawal", WithdrawalForm, APPLICANTS, _own(withdrawal_command), "Withdraw"),
        (f"{at}/referral", ReferralForm, APPLICANTS, _own(answer_command), "Answer a partner"),
    )  # fmt: skip
    for path, body, roles, prepare, summary in commands:
        api.command("POST", path, body, roles, prepare, summary, agency=BLK_PASER)
    api.importable("applicants", RegistrationForm, OFFICERS, desk.register, BLK_PASER)
    api.states(APPLICATION, "/v1/applications", OFFICERS, untyped_view(_shown))
    api.query(
        f"{at}/follow-code",
        OFFICERS,
        follow_code,
        "The code to follow an application with",
        Untyped,
    )
    api.query(
        "/v1/my-applications",
        (Role.CITIZEN,),
        mine,
        "The account's own applications",
        Untyped,
        parameters=PageQuery,
    )
    api.query(
        "/v1/intakes/{id}/applications",
        OFFICERS,
        of_intake,
        "Applications of an intake",
        Untyped,
        parameters=PageQuery,
    )


def _as_sent(ask: RequestContext, body: Command) -> Command:
    return body


def _seat(ask: RequestContext, body: Nothing) -> Command:
    return ConfirmSeat()


def withdrawal_command(ask: RequestContext, body: WithdrawalForm) -> Command:
    return WithdrawApplication(reason=body.reason, withdrawn_by=channel(ask))


def answer_command(ask: RequestContext, body: ReferralForm) -> Command:
    return AnswerReferral(willing=body.willing, support=body.support)


def _shown(id_: str, state: Application) -> dict[str, Any]:
    shown: dict[str, Any] = state.model_dump(
        mode="json", exclude_none=True, exclude={"sealed", "person", "account"}
    )
    if state.eligibility is not None:
        for group in ("rules", "priority"):
            results = getattr(state.eligibility, group)
            shown["eligibility"][group] = [told(result) for result in results]
    if state.why is not None:
        shown["why"] = told(state.why)
    return {**shown, "reasons": [told(reason) for reason in state.reasons]}
