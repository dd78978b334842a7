"""Policies of programmes: what region and centres agreed on becomes the next version."""

from services.registration.agency import BLK_PASER
from services.registration.domain.programme import NoteAligned, programme_stream
from services.registration.policies.common import stream_id
from shared.events.partners.alignment import ProgrammeAligned
from shared.eventsourcing.policies import AnyPolicy, Dispatch, Dispatches, policy
from shared.signing.cloudevents import Envelope


@policy
def publish_aligned(envelope: Envelope, event: ProgrammeAligned) -> Dispatches:
    """Another regency's programme is none of ours."""
    if event.region == BLK_PASER:
        alignment = stream_id(envelope)
        yield Dispatch(
            programme_stream(event.programme or alignment),
            NoteAligned(alignment=alignment, content=event.content),
        )


POLICIES: tuple[AnyPolicy, ...] = (publish_aligned,)
