"""Facts to start from: the welding programme, its class and the instructor. All is invented."""

from datetime import date
from typing import Any

from services.registration.domain.intake.state import IntakePlan, PlanIntake
from services.registration.domain.programme import ProgrammeOutline
from shared.events.registration.instructor import InstructorAppointed
from shared.events.registration.intake import IntakeDrafted, IntakeOpened
from shared.events.registration.values import Candidate, Place
from shared.events.values import Certificate, EntryRules, Item, ProgrammeContent
from tests.unit.given import NOW

MACHINES = (Item(item="smaw-machine", quantity=8), Item(item="helmet", quantity=16))
CONTENT = ProgrammeContent(
    title="Plate Welder SMAW 3G UP/PF",
    kejuruan="las",
    skkni="C.24LAS01.015.1",
    hours=260,
    local_potential="Bengkel alat berat di Batu Sopang mencari juru las.",
    tna_reference="TNA-2022-3",
    entry=EntryRules(min_education="sma", max_age=35),
    equipment=MACHINES,
)
OUTLINE = ProgrammeOutline(number=1, content=CONTENT)
PLAN = IntakePlan(
    programme="p1",
    funding="APBN",
    registration_opens=date(2022, 6, 6),
    registration_closes=date(2022, 7, 8),
    starts_on=date(2022, 7, 21),
    ends_on=date(2022, 8, 23),
)
METHODOLOGY = Certificate(number="MET-1", valid_until=date(2024, 1, 1))
COMPETENCY = Certificate(number="KOM-1", valid_until=date(2023, 1, 1))
APPOINTED = InstructorAppointed(
    person="person-9",
    sealed="c2VhbGVk",
    fields=("las",),
    methodology=METHODOLOGY,
    competency=COMPETENCY,
)


def plan_intake(**changes: Any) -> PlanIntake:
    return PlanIntake(**{**dict(PLAN), "published": OUTLINE, **changes})


def drafted(**changes: Any) -> IntakeDrafted:
    return IntakeDrafted(**{**dict(PLAN), "kejuruan": "las", **changes})


def opened(**changes: Any) -> IntakeOpened:
    names = ("title", "skkni", "kejuruan", "hours", "entry", "equipment", "instructors")
    content = {name: getattr(CONTENT, name) for name in (*names, "ranking", "min_attendance")}
    return IntakeOpened(**{**dict(PLAN), **content, "number": 1, **changes})


def candidate(name: str, written: int = 70, **changes: Any) -> Candidate:
    facts = {"priority": True, "interview": 70, "registered_at": NOW, **changes}
    return Candidate(application=name, written=written, **facts)


def place(name: str, rank: int = 1) -> Place:
    return Place(application=name, rank=rank, priority=True, score=140, registered_at=NOW)
