"""What the ministry's equipment service does on other agencies' events."""

from collections.abc import Iterable

from services.equipment.domain.consignment import ReceiveSupport
from shared.envelope import Envelope
from shared.events.partners import SupportFulfilled
from shared.reactions import Do, Reaction


def receive_support(envelope: Envelope, event: SupportFulfilled) -> Iterable[Do]:
    """What a partner gave counts towards the workshop: a consignment for each fulfilled offer."""
    if event.kind == "equipment":
        support = envelope.subject.partition("/")[2]
        yield Do(
            f"consignment/{support}.{event.offer}",
            ReceiveSupport(
                kejuruan=event.kejuruan,
                receiver=event.for_agency,
                items=event.items,
                partner=event.partner,
                proposal=event.proposal,
                offer=event.offer,
            ),
        )


REACTIONS: tuple[Reaction, ...] = (
    Reaction("receive-support", "partners.events", (SupportFulfilled,), receive_support),
)
