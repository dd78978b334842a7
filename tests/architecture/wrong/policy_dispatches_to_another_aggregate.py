"""Let a policy send an asset's command to a proposal: what it answers must not hide that."""

from services.equipment.domain.asset import ReleaseAsset
from services.equipment.domain.proposal.aggregate import proposal_stream
from shared.events.equipment.asset import AssetRegistered
from shared.eventsourcing.policies import Dispatch, Dispatches
from shared.signing.cloudevents import Envelope


def release(envelope: Envelope, event: AssetRegistered) -> Dispatches:
    yield Dispatch(proposal_stream("p1"), ReleaseAsset(consignment="c1"))  # error: misc
