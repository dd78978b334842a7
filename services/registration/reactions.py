"""What the training centre does on events, its own and the ministry's."""

from collections.abc import Iterable

from services.registration.domain.application import NoteSeat, NoteSelection
from services.registration.domain.intake import ClaimSeat, EnterCandidate, NoteWorkshopReady
from services.registration.domain.workshop import AwaitWorkshop, EquipWorkshop
from shared.envelope import Envelope
from shared.events.equipment import EquipmentCommissioned
from shared.events.registration import (
    ApplicantScored,
    Candidate,
    IntakeOpened,
    SeatClaimed,
    SeatGranted,
    SeatRefused,
    SelectionMade,
    WorkshopReady,
)
from shared.reactions import Do, Reaction

OWN = "registration.events"
BLK_PASER = "urn:sinergi:blk-paser"


def _id(envelope: Envelope) -> str:
    """The id of the stream that the event is of."""
    return envelope.subject.partition("/")[2]


def equip_workshop(envelope: Envelope, event: EquipmentCommissioned) -> Iterable[Do]:
    """Equipment that another regency's centre received is none of ours."""
    if event.receiver == BLK_PASER:
        yield Do(
            f"workshop/{event.kejuruan}",
            EquipWorkshop(
                kejuruan=event.kejuruan,
                items=event.items,
                origin=event.origin,
                consignment=_id(envelope),
            ),
        )


def await_workshop(envelope: Envelope, event: IntakeOpened) -> Iterable[Do]:
    yield Do(
        f"workshop/{event.kejuruan}",
        AwaitWorkshop(kejuruan=event.kejuruan, intake=_id(envelope), needs=event.equipment),
    )


def note_workshop_ready(envelope: Envelope, event: WorkshopReady) -> Iterable[Do]:
    for intake in event.intakes:
        yield Do(f"intake/{intake}", NoteWorkshopReady())


def enter_candidate(envelope: Envelope, event: ApplicantScored) -> Iterable[Do]:
    candidate = Candidate(
        application=_id(envelope),
        priority=event.priority,
        written=event.written,
        interview=event.interview,
        registered_at=event.registered_at,
    )
    yield Do(f"intake/{event.intake}", EnterCandidate(candidate=candidate))


def note_selection(envelope: Envelope, event: SelectionMade) -> Iterable[Do]:
    for places, offered in ((event.offered, True), (event.waitlisted, False)):
        for place in places:
            yield Do(
                f"application/{place.application}",
                NoteSelection(
                    place=place,
                    offered=offered,
                    quota=event.quota,
                    candidates=event.candidates,
                ),
            )


def claim_seat(envelope: Envelope, event: SeatClaimed) -> Iterable[Do]:
    yield Do(f"intake/{event.intake}", ClaimSeat(application=_id(envelope)))


def note_seat(envelope: Envelope, event: SeatGranted | SeatRefused) -> Iterable[Do]:
    lost = event.reason if isinstance(event, SeatRefused) else None
    yield Do(f"application/{event.application}", NoteSeat(lost=lost))


REACTIONS: tuple[Reaction, ...] = (
    Reaction("equip-workshop", "equipment.events", (EquipmentCommissioned,), equip_workshop),
    Reaction("await-workshop", OWN, (IntakeOpened,), await_workshop),
    Reaction("note-workshop-ready", OWN, (WorkshopReady,), note_workshop_ready),
    Reaction("enter-candidate", OWN, (ApplicantScored,), enter_candidate),
    Reaction("note-selection", OWN, (SelectionMade,), note_selection),
    Reaction("claim-seat", OWN, (SeatClaimed,), claim_seat),
    Reaction("note-seat", OWN, (SeatGranted, SeatRefused), note_seat),
)
