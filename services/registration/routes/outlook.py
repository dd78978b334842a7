"""What an application's standing means for the applicant: what comes next, and what they can do."""

from datetime import datetime
from typing import Any

from services.registration.domain.application.state import (
    UNCHECKED,
    UNDER_WAY,
    Application,
)
from shared.kernel.sentences import in_all
from shared.web.reasons import told


def actions(state: Application, now: datetime) -> tuple[str, ...]:
    """What the applicant can do now: names of the commands below the application's address."""
    can = []
    if state.status in UNCHECKED:
        can += ["correction", "documents"]
    if state.status == "offered" and (state.claim_by is None or now < state.claim_by):
        can.append("seat")
    if state.open_questions(now):
        can.append("referral")
    if state.status in UNDER_WAY:
        can.append("withdrawal")
    return tuple(can)


def outlook(state: Application, now: datetime) -> dict[str, Any]:
    """The applicant's own view, as JSON: nothing in it says who they are."""
    if state.status is None:
        return {}
    failed = state.status == "finished" and not state.passed
    shown: dict[str, Any] = {
        "status": state.status,
        "standing": in_all(f"application-status.{state.status}", {}),
        "next": in_all("next.failed" if failed else f"next.{state.status}", {}),
        "actions": list(actions(state, now)),
        "intake": state.intake,
        "kejuruan": state.kejuruan,
    }
    if state.rank is not None and state.why is not None:
        shown |= {"rank": state.rank, "why": told(state.why)}
    if state.reasons:
        shown["reasons"] = [told(reason) for reason in state.reasons]
    if state.points:
        shown["points"] = list(state.points)
    if state.status == "offered" and state.claim_by is not None:
        shown["claim_by"] = state.claim_by.isoformat()
    if state.starts_on is not None and state.ends_on is not None:
        shown |= {"starts_on": str(state.starts_on), "ends_on": str(state.ends_on)}
    if questions := state.open_questions(now):
        shown["referrals"] = [
            question.model_dump(mode="json", exclude={"willing"}) for question in questions.values()
        ]
    if state.partner is not None:
        shown["partner"] = state.partner
    if state.lost is not None:
        shown["lost"] = state.lost
    if state.status == "finished":
        shown |= {"passed": state.passed, "attendance": state.attendance}
    if state.certificates:
        shown["certificates"] = dict(state.certificates)
    return shown
