"""An application as officers see it: its standing, and why, in sentences."""

from collections.abc import Mapping
from typing import Annotated

from services.registration.application.outlook import (
    ToldEligibility,
    ToldReason,
    told_eligibility,
    told_reason,
)
from services.registration.domain.application.standing import Standing
from services.registration.domain.application.state import Application
from shared.events.described import described
from shared.web.state_views import StateView


class ApplicationView(StateView[Application], Standing):
    """An application as it stands, without what identifies its applicant."""

    eligibility: Annotated[
        ToldEligibility | None,
        described(en="the result of every rule", id="hasil setiap aturan"),
    ] = None
    reasons: Annotated[list[ToldReason], described(en="why it was declined", id="alasan penolakan")]
    why: Annotated[
        ToldReason | None, described(en="why this place in the ranking", id="alasan peringkat ini")
    ] = None

    @classmethod
    def computed(cls, state: Application) -> Mapping[str, object]:
        """Return what has a sentence in both languages."""
        return {
            "eligibility": told_eligibility(state.eligibility) if state.eligibility else None,
            "reasons": [told_reason(reason) for reason in state.reasons],
            "why": told_reason(state.why) if state.why else None,
        }
