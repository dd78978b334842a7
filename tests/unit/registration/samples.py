"""Facts to start from: the welding programme, its intake and an invented applicant."""

from datetime import date
from typing import Any

from services.registration.domain.application import RegisterApplicant
from services.registration.domain.eligibility import ApplicantFacts
from services.registration.domain.instructor import Appointment
from services.registration.domain.intake import IntakeOutline, IntakePlan, OpenIntake
from services.registration.domain.programme import ProgrammeOutline, PublishProgramme
from shared.events.registration import (
    ApplicantRegistered,
    Candidate,
    Certificate,
    Eligibility,
    EntryRules,
    IntakeOpened,
    Place,
    ProgrammePublished,
)
from shared.events.values import Item
from tests.unit.given import NOW

WELDING = EntryRules(min_education="sma", max_age=35)
MACHINES = (Item(item="smaw-machine", quantity=8), Item(item="helmet", quantity=16))

PUBLISH = PublishProgramme(
    title="Plate Welder SMAW 3G UP/PF",
    kejuruan="las",
    skkni="C.24LAS01.015.1",
    hours=260,
    local_potential="Bengkel alat berat di Batu Sopang mencari juru las.",
    min_education="sma",
    max_age=35,
    equipment=MACHINES,
)
PUBLISHED = ProgrammePublished(
    title=PUBLISH.title,
    kejuruan="las",
    skkni=PUBLISH.skkni,
    hours=260,
    local_potential=PUBLISH.local_potential,
    entry=WELDING,
    equipment=MACHINES,
    instructors=1,
)
OUTLINE = ProgrammeOutline(
    title=PUBLISH.title, kejuruan="las", entry=WELDING, equipment=MACHINES, instructors=1
)
APPOINTED = Appointment(
    fields=("las",),
    methodology=Certificate(number="MET-1", valid_until=date(2024, 1, 1)),
    competency=Certificate(number="KOM-1", valid_until=date(2023, 1, 1)),
)
PLAN = IntakePlan(
    programme="p1",
    funding="APBN",
    registration_opens=date(2022, 6, 6),
    registration_closes=date(2022, 7, 8),
    starts_on=date(2022, 7, 21),
    ends_on=date(2022, 8, 23),
)


def open_intake(**changes: Any) -> OpenIntake:
    return OpenIntake(published=OUTLINE, **{**dict(PLAN), **changes})


def opened(**changes: Any) -> IntakeOpened:
    facts = {
        **dict(PLAN),
        "title": OUTLINE.title,
        "kejuruan": "las",
        "entry": WELDING,
        "equipment": MACHINES,
        "instructors": 1,
    }
    return IntakeOpened(**{**facts, **changes})


def candidate(name: str, written: int = 70, **changes: Any) -> Candidate:
    facts = {"priority": True, "interview": 70, "registered_at": NOW, **changes}
    return Candidate(application=name, written=written, **facts)


def place(name: str, rank: int = 1) -> Place:
    return Place(application=name, rank=rank, priority=True, score=140, registered_at=NOW)


SITI = ApplicantFacts(
    ktp_region="64.01.04",
    birth_date=date(2002, 3, 14),
    sex="female",
    education="smk",
    in_school=False,
    in_training=False,
    in_higher_education=False,
    employed=False,
)
INTAKE = IntakeOutline(
    programme="p1",
    kejuruan="las",
    entry=WELDING,
    registration_opens=PLAN.registration_opens,
    registration_closes=PLAN.registration_closes,
)


def register(*, entry: EntryRules = WELDING, **changes: Any) -> RegisterApplicant:
    return RegisterApplicant(
        intake="i1",
        opened=INTAKE.model_copy(update={"entry": entry}),
        person="person-1",
        sealed="c2VhbGVk",
        **{**dict(SITI), **changes},
    )


REGISTERED = ApplicantRegistered(
    intake="i1",
    programme="p1",
    kejuruan="las",
    person="person-1",
    sealed="c2VhbGVk",
    kecamatan="64.01.04",
    sex="female",
    age_band="under-21",
    education="smk",
    priority=True,
    eligibility=Eligibility(version=1, rules=()),
    registered_at=NOW,
    registered_by="applicant",
)
