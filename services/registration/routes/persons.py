"""Rights of the person (UU 27/2022): reading what is held and who read it, and erasure."""

from typing import Annotated, Literal

from pydantic import ConfigDict

from services.registration.agency import BLK_PASER
from services.registration.application.erasure import PersonErasure
from services.registration.application.person_files import AccessReport, PersonalData
from services.registration.application.persons import OnRunning, Persons, Whom
from services.registration.application.requester import own_application
from services.registration.application.retention import erasable, rules_of
from services.registration.domain.person import DECIDER as PERSON
from services.registration.routes.access import CITIZENS, OFFICERS, Prepare
from services.registration.routes.answers import ErasablePersons
from shared.events.base import Text
from shared.events.described import described
from shared.events.registration.person import ErasureReason, PersonFile, Purpose
from shared.events.values import wita_day
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch
from shared.kernel.ports import Commit
from shared.web.parsing import page_of
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.responses import Nothing, PageQuery
from shared.web.router import Api

Note = Annotated[
    Text,
    described(
        en="the officer's own words about it, kept encrypted",
        id="catatan petugas, disimpan terenkripsi",
        example="Diminta pemohon di loket.",
    ),
]


def _example(**fields: str) -> ConfigDict:
    """Return the example of a form of which not all fields go together."""
    return ConfigDict(json_schema_extra={"examples": [dict(fields)]})


class ReadForm(Command):
    """Read personal data for a purpose; the note is for the record and is encrypted."""

    purpose: Purpose
    note: Note | None = None


class ReportForm(Whom, Command):
    """Ask for the access report of a person; the note is for the record and is encrypted."""

    model_config = _example(nik="6401045502010001", note="Diminta pemohon di loket.")

    note: Note | None = None


class ErasureForm(Whom, Command):
    """Erase a person's data; applications under way are withdrawn, or a reason to refuse."""

    model_config = _example(nik="6401045502010001", reason="person-request", on_running="withdraw")

    reason: ErasureReason
    on_running: OnRunning = "refuse"


def routes(service: Resources, api: Api) -> None:
    """Add the routes of persons."""
    persons, erasure = Persons(service), PersonErasure(service)

    def reading(kind: Literal["application", "instructor"]) -> Prepare[ReadForm]:
        async def prepare(request: RequestContext, body: ReadForm) -> AnyDispatch:
            file = PersonFile(kind=kind, id=request.path["id"])
            person = await persons.person(request, file)
            return await persons.read(request, person, [file], purpose=body.purpose, note=body.note)

        return prepare

    async def read(request: RequestContext, body: ReadForm, commit: Commit) -> PersonalData:
        """Return the identity and the notes in the file, once the read is recorded."""
        return await persons.data(commit)

    async def ask_report(request: RequestContext, body: ReportForm) -> AnyDispatch:
        person, files = await persons.find(request, body)
        return await persons.read(request, person, files, purpose="person-request", note=body.note)

    async def ask_own_report(request: RequestContext, body: Nothing) -> AnyDispatch:
        # Knowing somebody's NIK, one can apply in their name: it opens no other file of theirs.
        state = await own_application(request)
        file = PersonFile(kind="application", id=request.path["id"])
        return await persons.read(request, state.person, [file], purpose="person-request")

    async def report(request: RequestContext, body: Command, commit: Commit) -> AccessReport:
        """Return all that is held and who read it, once this read is recorded."""
        return await persons.report(commit)

    async def own_report(request: RequestContext, body: Nothing, commit: Commit) -> AccessReport:
        """Return all that is held and who read it, once this read is recorded."""
        return await persons.report(commit)

    async def erase(request: RequestContext, body: ErasureForm) -> AnyDispatch:
        return await persons.erase(request, body, reason=body.reason, on_running=body.on_running)

    api.reveal(
        "/v1/applications/{id}/personal-data", ReadForm, OFFICERS, reading("application"), read,
        "Read the applicant's personal data, for a purpose that is recorded", PersonalData,
        agency=BLK_PASER,
        indonesian="Baca data pribadi pendaftar dengan tujuan yang dicatat.",
    )  # fmt: skip
    api.reveal(
        "/v1/instructors/{id}/personal-data", ReadForm, OFFICERS, reading("instructor"), read,
        "Read the instructor's personal data, for a purpose that is recorded", PersonalData,
        agency=BLK_PASER,
        indonesian="Baca data pribadi instruktur dengan tujuan yang dicatat.",
    )  # fmt: skip
    api.reveal(
        "/v1/persons/access-report", ReportForm, OFFICERS, ask_report, report,
        "All that is held about a person, and who read it", AccessReport, agency=BLK_PASER,
        indonesian="Semua data yang disimpan tentang seseorang, dan siapa yang membacanya.",
    )  # fmt: skip
    api.reveal(
        "/v1/applications/{id}/access-report", Nothing, CITIZENS, ask_own_report, own_report,
        "All that is held about my application, and who read it", AccessReport,
        description="Return all that is held and who read it, once this read is recorded.",
        indonesian="Semua data yang disimpan tentang pendaftaran sendiri, dan siapa yang "
        "membacanya.",
    )  # fmt: skip
    api.command(
        "POST", "/v1/persons/erasure", ErasureForm, OFFICERS, erase,
        "Erase a person", agency=BLK_PASER, then=erasure.after,
        indonesian="Hapus data seseorang; yang masih berjalan ditarik, atau permintaan ditolak.",
    )  # fmt: skip
    rules = rules_of(service.settings.retention_days)

    async def retention(request: RequestContext) -> ErasablePersons:
        """Return the persons whose data need be kept no longer, page by page.

        They are ordered by how and when their last file ended. A page may be short, or empty, and
        yet have a next one.
        """
        limit, after = page_of(request.query)
        today = wita_day(service.command_handler.now())
        items, next_ = await erasable(service.store, rules, today, limit, after)
        return ErasablePersons(items=items, next=next_)

    api.query(
        "/v1/retention", OFFICERS, retention,
        "Whose data need be kept no longer, and why", ErasablePersons,
        parameters=PageQuery,
        indonesian="Orang yang datanya tidak perlu disimpan lagi, menurut cara dan saat berkas "
        "terakhirnya berakhir. Halaman bisa pendek atau kosong walaupun ada halaman berikutnya.",
    )  # fmt: skip
    api.states(PERSON, "/v1/persons", OFFICERS, without=("accounts",))
