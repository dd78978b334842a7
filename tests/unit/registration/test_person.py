"""A person's files, reads and erasure, and what an erased person's files record."""

from typing import Any

import pytest

from services.registration.domain import instructor, placement
from services.registration.domain.application import aggregate as application
from services.registration.domain.application import file_check as papers
from services.registration.domain.application.aggregate import application_stream
from services.registration.domain.instructor import instructor_stream
from services.registration.domain.person import (
    DECIDER,
    ErasePerson,
    OpenFile,
    Person,
    ReadPersonalData,
    person_stream,
)
from services.registration.domain.placement import OpenFollowUp, RecordPlacement, placement_stream
from services.registration.policies import POLICIES
from services.registration.projections.applications import APPLICATIONS, OWN_APPLICATIONS
from shared.events.base import Event
from shared.events.registration.application import ApplicationWithdrawn, IdentityCorrected
from shared.events.registration.enrolment import ApplicantErased
from shared.events.registration.instructor import (
    InstructorAppointed,
    InstructorBooked,
    InstructorDischarged,
    InstructorErased,
    InstructorReleased,
    VisitingInstructorAppointed,
)
from shared.events.registration.person import (
    PersonalDataErased,
    PersonalDataRead,
    PersonFile,
    PersonFileOpened,
)
from shared.events.registration.placement import FollowUpDue, FollowUpEnded, GraduatePlaced
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.eventsourcing.projections import Part
from tests.unit.given import envelope, given
from tests.unit.registration.applicants import ENDED, HISTORIES, PLACE, REGISTERED
from tests.unit.registration.samples import COMPETENCY, METHODOLOGY

A1, A2 = (PersonFile(kind="application", id=name) for name in ("a1", "a2"))
I1 = PersonFile(kind="instructor", id="i1")
OPENED = PersonFileOpened(file=A1)
ERASED = PersonalDataErased(files=(A1,), withdrawn=(), accounts=("acc-1",), reason="person-request")
READ = ReadPersonalData(purpose="contact", files=(A1,), fields=("name",))


def erase(*running: PersonFile, **changes: Any) -> ErasePerson:
    given: dict[str, Any] = {"on_running": "refuse", "reason": "person-request", **changes}
    return ErasePerson(files=(A1, *running), running=running, accounts=(), **given)


class TestPerson:
    def test_a_file_is_opened_once(self) -> None:
        given(DECIDER).when(OpenFile(file=A1, account="acc-1")).then(OPENED)
        given(DECIDER, OPENED).when(OpenFile(file=A1)).then_nothing()
        given(DECIDER, OPENED).when(OpenFile(file=I1)).then(PersonFileOpened(file=I1))

    def test_a_read_is_recorded_until_there_is_nothing_to_read(self) -> None:
        read = PersonalDataRead(purpose="contact", files=(A1,), fields=("name",))
        given(DECIDER).when(READ).then(read)
        given(DECIDER, OPENED, read).when(READ).then(read)
        given(DECIDER, OPENED, ERASED).when(READ).refused("erased", status=410)

    def test_erasing_names_all_files(self) -> None:
        erased = PersonalDataErased(
            files=(A1, I1), withdrawn=(), accounts=(), reason="person-request"
        )
        opened = (OPENED, PersonFileOpened(file=I1))
        outcome = given(DECIDER, *opened).when(erase()).then(erased)
        assert outcome.state == Person(files=(A1, I1), erased="person-request")
        given(DECIDER, *opened, erased).when(erase()).refused("erased", status=410)

    def test_what_is_running_is_refused_or_withdrawn(self) -> None:
        given(DECIDER, OPENED).when(erase(A2, I1)).refused("still-running", "on_running")
        both = erase(A2, I1, on_running="withdraw")
        (event,) = given(DECIDER, OPENED).when(both).then_types(PersonalDataErased).events
        assert isinstance(event, PersonalDataErased)
        assert event.files == (A1, A2, I1)
        assert event.withdrawn == ("a2",)

    def test_a_file_that_comes_late_is_erased_too(self) -> None:
        late = PersonalDataErased(
            files=(A2,), withdrawn=("a2",), accounts=("acc-2",), reason="person-request"
        )
        outcome = given(DECIDER, OPENED, ERASED).when(OpenFile(file=A2, account="acc-2"))
        assert outcome.then(late).state.files == (A1, A2)
        assert outcome.state.accounts == ("acc-1", "acc-2")
        given(DECIDER, OPENED, ERASED, late).when(OpenFile(file=A2)).then_nothing()


class TestFiles:
    @pytest.mark.parametrize("name", HISTORIES)
    def test_an_application_records_it_and_ends(self, name: str) -> None:
        outcome = given(application.DECIDER, *HISTORIES[name]).when(ERASED)
        *before, erased = outcome.events
        assert erased == ApplicantErased(
            **PLACE, person="person-1", support="s1" if name == "referred" else None
        )
        assert [type(event) for event in before][:1] == (
            [] if name in ENDED else [ApplicationWithdrawn]
        )
        state = outcome.state
        assert state.erased
        assert state.status == (name if name in ENDED else "withdrawn")
        again = given(application.DECIDER, *HISTORIES[name], *outcome.events)
        again.when(ERASED).then_nothing()

    def test_what_identifies_nobody_stays(self) -> None:
        history = HISTORIES["finished"]
        state = given(application.DECIDER, *history).when(ERASED).state
        assert (state.intake, state.kejuruan, state.kecamatan) == ("i1", "las", "64.01.04")
        assert (state.passed, state.person) == (True, "person-1")
        gone = ("sealed", "account", "sex", "age_band", "eligibility", "written", "interview")
        assert [getattr(state, name) for name in gone] == [None] * len(gone)

    @pytest.mark.parametrize("name", HISTORIES)
    def test_name_phone_and_address_are_corrected_at_any_time(self, name: str) -> None:
        history, command = HISTORIES[name], papers.CorrectIdentity(sealed="bmV3")
        corrected = IdentityCorrected(intake="i1", sealed="bmV3")
        outcome = given(application.DECIDER, *history).when(command).then(corrected)
        assert (outcome.state.status, outcome.state.sealed) == (name, "bmV3")
        erased = ApplicantErased(**PLACE, person="person-1")
        given(application.DECIDER, *history, erased).when(command).refused("erased", status=410)
        given(application.DECIDER).when(command).refused("not-found", status=404)

    def test_there_is_nothing_to_record_where_nobody_applied(self) -> None:
        given(application.DECIDER).when(ERASED).then_nothing()

    def test_an_instructor_leaves_all_classes(self) -> None:
        certificates = {"methodology": METHODOLOGY, "competency": COMPETENCY}
        appointed = InstructorAppointed(
            person="person-1", sealed="c2VhbGVk", fields=("las",), **certificates
        )
        days = {"starts_on": "2022-07-11", "ends_on": "2022-08-01"}
        booked = InstructorBooked.model_validate({"intake": "i1", "kejuruan": "las", **days})
        released = InstructorReleased(intake="i1", kejuruan="las", reason="replaced")
        discharged = InstructorDischarged(fields=("las",))
        erased = InstructorErased(person="person-1")
        command = ERASED
        outcome = given(instructor.DECIDER, appointed, booked).when(command)
        outcome.then(released, discharged, erased)
        assert (outcome.state.sealed, outcome.state.erased) == (None, True)
        given(instructor.DECIDER, appointed, discharged).when(command).then(erased)
        given(instructor.DECIDER, appointed, discharged, erased).when(command).then_nothing()
        visitor = VisitingInstructorAppointed.model_validate(
            {"partner": "makassar", "instructor": "m1", "support": "s1", "offer": 1,
             "fields": ("las",), **days, **certificates}
        )  # fmt: skip
        given(instructor.DECIDER, visitor).when(command).then_nothing()

    def test_a_graduate_is_no_longer_asked(self) -> None:
        command = OpenFollowUp(application="a1", intake="i1", kejuruan="las", kecamatan="64.01.04")
        gone = ApplicantErased(**PLACE, person="person-1")
        (opened,) = given(placement.DECIDER).when(command).events
        ended = [FollowUpEnded(application="a1", kejuruan="las", months=m) for m in (3, 6)]
        outcome = given(placement.DECIDER, opened).when(gone).then(*ended)
        assert placement.DECIDER.due(outcome.state) is None
        (placed,) = (
            given(placement.DECIDER, opened).when(RecordPlacement(months=3, outcome="job")).events
        )
        assert isinstance(placed, GraduatePlaced)
        asked = FollowUpDue(application="a1", kejuruan="las", months=6)
        given(placement.DECIDER, opened, placed, asked).when(gone).then(ended[1])
        given(placement.DECIDER, opened, *ended).when(gone).then_nothing()
        given(placement.DECIDER).when(gone).then_nothing()


def done(subject: str, event: Event) -> list[AnyDispatch]:
    return [
        do
        for reaction in POLICIES
        if type(event) in reaction.on
        for do in reaction.react(envelope(subject), event)
    ]


class TestReactions:
    def test_the_person_hears_of_every_file(self) -> None:
        registered = REGISTERED.model_copy(update={"account": "acc-1"})
        opened = Dispatch(person_stream("person-1"), OpenFile(file=A1, account="acc-1"))
        assert opened in done("application/a1", registered)

    def test_every_file_records_the_erasure(self) -> None:
        event = ERASED.model_copy(update={"files": (A1, I1)})
        assert done("person/person-1", event) == [
            Dispatch(application_stream("a1"), event),
            Dispatch(instructor_stream("i1"), event),
        ]
        gone = ApplicantErased(**PLACE, person="person-1")
        assert done("application/a1", gone) == [Dispatch(placement_stream("a1"), gone)]


class TestViews:
    def test_figures_go_on_and_the_rest_of_the_row_goes(self) -> None:
        part: Part | None = None
        for event in (*HISTORIES["finished"], ApplicantErased(**PLACE, person="person-1")):
            assert isinstance(event, APPLICATIONS.on)
            part = APPLICATIONS.fold(part, envelope("application/a1"), event)
        assert part is not None
        assert part["erased"] is True
        kept = {"status", "programme", "kejuruan", "kecamatan", "sex", "age_band", "period",
                "eligible", "accepted", "finished", "certified", "erased"}  # fmt: skip
        assert part.keys() == kept

    def test_the_account_s_own_list_forgets_it(self) -> None:
        erased = ApplicantErased(**PLACE, person="person-1", account="acc-1")
        found = envelope("application/a1")
        assert list(OWN_APPLICATIONS.keys(found, erased)) == ["acc-1/a1"]
        assert OWN_APPLICATIONS.fold({"intake": "i1"}, found, erased) is None
