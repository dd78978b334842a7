"""What the network does on other agencies' events."""

from collections.abc import Iterable

from services.partners.domain.support import OpenSupport
from shared.envelope import Envelope
from shared.events.equipment import ProposalApproved, ProposalRejected
from shared.reactions import Do, Reaction

# How long partners have to offer what the ministry did not grant.
OFFER_DAYS = 14


def request_support(envelope: Envelope, event: ProposalApproved | ProposalRejected) -> Iterable[Do]:
    """What a proposal was not granted, the partners of its field are asked for."""
    if event.missing:
        proposal = envelope.subject.partition("/")[2]
        yield Do(
            f"support/{proposal}",
            OpenSupport(
                kind="equipment",
                kejuruan=event.kejuruan,
                items=event.missing,
                proposal=proposal,
                for_agency=event.proposer,
                days=OFFER_DAYS,
            ),
        )


REACTIONS: tuple[Reaction, ...] = (
    Reaction(
        "request-support", "equipment.events", (ProposalApproved, ProposalRejected), request_support
    ),
)
