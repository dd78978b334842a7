"""The main job on real input: the demo's story on a running system, on every pair of backends."""

import asyncio
import json
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from apps.composition.client import Failed
from apps.demo import balance
from apps.demo.balance import Expectation, settle
from apps.demo.figures import ALIGNED, CLASSES, INSTRUCTORS, PROGRAMME, VISITED
from apps.demo.goods import AGREED, GOODS, PARTNERS
from apps.demo.people import KECAMATAN, Population, years_before
from apps.demo.story import play
from services.registration.domain.application.eligibility import age_on, check_nik
from tests.scenarios.deployed import World
from tests.scenarios.finished import Finished
from tests.scenarios.running import System, empty_kafka, empty_mongo, running

TODAY = date(2028, 2, 29)


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    """The settings of a log and a store, both empty."""
    log, _, store = request.param.partition("+")
    chosen = {}
    if log == "kafka":
        kafka = request.getfixturevalue("kafka_server")
        empty_kafka(kafka.bootstrap)
        chosen["SINERGI_LOG"] = f"kafka://{kafka.bootstrap}"
    if store == "mongo":
        mongo = request.getfixturevalue("mongo_server")
        empty_mongo(mongo.url)
        chosen["SINERGI_STORE"] = mongo.url
    return chosen


@pytest.mark.parametrize(
    ("settings", "times"),
    [
        # Both pairs of the normal run have tests of their own, below.
        pytest.param("sqlite+sqlite", 2, marks=pytest.mark.long),
        pytest.param("kafka+sqlite", 1, marks=pytest.mark.long),
        # Minutes on FerretDB, which searches whole collections; the others cover both.
        pytest.param("sqlite+mongo", 1, marks=pytest.mark.long),
        pytest.param("kafka+mongo", 2, marks=pytest.mark.long),
    ],
    indirect=["settings"],
)
@pytest.mark.timeout(1800)
def test_the_demo_passes_and_the_log_proves_itself(
    settings: dict[str, str], times: int, tmp_path: Path
) -> None:
    with running(tmp_path / "data", **settings) as system:
        for _ in range(times):
            _play(system)
        _proven(system, tmp_path)


@pytest.mark.timeout(1800)
def test_the_demo_passes_again_where_it_has_been_played(finished: Finished, tmp_path: Path) -> None:
    world = finished.copied(tmp_path / "data")
    _passed(world.shown)
    with world.running() as system:
        _play(system)
        _proven(system, tmp_path)


@pytest.mark.timeout(900)
def test_two_demos_at_once_count_only_their_own_play(tmp_path: Path) -> None:
    with running(tmp_path / "data") as system, ThreadPoolExecutor(2) as pool:
        for played in [pool.submit(_play, system, f"demo {number}") for number in (1, 2)]:
            played.result()


@pytest.mark.timeout(1800)
@pytest.mark.xdist_group("deployed")
def test_the_demo_passes_on_kafka_and_mongodb(deployed: World, tmp_path: Path) -> None:
    _passed(deployed.shown)
    with deployed.running() as system:
        _proven(system, tmp_path)


def _proven(system: System, folder: Path) -> None:
    verified = system.run("audit", "verify", "--url", system.url, "--json")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    first = json.loads(verified.stdout)
    assert min(*first["rows"].values(), *first["fresh"].values(), first["acts"]) > 20
    again = json.loads(system.run("audit", "verify", "--url", system.url, "--json").stdout)
    # What has been proven is not read again.
    assert again["holds"]
    assert sum(again["fresh"].values()) < sum(first["records"].values()) / 4
    bundle = folder / "bundle"
    assert system.run("audit", "export", str(bundle)).returncode == 0
    said = subprocess.run(
        [sys.executable, "-I", bundle / "verify.py"], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout + said.stderr
    page = folder / "report.html"
    ours = system.run("audit", "verify", "--bundle", str(bundle), "--html", str(page))
    assert ours.returncode == 0, ours.stdout + ours.stderr
    assert "All of it holds." in page.read_text("utf-8")


def _play(system: System, which: str = "") -> None:
    told = system.run("demo", "--url", system.url)
    assert told.returncode == 0, which + told.stdout[-3000:] + told.stderr
    assert f"playing on {system.url} (as --url says)" in told.stdout
    _passed(told.stdout)


def _passed(shown: str) -> None:
    counts: Counter[str] = Counter()
    for count, name in re.findall(r"(\d+) × (\w+)", " ".join(shown.split())):
        counts[name] += int(count)
    assert counts["ApplicantRegistered"] == 157
    assert counts["ApplicationDeclined"] == 15 + 12
    assert counts["SeatConfirmed"] == 64 + 1
    assert counts["ApplicantReferred"] == 6
    assert counts["TrainingFinished"] == 64
    assert counts["CertificateIssued"] == 60
    for event in (
        "ProgrammeAligned",
        "AgreementSigned",
        "VisitingInstructorAppointed",
        "ProposalRevised",
        "ProposalApproved",
        "SupportRequested",
        "EquipmentReturned",
        "HandoverSigned",
        "ReferralMade",
        "CandidatesPromoted",
        "SupportFulfilled",
        "AttendanceCorrected",
        "IntakeCompleted",
        "CompetencyCertified",
    ):
        assert f" {event} " in shown, event
    # The aligned programme publishes itself, the blocked class starts by the workshop's word.
    lines = shown.splitlines()
    published = next(line for line in lines if " ProgrammePublished " in line)
    assert "← ProgrammeAligned" in published
    (started,) = [line for line in lines if " IntakeStarted " in line.partition("←")[0]][3:]
    assert started.endswith("← WorkshopReady las")
    assert all(len(line) <= 100 for line in lines)
    assert len(lines) < 500
    assert not [line for line in shown.splitlines() if line.startswith("│") and "✗" in line]


def test_a_load_says_how_fast_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running(tmp_path / "data") as system:
        asyncio.run(play(system.url, scale=2))
    said = capsys.readouterr().out
    # Per intake: plan, open, close, select; per applicant: apply, verify, score.
    assert "2 intakes, 60 applicants, 188 commands" in said
    assert "commands/s" in said


async def test_a_load_of_nothing_is_refused() -> None:
    with pytest.raises(Failed, match="at least one intake"):
        await play("http://127.0.0.1:9", scale=0)


def test_nothing_answers(tmp_path: Path) -> None:
    system = System("http://127.0.0.1:9", 0, {"PATH": ""}, tmp_path)
    told = system.run("demo", "--url", system.url)
    assert told.returncode == 2
    assert told.stderr.startswith("sinergi: nothing answers at http://127.0.0.1:9")


async def test_an_agency_that_is_not_there_in_time_fails_the_demo(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(balance, "_PATIENCE", 0.0)

    async def reached() -> object:
        return 63

    console = Console(quiet=True)
    with pytest.raises(Failed, match="BLK Paser: seats confirmed should be 64, but 63"):
        await settle([Expectation("BLK Paser", "seats confirmed", 64, reached)], console)


def test_invented_people_have_valid_papers() -> None:
    population = Population("seed", TODAY)
    people = [population.person((17, 40), ("sma",), 0.5) for _ in range(500)]
    for person in people:
        check_nik(person.nik, person.birth_date, person.sex)
        assert 17 <= age_on(TODAY, person.birth_date) <= 40
    assert len({person.nik for person in people}) == len(people)
    assert {person.ktp_region for person in people[:10]} == set(KECAMATAN)
    assert any(not person.nik.startswith("6401") for person in people)
    again = Population("seed", TODAY)
    assert again.person((17, 40), ("sma",), 0.5) == people[0]
    assert Population("other", TODAY).person((17, 40), ("sma",), 0.5) != people[0]
    assert age_on(TODAY, years_before(TODAY, 17)) == 17


def test_the_figures_fit_together() -> None:
    assert sum(class_.applicants for class_ in CLASSES) == 157
    needs = PROGRAMME[ALIGNED].equipment
    granted = {each.item: each.granted for each in GOODS}
    lent = {each.item: each.missing for each in GOODS}
    assert any(granted[item] < needed for item, needed in needs.items())
    assert all(granted[item] + lent[item] >= needed for item, needed in needs.items())
    assert sum(each.damaged for each in GOODS) == 1
    assert AGREED.keys() == PARTNERS.keys()
    # The class with a visiting instructor has one of its own, who teaches another at that time.
    taught = next(fields for fields in INSTRUCTORS if VISITED in fields)
    assert {class_.kejuruan for class_ in CLASSES} & set(taught) > {VISITED}
    assert PROGRAMME.keys() >= {class_.kejuruan for class_ in CLASSES}
