"""The coordination itself, with nothing but the domain and its reactions: no store, no log."""

from collections import deque
from datetime import date
from types import ModuleType
from typing import Any

import services.equipment.reactions as equipment_reactions
import services.partners.reactions as partners_reactions
import services.registration.reactions as registration_reactions
from services.equipment.domain import consignment, proposal
from services.partners.domain import partner, support
from services.registration.domain import application, instructor, intake, programme, workshop
from shared.events.equipment import Delivered, EquipmentCommissioned
from shared.events.registration import Certificate, IntakeStarted, WorkshopReady
from shared.events.values import Item
from shared.reactions import Reaction
from shared.stream import AnyDecider, Command
from tests.unit.equipment.samples import decision, submit
from tests.unit.given import BLK, MAKASSAR, MINISTRY, Given, envelope
from tests.unit.partners.samples import MAKASSAR_JOINED
from tests.unit.registration.samples import PLAN, PUBLISH, register

SERVICES: dict[str, tuple[tuple[ModuleType, ...], tuple[Reaction, ...]]] = {
    "registration": (
        (application, instructor, intake, programme, workshop),
        registration_reactions.REACTIONS,
    ),
    "equipment": ((consignment, proposal), equipment_reactions.REACTIONS),
    "partners": ((partner, support), partners_reactions.REACTIONS),
}


class World:
    """All streams of all services in memory; every reaction runs as soon as it can."""

    def __init__(self) -> None:
        self.deciders: dict[tuple[str, str], AnyDecider] = {
            (service, noun.DECIDER.kind): noun.DECIDER
            for service, (nouns, _) in SERVICES.items()
            for noun in nouns
        }
        self.states: dict[tuple[str, str], Any] = {}
        self.happened: list[tuple[str, Any]] = []

    def state(self, service: str, stream: str) -> Any:
        initial = self.deciders[service, stream.partition("/")[0]].initial
        return self.states.get((service, stream), initial)

    def do(self, service: str, stream: str, command: Command, agency: str = BLK) -> None:
        todo = deque([(service, stream, command, agency)])
        while todo:
            service, stream, command, agency = todo.popleft()
            decider = self.deciders[service, stream.partition("/")[0]]
            before = Given(decider, self.state(service, stream))
            outcome = before.when(command, agency=agency, actor=f"someone-of-{agency}")
            assert outcome.refusal is None, f"{stream}: {outcome.refusal}"
            self.states[service, stream] = outcome.state
            for event in outcome.events:
                self.happened.append((stream, event))
                for other, (_, reactions) in SERVICES.items():
                    for reaction in reactions:
                        if reaction.topic == f"{service}.events" and type(event) in reaction.on:
                            for then in reaction.do(envelope(stream), event):
                                todo.append((other, then.stream, then.command, "system"))


def test_from_registration_to_a_working_workshop() -> None:
    world = World()
    three = Item(item="smaw-machine", quantity=3)

    # The centre publishes, appoints, opens; two people apply, are tested and re-register.
    world.do("registration", "programme/p1", PUBLISH)
    certificate = Certificate(number="1", valid_until=date(2025, 1, 1))
    world.do(
        "registration",
        "instructor/t1",
        instructor.AppointInstructor(
            person="person-9",
            sealed="c2VhbGVk",
            fields=("las",),
            methodology=certificate,
            competency=certificate,
        ),
    )
    published = world.state("registration", "programme/p1").outline()
    world.do(
        "registration",
        "intake/i1",
        intake.OpenIntake(published=published, **{**dict(PLAN), "quota": 1}),
    )
    appointed = world.state("registration", "instructor/t1").appointment()
    world.do(
        "registration",
        "intake/i1",
        intake.AssignInstructor(instructor="t1", appointed=appointed),
    )
    for name, written in (("a1", 90), ("a2", 80)):
        stream = f"application/{name}"
        opened = world.state("registration", "intake/i1").outline()
        world.do("registration", stream, register().model_copy(update={"opened": opened}))
        world.do("registration", stream, application.VerifyApplication())
        marks = application.ScoreApplicant(written=written, interview=70)
        world.do("registration", stream, marks)
    world.do("registration", "intake/i1", intake.SelectParticipants())
    assert world.state("registration", "application/a2").status == "waitlisted"
    world.do("registration", "application/a1", application.ConfirmSeat())
    assert world.state("registration", "application/a1").status == "confirmed"

    # The workshop is empty, so the intake can't start; the centre asks the ministry.
    world.do("registration", "intake/i1", intake.RequestStart())
    assert world.state("registration", "intake/i1").start_blocked
    world.do("equipment", "proposal/e1", submit())
    world.do("equipment", "proposal/e1", proposal.StartReview(), MINISTRY)
    decisions = (decision("smaw-machine", 6, "Anggaran."), decision("helmet", 16))
    world.do("equipment", "proposal/e1", proposal.DecideProposal(decisions=decisions), MINISTRY)

    # What was granted arrives, one machine damaged, and is handed over.
    granted = world.state("equipment", "proposal/e1").grant()
    for command, agency in (
        (
            consignment.AllocateEquipment(proposal="e1", workshop="Bengkel las", granted=granted),
            MINISTRY,
        ),
        (consignment.ShipEquipment(items=granted.items), MINISTRY),
        (
            consignment.DeliverEquipment(
                items=(
                    Delivered(item="smaw-machine", good=5, damaged=1),
                    Delivered(item="helmet", good=16),
                )
            ),
            BLK,
        ),
        (consignment.SignHandover(), MINISTRY),
        (consignment.SignHandover(), BLK),
        (consignment.CommissionEquipment(), BLK),
    ):
        world.do("equipment", "consignment/c1", command, agency)
    assert world.state("registration", "intake/i1").status != "started"

    # The partners were asked for the two that were not granted; with two more it is still short
    # of the damaged one, which a second consignment brings.
    world.do(
        "partners",
        "partner/makassar",
        partner.RegisterPartner(**dict(MAKASSAR_JOINED)),
        MINISTRY,
    )
    welders = world.state("partners", "partner/makassar").outline("makassar")
    request = world.state("partners", "support/e1")
    assert request.still_needed() == (Item(item="smaw-machine", quantity=2),)
    offer = support.OfferSupport(offering=welders, items=request.still_needed())
    world.do("partners", "support/e1", offer, MAKASSAR)
    world.do("partners", "support/e1", support.AcceptOffer(offer=1))
    world.do("partners", "support/e1", support.FulfilSupport(offer=1), MAKASSAR)
    stock = world.state("registration", "workshop/las").equipment
    assert stock == {"smaw-machine": 7, "helmet": 16}
    replacement = EquipmentCommissioned(
        kejuruan="las", receiver=BLK, items=(three,), origin="grant", proposal="e2"
    )
    (equip,) = equipment_reaction(replacement)
    world.do("registration", equip.stream, equip.command, "system")

    assert world.state("registration", "intake/i1").status == "started"
    kinds = [type(event) for _, event in world.happened]
    assert kinds.count(WorkshopReady) == kinds.count(IntakeStarted) == 1
    (started,) = [e for _, e in world.happened if isinstance(e, IntakeStarted)]
    assert started.participants == ("a1",)


def equipment_reaction(event: EquipmentCommissioned) -> list[Any]:
    (reaction,) = [r for r in registration_reactions.REACTIONS if type(event) in r.on]
    return list(reaction.do(envelope("consignment/c2", MINISTRY), event))
