"""Dossier (berkas usulan): the state of a proposal, folded from its events."""

from datetime import datetime
from typing import Annotated, Literal, assert_never

from services.equipment.domain.proposal.checklist import merged
from shared.events.base import Value
from shared.events.described import described
from shared.events.equipment.proposal import (
    ChecklistRecorded,
    ProposalAllocated,
    ProposalApproved,
    ProposalDrafted,
    ProposalRejected,
    ProposalRevised,
    ProposalSubmitted,
    ProposalWithdrawn,
    ReviewDueSoon,
    ReviewOverdue,
    ReviewStarted,
    RevisionRequested,
)
from shared.events.equipment.values import Check, Decision, ProposedItem
from shared.events.values import Agency, Demand, Item, Kejuruan
from shared.eventsourcing.decider import State
from shared.eventsourcing.refusal import Refused, refuse_unless

Status = Literal[
    "draft",
    "submitted",
    "under-review",
    "revision-requested",
    "approved",
    "rejected",
    "withdrawn",
]


ProposalEvent = (
    ProposalDrafted
    | ProposalSubmitted
    | ReviewStarted
    | ChecklistRecorded
    | RevisionRequested
    | ProposalRevised
    | ProposalWithdrawn
    | ReviewDueSoon
    | ProposalApproved
    | ProposalAllocated
    | ProposalRejected
    | ReviewOverdue
)


class Granted(Value):
    """The part of a proposal that a consignment keeps: the field, the receiver, what is granted."""

    kejuruan: Kejuruan
    receiver: Agency
    items: tuple[Item, ...]


class Proposal(State):
    """A proposal as it stands.

    `total` is in whole rupiah. `request` and `points` are those of the last request for a
    revision, `answer` is the centre's. From `warn` on the deadline `due` is near; `warned` and
    `overdue` tell which of the two events about it there have been.
    """

    status: Annotated[
        Status | None,
        described(en="the status of the proposal", id="status usulan", example="under-review"),
    ] = None
    proposer: Annotated[
        str,
        described(
            en="the agency that proposes", id="instansi pengusul", example="urn:sinergi:blk-paser"
        ),
    ] = ""
    kejuruan: Annotated[
        str, described(en="the vocational field (kejuruan)", id="kejuruan", example="las")
    ] = ""
    items: Annotated[
        tuple[ProposedItem, ...], described(en="the items proposed", id="peralatan yang diusulkan")
    ] = ()
    total: Annotated[
        int,
        described(
            en="the price of all items", id="harga semua peralatan", unit="IDR", example=30000000
        ),
    ] = 0
    justification: Annotated[
        str,
        described(
            en="why the centre needs them",
            id="alasan kebutuhan",
            example="Bengkel las belum memiliki mesin.",
        ),
    ] = ""
    demand: Annotated[
        tuple[Demand, ...],
        described(
            en="the demand for the field when it was submitted",
            id="kebutuhan pelatihan saat usulan diajukan",
        ),
    ] = ()
    checklist: Annotated[
        tuple[Check, ...],
        described(
            en="the newest finding on each point of the checklist",
            id="temuan terbaru untuk setiap butir daftar periksa",
        ),
    ] = ()
    request: Annotated[
        str | None,
        described(
            en="the reason of the last request for a revision",
            id="alasan permintaan perbaikan terakhir",
            example="Harga tanpa pembanding.",
        ),
    ] = None
    points: Annotated[
        tuple[str, ...],
        described(
            en="the points of the checklist that the request is about",
            id="butir daftar periksa yang harus diperbaiki",
            example=["fair-price"],
        ),
    ] = ()
    answer: Annotated[
        str | None,
        described(
            en="the centre's answer to the request",
            id="jawaban pengusul",
            example="Harga diambil dari e-katalog.",
        ),
    ] = None
    warn: Annotated[
        datetime | None,
        described(
            en="from when the deadline is near, UTC",
            id="sejak kapan batas waktu sudah dekat, UTC",
            example="2026-08-20T16:00:00Z",
        ),
    ] = None
    due: Annotated[
        datetime | None,
        described(
            en="the deadline of the review, UTC",
            id="batas waktu penelaahan, UTC",
            example="2026-08-25T16:00:00Z",
        ),
    ] = None
    warned: Annotated[
        bool,
        described(
            en="true when the deadline is near",
            id="true bila batas waktu sudah dekat",
            example=False,
        ),
    ] = False
    overdue: Annotated[
        bool,
        described(
            en="true when the deadline has passed without a decision",
            id="true bila batas waktu lewat tanpa keputusan",
            example=False,
        ),
    ] = False
    decisions: Annotated[
        tuple[Decision, ...],
        described(en="the decision on each item", id="keputusan untuk setiap peralatan"),
    ] = ()
    granted: Annotated[
        tuple[Item, ...], described(en="the items granted", id="peralatan yang disetujui")
    ] = ()
    missing: Annotated[
        tuple[Item, ...], described(en="the items not granted", id="peralatan yang tidak disetujui")
    ] = ()
    allocated: Annotated[
        bool,
        described(
            en="true when the granted goods are set aside",
            id="true bila peralatan sudah dialokasikan",
            example=True,
        ),
    ] = False

    def grant(self) -> Granted:
        """Return the snapshot for a consignment. Raises Refused while nothing is granted."""
        if self.status != "approved":
            raise Refused(
                "not-granted", field="proposal", status=422 if self.status is None else 409
            )
        return Granted(kejuruan=self.kejuruan, receiver=self.proposer, items=self.granted)


def expect(state: Proposal, *statuses: Status) -> None:
    """Raise Refused unless the proposal stands at one of these statuses."""
    refuse_unless(state.status, statuses, "proposal")


def evolve(state: Proposal, event: ProposalEvent) -> Proposal:
    match event:
        case ProposalDrafted():
            return Proposal(
                status="draft",
                proposer=event.proposer,
                kejuruan=event.kejuruan,
                items=event.items,
                total=event.total,
                justification=event.justification,
            )
        case ProposalSubmitted():
            return Proposal(
                status="submitted",
                proposer=event.proposer,
                kejuruan=event.kejuruan,
                items=event.items,
                total=event.total,
                justification=event.justification,
                demand=event.demand,
                warn=event.warn,
                due=event.due,
            )
        case _ if state.status is None:
            return state
        case ReviewStarted():
            return state.model_copy(update={"status": "under-review"})
        case ChecklistRecorded():
            return state.model_copy(update={"checklist": merged(state.checklist, event.checks)})
        case RevisionRequested():
            return state.model_copy(
                update={
                    "status": "revision-requested",
                    "request": event.reason,
                    "points": event.points,
                    "answer": None,
                }
            )
        case ProposalRevised():
            return revised(state, event)
        case ProposalWithdrawn():
            return state.model_copy(update={"status": "withdrawn"})
        case ProposalAllocated():
            return state.model_copy(update={"allocated": True})
        case ProposalApproved():
            return state.model_copy(
                update={
                    "status": "approved",
                    "decisions": event.decisions,
                    "granted": event.items,
                    "missing": event.missing,
                }
            )
        case ProposalRejected():
            return state.model_copy(
                update={
                    "status": "rejected",
                    "decisions": event.decisions,
                    "missing": event.missing,
                }
            )
        case ReviewDueSoon():
            return state.model_copy(update={"warned": True})
        case ReviewOverdue():
            return state.model_copy(update={"warned": True, "overdue": True})
        case _:
            assert_never(event)


def revised(state: Proposal, event: ProposalRevised) -> Proposal:
    """Replace the proposal and drop the findings on the points that the revision was about."""
    kept = tuple(check for check in state.checklist if check.point not in state.points)
    return state.model_copy(
        update={
            "status": "under-review",
            "items": event.items,
            "total": event.total,
            "justification": event.justification,
            "answer": event.answer,
            "demand": event.demand,
            "checklist": kept,
            "warn": event.warn,
            "due": event.due,
            "warned": False,
            "overdue": False,
        }
    )
