"""What region and centres agreed on becomes a programme's next version."""

from collections.abc import Iterable

from services.registration.agency import BLK_PASER
from services.registration.domain.programme import NoteAligned
from services.registration.policies.common import stream_id
from shared.events.partners.alignment import ProgrammeAligned
from shared.eventsourcing.policies import Do, Reaction
from shared.signing.cloudevents import Envelope


def publish_aligned(envelope: Envelope, event: ProgrammeAligned) -> Iterable[Do]:
    """Another regency's programme is none of ours."""
    if event.region == BLK_PASER:
        alignment = stream_id(envelope)
        yield Do(
            f"programme/{event.programme or alignment}",
            NoteAligned(alignment=alignment, content=event.content),
        )


REACTIONS: tuple[Reaction, ...] = (
    Reaction("publish-aligned", "partners.events", (ProgrammeAligned,), publish_aligned),
)
