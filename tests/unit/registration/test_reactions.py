from typing import Any

from services.registration.domain.application import NoteSeat, NoteSelection
from services.registration.domain.intake import ClaimSeat, EnterCandidate, NoteWorkshopReady
from services.registration.domain.workshop import AwaitWorkshop, EquipWorkshop
from services.registration.reactions import REACTIONS
from shared.events.base import Event
from shared.events.equipment import EquipmentCommissioned
from shared.events.registration import (
    ApplicantScored,
    SeatClaimed,
    SeatGranted,
    SeatRefused,
    SelectionMade,
    WorkshopReady,
)
from shared.reactions import Do
from tests.unit.given import BLK, MINISTRY, NOW, envelope

from .samples import MACHINES, candidate, opened, place


def on(subject: str, event: Event, source: str = BLK) -> list[Do]:
    return [
        do
        for reaction in REACTIONS
        if type(event) in reaction.on
        for do in reaction.do(envelope(subject, source), event)
    ]


def commissioned(**changes: Any) -> EquipmentCommissioned:
    facts: dict[str, Any] = {
        "kejuruan": "las",
        "receiver": BLK,
        "items": MACHINES,
        "origin": "grant",
        "proposal": "p1",
    }
    return EquipmentCommissioned(**{**facts, **changes})


def test_names_are_unique() -> None:
    assert len({reaction.name for reaction in REACTIONS}) == len(REACTIONS)


def test_commissioned_equipment_equips_the_workshop_of_its_field() -> None:
    command = EquipWorkshop(kejuruan="las", items=MACHINES, origin="grant", consignment="c1")
    assert on("consignment/c1", commissioned(), MINISTRY) == [Do("workshop/las", command)]


def test_but_not_what_another_centre_received() -> None:
    elsewhere = commissioned(receiver="urn:sinergi:blk-kutim")
    assert on("consignment/c1", elsewhere, MINISTRY) == []


def test_an_open_intake_awaits_its_workshop() -> None:
    command = AwaitWorkshop(kejuruan="las", intake="i1", needs=MACHINES)
    assert on("intake/i1", opened()) == [Do("workshop/las", command)]


def test_a_ready_workshop_is_told_to_each_intake() -> None:
    event = WorkshopReady(kejuruan="las", intakes=("i1", "i2"))
    assert on("workshop/las", event) == [
        Do("intake/i1", NoteWorkshopReady()),
        Do("intake/i2", NoteWorkshopReady()),
    ]


def test_a_scored_applicant_enters_the_selection() -> None:
    event = ApplicantScored(intake="i1", priority=True, written=81, interview=70, registered_at=NOW)
    command = EnterCandidate(candidate=candidate("a1", 81))
    assert on("application/a1", event) == [Do("intake/i1", command)]


def test_the_selection_is_told_to_everyone_in_it() -> None:
    event = SelectionMade(
        programme="p1",
        kejuruan="las",
        quota=1,
        candidates=2,
        offered=(place("a1", 1),),
        waitlisted=(place("a2", 2),),
    )
    first = NoteSelection(place=place("a1", 1), offered=True, quota=1, candidates=2)
    second = NoteSelection(place=place("a2", 2), offered=False, quota=1, candidates=2)
    assert on("intake/i1", event) == [Do("application/a1", first), Do("application/a2", second)]


def test_a_claim_goes_to_the_ledger_and_its_answer_back() -> None:
    assert on("application/a1", SeatClaimed(intake="i1")) == [
        Do("intake/i1", ClaimSeat(application="a1"))
    ]
    assert on("intake/i1", SeatGranted(application="a1")) == [Do("application/a1", NoteSeat())]
    assert on("intake/i1", SeatRefused(application="a1", reason="full")) == [
        Do("application/a1", NoteSeat(lost="full"))
    ]
