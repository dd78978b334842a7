"""What region and centres agreed on becomes a programme's next version."""

from collections.abc import Iterable

from services.registration.agency import BLK_PASER
from services.registration.domain.programme import NoteAligned
from services.registration.reactions.common import stream_id
from shared.envelope import Envelope
from shared.events.partners import ProgrammeAligned
from shared.reactions import Do, Reaction


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
