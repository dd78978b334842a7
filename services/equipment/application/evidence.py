"""Evidence: the demand and the calendar that a submission and a revision are given."""

from datetime import date

from services.equipment.application.demand import demand_for
from services.equipment.domain.proposal.aggregate import (
    Evidence,
    ReviseProposal,
    Revision,
    SubmitProposal,
    proposal_stream,
)
from shared.kernel.settings import BadSetting, Settings
from shared.web.request_context import RequestContext


def review_calendar(settings: Settings) -> Evidence:
    """Return the calendar of reviews as it is configured, without demand. Raises BadSetting."""
    return Evidence(
        review_days=settings.review_days,
        warning_days=settings.review_warning_days,
        holidays=_holidays(settings.holidays),
    )


async def submission_with_evidence(
    request: RequestContext, proposal: str, calendar: Evidence
) -> SubmitProposal:
    """Return the command that submits the proposal. Raises ProblemError 404 without one."""
    kejuruan = (await request.state(proposal_stream(proposal))).kejuruan
    evidence = await _evidence(request, kejuruan, calendar)
    return SubmitProposal(kejuruan=kejuruan, **dict(evidence))


async def revision_with_evidence(
    request: RequestContext, proposal: str, revision: Revision, calendar: Evidence
) -> ReviseProposal:
    """Return the command that revises the proposal. Raises ProblemError 404 without one."""
    kejuruan = (await request.state(proposal_stream(proposal))).kejuruan
    evidence = await _evidence(request, kejuruan, calendar)
    return ReviseProposal(**dict(revision), **dict(evidence))


async def _evidence(request: RequestContext, kejuruan: str, calendar: Evidence) -> Evidence:
    demand = await demand_for(request.service, kejuruan)
    return calendar.model_copy(update={"demand": demand.value})


def _holidays(text: str) -> tuple[date, ...]:
    try:
        return tuple(date.fromisoformat(day.strip()) for day in text.split(",") if day.strip())
    except ValueError as error:
        raise BadSetting(f"SINERGI_HOLIDAYS: days are written YYYY-MM-DD,...: {error}") from error
