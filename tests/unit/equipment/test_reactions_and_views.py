from typing import Any

import pytest

from services.equipment.domain.asset import ReleaseAsset, asset_stream
from services.equipment.domain.consignment.aggregate import NoteAsset, consignment_stream
from services.equipment.domain.proposal.aggregate import proposal_stream
from services.equipment.policies import POLICIES
from services.equipment.projections import AID, DEMAND
from shared.events.base import Event
from shared.events.equipment.asset import AssetRegistered
from shared.events.equipment.consignment import AssetRejected, EquipmentCommissioned
from shared.events.equipment.proposal import (
    ProposalApproved,
    ProposalRejected,
    ProposalWithdrawn,
    ReviewOverdue,
)
from shared.events.equipment.values import Asset
from shared.events.partners.support import SupportFulfilled
from shared.events.registration.application import (
    ApplicantRegistered,
    ApplicationCancelled,
    ApplicationCorrected,
    ApplicationDeclined,
    ApplicationWithdrawn,
)
from shared.events.registration.enrolment import (
    ApplicantPromoted,
    ApplicantReferred,
    ApplicantWaitlisted,
)
from shared.events.registration.placement import GraduatePlaced
from shared.events.registration.values import Eligibility
from shared.events.values import Document, Item, Reason
from shared.eventsourcing.policies import Dispatch
from shared.eventsourcing.projections import AnyProjection, Part
from tests.unit.equipment.samples import ALLOCATED, DUE, SUBMITTED
from tests.unit.given import BLK, MINISTRY, NOW, envelope

BY_NAME = {reaction.name: reaction for reaction in POLICIES}
FULFILLED = SupportFulfilled(
    offer=2,
    kind="equipment",
    kejuruan="las",
    partner="makassar",
    for_agency=BLK,
    proposal="p1",
    items=(Item(item="smaw-machine", quantity=3),),
    evidence=Document(kind="receipt", sha256="0" * 64, media_type="application/pdf"),
)


@pytest.mark.parametrize("proposal", ["p1", None])
def test_each_fulfilled_offer_of_equipment_is_a_consignment(proposal: str | None) -> None:
    event = FULFILLED.model_copy(update={"proposal": proposal})
    assert list(BY_NAME["receive-support"].react(envelope("support/p1", MINISTRY), event)) == [
        Dispatch(consignment_stream("p1.2"), event)
    ]


def test_other_support_is_not() -> None:
    seats = FULFILLED.model_copy(update={"kind": "seats"})
    assert list(BY_NAME["receive-support"].react(envelope("support/p1"), seats)) == []


def test_a_number_goes_to_its_consignment_and_comes_back_when_there_is_no_unit() -> None:
    asset = Asset(item="helmet", number="3.05.01")
    registered = AssetRegistered(consignment="c1", item="helmet")
    assert list(BY_NAME["note-asset"].react(envelope("asset/3.05.01"), registered)) == [
        Dispatch(consignment_stream("c1"), NoteAsset(asset=asset))
    ]
    rejected = AssetRejected(asset=asset)
    assert list(BY_NAME["release-asset"].react(envelope("consignment/c1"), rejected)) == [
        Dispatch(asset_stream("3.05.01"), ReleaseAsset(consignment="c1"))
    ]


def test_a_proposal_hears_that_its_goods_are_set_aside() -> None:
    assert list(BY_NAME["note-allocated"].react(envelope("consignment/p1"), ALLOCATED)) == [
        Dispatch(proposal_stream("p1"), ALLOCATED)
    ]


WHERE: dict[str, Any] = {"intake": "i1", "kejuruan": "las", "kecamatan": "64.01.04"}
WHY = Reason(rule="rank", version=1)
_SEEN: dict[str, Any] = {
    "sealed": "c2VhbGVk",
    "sex": "female",
    "age_band": "21-25",
    "education": "smk",
    "priority": True,
    "eligibility": Eligibility(version=1, rules=()),
}
REGISTERED = ApplicantRegistered(
    **WHERE, **_SEEN, programme="p1", person="x1", registered_at=NOW, registered_by="officer"
)
MOVED = ApplicationCorrected(**{**WHERE, **_SEEN, "kecamatan": "64.01.01"}, corrected_by="officer")
WAITING = ApplicantWaitlisted(**WHERE, rank=1, why=WHY)
PROMOTED = ApplicantPromoted(**WHERE, rank=1, why=WHY, claim_by=NOW)
GONE: list[Event] = [
    ApplicationDeclined(**WHERE, reasons=()),
    ApplicationWithdrawn(**WHERE, person="x1", withdrawn_by="officer", reason="moved"),
    ApplicationCancelled(**WHERE, person="x1", reason="Kelas batal."),
    ApplicantReferred(
        **WHERE, person="x1", education="smk", support="s1", offer=1, partner="bandung", rank=1
    ),
]


def folded(view: AnyProjection, stream: str, *events: Event) -> Part | None:
    part: Part | None = None
    for event in events:
        assert list(view.keys(envelope(stream), event)) == ["las"]
        part = view.fold(part, envelope(stream), event)
    return part


def test_demand_follows_each_application() -> None:
    here, there = {"kecamatan": "64.01.04"}, {"kecamatan": "64.01.01"}
    a1 = "application/a1"
    assert folded(DEMAND, a1, REGISTERED) == {**here, "status": "applied"}
    assert folded(DEMAND, a1, REGISTERED, MOVED) == {**there, "status": "applied"}
    assert folded(DEMAND, a1, REGISTERED, WAITING) == {**here, "status": "waiting"}
    assert folded(DEMAND, a1, REGISTERED, WAITING, PROMOTED) == {**here, "status": "applied"}
    for gone in GONE:
        assert folded(DEMAND, a1, REGISTERED, WAITING, gone) == {**here, "status": "gone"}


def test_a_graduate_is_placed_by_any_outcome_but_none() -> None:
    def placed(months: Any, outcome: Any) -> GraduatePlaced:
        return GraduatePlaced(application="a1", **WHERE, months=months, outcome=outcome)

    def status(*events: Event) -> Any:
        return (folded(DEMAND, "placement/a1", *events) or {})["status"]

    assert status(placed(3, "none")) == "looking"
    assert status(placed(3, "none"), placed(6, "job")) == "placed"
    assert status(placed(3, "job"), placed(6, "none")) == "placed"


def test_figures_follow_each_proposal_and_its_consignment() -> None:
    facts: dict[str, Any] = {"proposer": BLK, "kejuruan": "las"}
    approved = ProposalApproved(**facts, items=(), missing=(), partial=False, decisions=())
    rejected = ProposalRejected(**facts, missing=(), decisions=())
    withdrawn = ProposalWithdrawn(**facts, reason="x")
    overdue = ReviewOverdue(**facts, due=DUE)
    p1, since = "proposal/p1", {"submitted": NOW.isoformat()}
    assert folded(AID, p1, SUBMITTED) == {"status": "open", **since}
    assert folded(AID, p1, SUBMITTED, overdue, approved) == {
        "status": "approved", "overdue": True, **since
    }  # fmt: skip
    assert folded(AID, p1, SUBMITTED, rejected) == {"status": "rejected", **since}
    assert folded(AID, p1, SUBMITTED, withdrawn) == {"status": "withdrawn", **since}
    assert folded(AID, p1, withdrawn) is None
    grant = EquipmentCommissioned(kejuruan="las", receiver=BLK, items=(), origin="grant")
    support = grant.model_copy(update={"origin": "support"})
    assert folded(AID, "consignment/p1", grant, grant) == {"commissioned": NOW.isoformat()}
    assert folded(AID, "consignment/p1.1", support) is None
