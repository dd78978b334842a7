"""Samples of what the training centre says about programmes, instructors, classes, workshops."""

from datetime import date

from shared.events.registration.instructor import (
    CertificateRenewed,
    InstructorAppointed,
    InstructorBooked,
    InstructorDischarged,
    InstructorReleased,
    VisitingInstructorAppointed,
)
from shared.events.registration.intake import (
    ApplicantListed,
    InstructorAssigned,
    InstructorUnassigned,
    IntakeCancelled,
    IntakeCompleted,
    IntakeDrafted,
    IntakeOpened,
    IntakeRescheduled,
    IntakeStarted,
    IntakeWorkshopLost,
    IntakeWorkshopReady,
    RegistrationClosed,
    RegistrationExtended,
    StartBlocked,
)
from shared.events.registration.programme import ProgrammePublished, ProgrammeRetired
from shared.events.registration.workshop import (
    EquipmentBroken,
    EquipmentRepaired,
    EquipmentWithdrawn,
    IntakeAwaited,
    IntakeServed,
    WorkshopEquipped,
    WorkshopReady,
    WorkshopUnready,
)
from shared.events.values import Item
from tests.contract.sampled import (
    ALIGNMENT,
    COMPETENCY,
    CONSIGNMENT,
    CONTENT,
    ENDS,
    ENTRY,
    HELMET,
    INSTRUCTOR,
    METHODOLOGY,
    OTHER,
    PERSON,
    RANKING,
    SKKNI,
    STARTS,
    SUPPORT,
    TITLE,
    WELDER,
    Sample,
    id_of,
    sealed,
)
from tests.contract.wire import APPLICATION, INTAKE, PROGRAMME

_VISITOR = f"instructor/{id_of(SUPPORT)}.1"
_BROKEN = Item(item="mesin-las-smaw", quantity=1)
_WELDING = "workshop/las"

PROGRAMMES = (
    Sample(
        PROGRAMME,
        ProgrammePublished(number=1, content=CONTENT, alignment=id_of(ALIGNMENT)),
        by="event",
    ),
    Sample(
        PROGRAMME,
        ProgrammeRetired(kejuruan="las", reason="The mills now ask for the 6G position."),
        sequence=3,
    ),
)

INSTRUCTORS = (
    Sample(
        INSTRUCTOR,
        InstructorAppointed(
            person=PERSON,
            sealed=sealed("instructor"),
            fields=("las",),
            methodology=METHODOLOGY,
            competency=COMPETENCY,
        ),
    ),
    Sample(
        _VISITOR,
        VisitingInstructorAppointed(
            partner="makassar",
            instructor="makassar.17",
            support=id_of(SUPPORT),
            offer=1,
            fields=("las",),
            methodology=METHODOLOGY,
            competency=COMPETENCY,
            starts_on=STARTS,
            ends_on=ENDS,
        ),
        by="event",
    ),
    Sample(
        INSTRUCTOR,
        CertificateRenewed(kind="competency", certificate=COMPETENCY),
        sequence=2,
    ),
    Sample(
        INSTRUCTOR,
        InstructorBooked(intake=id_of(INTAKE), kejuruan="las", starts_on=STARTS, ends_on=ENDS),
        sequence=3,
    ),
    Sample(
        INSTRUCTOR,
        InstructorReleased(intake=id_of(INTAKE), kejuruan="las", reason="moved"),
        sequence=4,
        by="event",
    ),
    Sample(INSTRUCTOR, InstructorDischarged(fields=("las",)), sequence=5),
)

INTAKES = (
    Sample(
        INTAKE,
        IntakeDrafted(
            programme=id_of(PROGRAMME),
            kejuruan="las",
            quota=16,
            waiting_list=16,
            funding="APBN",
            registration_opens=date(2023, 6, 30),
            registration_closes=date(2023, 7, 5),
            reregistration_days=3,
            starts_on=STARTS,
            ends_on=ENDS,
        ),
    ),
    Sample(
        INTAKE,
        IntakeOpened(
            programme=id_of(PROGRAMME),
            number=1,
            title=TITLE,
            skkni=SKKNI,
            kejuruan="las",
            hours=480,
            entry=ENTRY,
            equipment=(WELDER, HELMET),
            instructors=1,
            ranking=RANKING,
            min_attendance=80,
            quota=16,
            waiting_list=16,
            funding="APBN",
            registration_opens=date(2023, 6, 30),
            registration_closes=date(2023, 7, 5),
            reregistration_days=3,
            starts_on=STARTS,
            ends_on=ENDS,
        ),
        sequence=2,
    ),
    Sample(
        INTAKE,
        RegistrationExtended(
            kejuruan="las",
            registration_closes=date(2023, 7, 8),
            reason="People without internet come to the office and are helped there.",
        ),
        sequence=3,
    ),
    Sample(
        INTAKE,
        RegistrationClosed(kejuruan="las", reason="The written test is moved up."),
        sequence=4,
    ),
    Sample(
        INTAKE,
        ApplicantListed(application=id_of(APPLICATION)),
        sequence=5,
        by="event",
    ),
    Sample(
        INTAKE,
        InstructorAssigned(instructor=id_of(INSTRUCTOR), kejuruan="las"),
        sequence=6,
        by="event",
    ),
    Sample(
        INTAKE,
        InstructorUnassigned(instructor=id_of(INSTRUCTOR), kejuruan="las", reason="moved"),
        sequence=7,
        by="event",
    ),
    Sample(INTAKE, IntakeWorkshopReady(kejuruan="las"), sequence=8, by="event"),
    Sample(INTAKE, IntakeWorkshopLost(kejuruan="las"), sequence=9, by="event"),
    Sample(
        INTAKE,
        StartBlocked(kejuruan="las", missing=("workshop",)),
        sequence=46,
    ),
    Sample(
        INTAKE,
        IntakeStarted(
            programme=id_of(PROGRAMME),
            number=1,
            title=TITLE,
            skkni=SKKNI,
            kejuruan="las",
            hours=480,
            min_attendance=80,
            instructors=(id_of(INSTRUCTOR),),
            participants=(id_of(APPLICATION),),
        ),
        sequence=48,
        by="event",
    ),
    Sample(
        INTAKE,
        IntakeRescheduled(
            kejuruan="las",
            starts_on=STARTS,
            ends_on=ENDS,
            reason="The electrodes arrive a week later.",
            instructors=(id_of(INSTRUCTOR),),
            applications=(id_of(APPLICATION), id_of(OTHER)),
        ),
        sequence=45,
    ),
    Sample(
        INTAKE,
        IntakeCancelled(
            kejuruan="las",
            reason="The budget of the year was cut.",
            instructors=(id_of(INSTRUCTOR),),
            applications=(id_of(APPLICATION), id_of(OTHER)),
        ),
        sequence=45,
    ),
    Sample(
        INTAKE,
        IntakeCompleted(
            programme=id_of(PROGRAMME),
            kejuruan="las",
            instructors=(id_of(INSTRUCTOR),),
            unseated=(id_of(APPLICATION),),
            passed=15,
            failed=1,
        ),
        sequence=49,
        by="event",
    ),
)

WORKSHOPS = (
    Sample(
        _WELDING,
        WorkshopEquipped(
            kejuruan="las", items=(WELDER,), origin="grant", consignment=id_of(CONSIGNMENT)
        ),
        sequence=2,
        by="event",
    ),
    Sample(
        _WELDING,
        IntakeAwaited(kejuruan="las", intake=id_of(INTAKE), needs=(WELDER, HELMET)),
        by="event",
    ),
    Sample(
        _WELDING,
        IntakeServed(kejuruan="las", intake=id_of(INTAKE)),
        sequence=9,
        by="event",
    ),
    Sample(
        _WELDING,
        WorkshopReady(kejuruan="las", intakes=(id_of(INTAKE),)),
        sequence=4,
        by="event",
    ),
    Sample(
        _WELDING,
        WorkshopUnready(kejuruan="las", intakes=(id_of(INTAKE),), missing=(_BROKEN,)),
        sequence=6,
    ),
    Sample(_WELDING, EquipmentBroken(kejuruan="las", items=(_BROKEN,)), sequence=5),
    Sample(_WELDING, EquipmentRepaired(kejuruan="las", items=(_BROKEN,)), sequence=7),
    Sample(
        _WELDING,
        EquipmentWithdrawn(kejuruan="las", items=(_BROKEN,), reason="written-off"),
        sequence=8,
    ),
)

SAMPLES = (*PROGRAMMES, *INSTRUCTORS, *INTAKES, *WORKSHOPS)
