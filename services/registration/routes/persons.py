"""The rights of the person (UU 27/2022): what is held and who read it, and erasure."""

from typing import Any

from services.registration.agency import BLK_PASER
from services.registration.application.erasure import PersonErasure
from services.registration.application.retention import erasable, rules_of
from services.registration.domain.person import DECIDER as PERSON
from services.registration.routes.access import CITIZENS, OFFICERS
from services.registration.routes.applications import application_of
from services.registration.routes.registry import ErasureForm, Registry, ReportForm
from shared.events.base import Text
from shared.events.registration.person import PersonFile, Purpose
from shared.events.values import wita_day
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch
from shared.kernel.ports import Commit
from shared.web.parsing import page_of
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.responses import Nothing, PageQuery
from shared.web.router import Api
from shared.web.untyped import Untyped


class ReadForm(Command):
    """Why an officer reads personal data; the note is for the record and stays sealed."""

    purpose: Purpose
    note: Text | None = None


def routes(service: Resources, api: Api) -> None:
    registry, erasure = Registry(service), PersonErasure(service)

    def reading(kind: Any) -> Any:
        async def prepare(ask: RequestContext, body: ReadForm) -> AnyDispatch:
            file = PersonFile(kind=kind, id=ask.path["id"])
            person = await registry.person(ask, file)
            return await registry.read(ask, person, [file], body.purpose, body.note)

        return prepare

    async def read(ask: RequestContext, body: ReadForm, commit: Commit) -> dict[str, Any]:
        return await registry.data(commit)

    async def ask_report(ask: RequestContext, body: ReportForm) -> AnyDispatch:
        person, files = await registry.whom(ask, body)
        return await registry.read(ask, person, files, "person-request", body.note)

    async def ask_own_report(ask: RequestContext, body: Nothing) -> AnyDispatch:
        """Knowing somebody's NIK, one can apply in their name: it opens no other file of theirs."""
        state = await application_of(ask)
        file = PersonFile(kind="application", id=ask.path["id"])
        return await registry.read(ask, state.person, [file], "person-request")

    async def report(ask: RequestContext, body: Any, commit: Commit) -> dict[str, Any]:
        return await registry.report(commit)

    api.reveal(
        "/v1/applications/{id}/personal-data", ReadForm, OFFICERS, reading("application"), read,
        "Read the applicant's personal data, for a purpose that is recorded", Untyped,
        agency=BLK_PASER,
    )  # fmt: skip
    api.reveal(
        "/v1/instructors/{id}/personal-data", ReadForm, OFFICERS, reading("instructor"), read,
        "Read the instructor's personal data, for a purpose that is recorded", Untyped,
        agency=BLK_PASER,
    )  # fmt: skip
    api.reveal(
        "/v1/persons/access-report", ReportForm, OFFICERS, ask_report, report,
        "All that is held about a person, and who read it", Untyped, agency=BLK_PASER,
    )  # fmt: skip
    api.reveal(
        "/v1/applications/{id}/access-report", Nothing, CITIZENS, ask_own_report, report,
        "All that is held about my application, and who read it", Untyped,
    )  # fmt: skip
    api.command(
        "POST", "/v1/persons/erasure", ErasureForm, OFFICERS, registry.erasure,
        "Erase a person", agency=BLK_PASER, then=erasure.after,
    )  # fmt: skip
    rules = rules_of(service.settings.retention_days)

    async def retention(ask: RequestContext) -> dict[str, Any]:
        limit, after = page_of(ask.query)
        today = wita_day(service.command_handler.now())
        found = await erasable(service.store, rules, today)
        left = [(person, item) for person, item in found if person > after]
        more = {"next": left[limit - 1][0]} if len(left) > limit else {}
        return {"items": [item for _, item in left[:limit]], **more}

    api.query(
        "/v1/retention",
        OFFICERS,
        retention,
        "Whose data need be kept no longer, and why",
        Untyped,
        parameters=PageQuery,
    )
    api.states(PERSON, "/v1/persons", OFFICERS, without=("accounts",))
