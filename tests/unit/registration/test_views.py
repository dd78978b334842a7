from services.registration.views import VIEWS
from shared.views import Part
from tests.unit.given import envelope

from .test_application import HISTORIES

(APPLICATIONS,) = VIEWS


def test_an_application_has_one_row_under_its_intake_without_personal_data() -> None:
    for status, history in HISTORIES.items():
        part: Part | None = None
        for sequence, event in enumerate(history, start=1):
            assert type(event) in APPLICATIONS.on
            place = envelope("application/a1", sequence=sequence)
            assert list(APPLICATIONS.keys(place, event)) == ["i1/a1"]
            part = APPLICATIONS.fold(part, place, event)
        assert part is not None
        assert part["status"] == status
        assert part["kecamatan"] == "64.01.04"
        assert not {"person", "sealed"} & part.keys()


def test_it_tells_rank_score_and_reasons() -> None:
    rows = {}
    for status, history in HISTORIES.items():
        part = None
        for event in history:
            part = APPLICATIONS.fold(part, envelope("application/a1"), event)
        rows[status] = part or {}
    assert rows["offered"]["rank"] == 1
    assert rows["waitlisted"]["rank"] == 17
    assert rows["scored"]["score"] == 151
    assert rows["declined"]["reasons"] == ["papers-missing"]
