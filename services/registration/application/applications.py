"""Applications: registering, correcting, and the officers' notes on a file."""

from collections.abc import Callable
from typing import Annotated

from pydantic import StringConstraints

from services.registration.application.encryption import encrypt
from services.registration.application.follow_codes import Lookup
from services.registration.application.outlook import (
    ApplicationOutlook,
    OwnApplication,
    outlook,
)
from services.registration.application.requester import account, channel
from services.registration.domain.application.aggregate import (
    ApplicationCommand,
    application_stream,
)
from services.registration.domain.application.eligibility import ApplicantFacts, check_nik, insist
from services.registration.domain.application.file_check import (
    CorrectApplication,
    CorrectIdentity,
    RegisterApplicant,
    window_open,
)
from services.registration.domain.application.state import UNCHECKED, Application, expect
from services.registration.domain.intake.aggregate import intake_stream
from services.registration.domain.intake.state import Intake
from services.registration.domain.person import gone
from services.registration.domain.trainee import Trainee, trainee_stream
from shared.events.base import Text, Value
from shared.events.described import described
from shared.events.values import wita_day
from shared.eventsourcing.idempotency import derived_id
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.privacy.vault import PersonalDataVault
from shared.web.request_context import RequestContext
from shared.web.resources import Resources

Name = Annotated[
    Text,
    described(en="the name, as on the KTP", id="nama, seperti pada KTP", example="Siti Aminah"),
]
Phone = Annotated[
    str,
    StringConstraints(pattern=r"^\+?[0-9][0-9 -]{5,19}$"),
    described(en="a telephone number", id="nomor telepon", example="0812-5550-0123"),
]
Address = Annotated[
    Text,
    described(
        en="the address, as on the KTP",
        id="alamat, seperti pada KTP",
        example="Jl. Sultan Ibrahim 12, Tanah Grogot",
    ),
]


class Identity(Value):
    """Data that identify the applicant and no rule looks at, as on the KTP."""

    name: Name
    phone: Phone | None = None
    address: Address | None = None


class Applicant(ApplicantFacts):
    """A person who applies, as on the KTP."""

    name: Name
    phone: Phone | None = None
    address: Address | None = None


class Applications:
    """Carries out what applicants and officers ask of applications.

    Whoever calls has made sure that the application is the applicant's own, or that an officer
    asks.
    """

    def __init__(self, service: Resources) -> None:
        self._service, self._secret = service, service.keys.secret
        self._vault = PersonalDataVault(service.store, service.keys.secret, service.keys.wrapping)
        self._lookup = Lookup(service.store, service.keys.secret)

    async def register(
        self, request: RequestContext, applicant: Applicant, *, intake: str, nik: str
    ) -> AnyDispatch:
        """Prepare an application to the intake, found from then on by its code and birth date.

        Raises Refused for data that contradict each other and outside the time to register.
        """
        today = wita_day(self._service.command_handler.now())
        opened: Intake = await request.snapshot(intake_stream(intake))
        # Whoever is refused leaves no trace, so these come before the person gets an id.
        insist(applicant, today)
        check_nik(nik, applicant.birth_date, applicant.sex)
        window_open(opened.outline(), today)
        person = await self._vault.person(f"nik:{nik}", keep=not request.dry)
        id_ = str(derived_id(self._secret, intake, person))
        stream = application_stream(id_)
        facts = await self._facts(request, applicant, person=person, year=today.year)
        command = RegisterApplicant(
            **dict(facts),
            intake=intake,
            opened=opened.outline(),
            person=person,
            # A registration is the first event of its stream, or there is none.
            sealed=await encrypt(
                self._vault, _identity(applicant, nik), person=person, event=f"{stream}/1"
            ),
            registered_by=channel(request),
            account=account(request),
        )
        if not request.dry:
            await self._lookup.keep(id_, applicant.birth_date)
        return Dispatch(stream, command)

    async def correct(
        self, request: RequestContext, id_: str, state: Application, applicant: Applicant
    ) -> AnyDispatch:
        """Prepare all of the applicant's data anew, except the NIK.

        Raises Refused once the file was checked, and for a person who was erased.
        """
        stream = application_stream(id_)
        expect(state, *UNCHECKED)
        _, sequence = await request.versioned(stream)
        nik = str((await self._known(state.person, str(stream)))["nik"])
        check_nik(nik, applicant.birth_date, applicant.sex)
        intake: Intake = await request.snapshot(intake_stream(state.intake))
        year = wita_day(state.registered_at).year if state.registered_at else 0
        facts = await self._facts(request, applicant, person=state.person, year=year)
        command = CorrectApplication(
            **dict(facts),
            opened=intake.outline(),
            sealed=await encrypt(
                self._vault,
                _identity(applicant, nik),
                person=state.person,
                event=f"{stream}/{sequence + 1}",
            ),
            corrected_by=channel(request),
        )
        await self._lookup.move(id_, applicant.birth_date)
        return Dispatch(stream, command, sequence)

    async def correct_identity(
        self, request: RequestContext, id_: str, identity: Identity
    ) -> AnyDispatch:
        """Prepare another name, phone and address. Raises Refused for an erased person."""
        stream = application_stream(id_)
        state, sequence = await request.versioned(stream)
        if state.erased:
            raise gone()
        known = await self._known(state.person, str(stream))
        sealed = await encrypt(
            self._vault,
            {**known, **identity.model_dump(mode="json")},
            person=state.person,
            event=f"{stream}/{sequence + 1}",
        )
        return Dispatch(stream, CorrectIdentity(sealed=sealed), sequence)

    async def with_note(
        self,
        request: RequestContext,
        id_: str,
        note: str | None,
        make: Callable[[str | None], ApplicationCommand],
    ) -> AnyDispatch:
        """Prepare the command that `make` returns for the officer's note, encrypted."""
        stream = application_stream(id_)
        state, sequence = await request.versioned(stream)
        if note is None:
            return Dispatch(stream, make(None))
        sealed = await encrypt(
            self._vault, {"note": note}, person=state.person, event=f"{stream}/{sequence + 1}"
        )
        return Dispatch(stream, make(sealed), sequence)

    async def outlook(
        self, request: RequestContext, id_: str, state: Application
    ) -> ApplicationOutlook:
        """Return the application as its applicant sees it."""
        intake: Intake = await request.snapshot(intake_stream(state.intake))
        return outlook(id_, state, intake, self._service.command_handler.now())

    async def own(self, request: RequestContext, id_: str) -> OwnApplication:
        """Return the application as its applicant sees it, with the code to follow it."""
        state: Application = await request.snapshot(application_stream(id_))
        shown = await self.outlook(request, id_, state)
        return OwnApplication(**dict(shown), follow_code=self.follow_code(id_))

    def follow_code(self, id_: str) -> str:
        """Return the code to follow an application with: it must be on no event."""
        return self._lookup.code(id_)

    async def _facts(
        self, request: RequestContext, applicant: Applicant, *, person: str, year: int
    ) -> ApplicantFacts:
        """Return what the rules look at; a training of ours in that year is known anyway."""
        facts = {name: getattr(applicant, name) for name in ApplicantFacts.model_fields}
        if await self._trained_in(request, person, year):
            facts["trained_this_year"] = True
        return ApplicantFacts.model_validate(facts)

    async def _trained_in(self, request: RequestContext, person: str, year: int) -> bool:
        """Return True when the person completed a training of ours that ended in the year."""
        trainee: Trainee = await request.snapshot(trainee_stream(person))
        for id_ in trainee.completed:
            intake: Intake = await request.snapshot(intake_stream(id_))
            if intake.ends_on is not None and intake.ends_on.year == year:
                return True
        return False

    async def _known(self, person: str, stream: str) -> dict[str, object]:
        """Return the identity as last corrected. Raises Refused for a person who was erased."""
        identity: dict[str, object] = {}
        for opened in await self._vault.opened(person, stream):
            if opened.data is None:
                raise gone()
            if "nik" in opened.data:
                identity = opened.data
        return identity


def _identity(applicant: Applicant, nik: str) -> dict[str, object]:
    known = applicant.model_dump(mode="json", include={"name", "birth_date", "phone", "address"})
    return {"nik": nik, **known}
