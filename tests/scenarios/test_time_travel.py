"""An auditor looks back on the demo's year: states as they were, causes, and tables."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import httpx
import orjson
import pytest

from apps.composition.client import System as Client
from apps.composition.system import SERVICES
from shared.events.values import WITA
from shared.eventsourcing.states import STATES
from tests.scenarios.deployed import World
from tests.scenarios.finished import Finished
from tests.scenarios.running import System

# Whichever test comes first waits for the demo.
pytestmark = pytest.mark.timeout(600)

_TOPICS = {definition.topic for definition in SERVICES.values()}
Events = list[dict[str, Any]]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("sqlite", marks=pytest.mark.xdist_group("past-sqlite")),
        pytest.param("kafka", marks=pytest.mark.xdist_group("deployed")),
    ],
)
def system(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[System]:
    """A system on which the demo has been played, on either log."""
    if request.param == "kafka":
        world: World = request.getfixturevalue("deployed")
        with world.running() as system:
            yield system
    else:
        finished: Finished = request.getfixturevalue("finished")
        copy = finished.copied(tmp_path_factory.mktemp("past") / "data")
        with copy.running() as system:
            yield system


@pytest.fixture(scope="module")
def events(system: System) -> Events:
    """Return each published event once, though Kafka may hold its record twice."""
    listed = map(json.loads, system.run("events", "list").stdout.splitlines())
    published: dict[str, dict[str, Any]] = {}
    for event in listed:
        if event["kafkatopic"] in _TOPICS:
            published.setdefault(ref(event), event)
    return list(published.values())


def lines(system: System, *arguments: str) -> Events:
    done = system.run("audit", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


async def live(system: System) -> dict[tuple[str, str], str]:
    """The hash of each state that the running services have."""
    found: dict[tuple[str, str], str] = {}
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        services = await Client.find(system.url, client)
        for name in services.services:
            rows = services.digests(name)
            await anext(rows)
            found |= {
                (name, row["key"]): row["hash"] async for row in rows if row["table"] == STATES
            }
    return found


def place(event: dict[str, Any]) -> str:
    return f"{event['kafkatopic']}/{event['kafkapartition']}/{event['kafkaoffset']}"


def ref(event: dict[str, Any]) -> str:
    return f"{event['source']}/{event['id']}"


def name(event: dict[str, Any]) -> str:
    return str(event["type"].split(".")[2])


def test_the_states_at_the_end_are_those_of_the_services(system: System) -> None:
    theirs = asyncio.run(live(system))
    ours = {
        (line["service"], line["stream"]): sha256(
            orjson.dumps(line["state"], option=orjson.OPT_SORT_KEYS)
        ).hexdigest()
        for line in lines(system, "as-of", "2999-12-31", "--json")
    }
    # Receipts go on for as long as the services run.
    for found in (ours, theirs):
        for stream in [s for s in found if s[1].startswith("consumer/")]:
            del found[stream]
    assert ours == theirs
    assert len(ours) > 400


def test_every_instant_is_a_cut_that_is_closed_under_cause(system: System, events: Events) -> None:
    known = {ref(event): event for event in events}
    for event in (events[len(events) // 3], events[-1]):
        past = [e for e in events if e["time"] <= event["time"]]
        states = lines(system, "as-of", place(event), "--json")
        assert {(line["source"], line["stream"]): line["sequence"] for line in states} == Counter(
            (e["source"], e["subject"]) for e in past
        )
        causes = [known[e["causationid"]] for e in past if e["causationid"] in known]
        assert causes
        assert all(cause["time"] <= event["time"] for cause in causes)


def test_a_state_by_itself_and_what_changed_in_it(system: System, events: Events) -> None:
    submitted, approved = (
        next(e for e in events if name(e) == wanted)
        for wanted in ("ProposalSubmitted", "ProposalApproved")
    )
    shown = system.run("audit", "as-of", ref(submitted), submitted["subject"])
    assert shown.returncode == 0
    assert f"As of {datetime.fromisoformat(submitted['time']).astimezone(WITA):%Y-%m-%d}" in (
        shown.stderr
    )
    state = json.loads(shown.stdout)
    assert state["sequence"] == int(submitted["sequence"])
    (found,) = lines(
        system, "diff", ref(submitted), place(approved), submitted["subject"], "--json"
    )
    between = [
        e
        for e in events
        if e["subject"] == submitted["subject"]
        and int(submitted["sequence"]) < int(e["sequence"]) <= int(approved["sequence"])
    ]
    assert [e["ref"] for e in found["events"]] == [ref(e) for e in between]
    assert [e["actor"] for e in found["events"]] == [e["actor"] for e in between]
    changes = {change["path"]: change for change in found["changes"]}
    assert changes["status"]["before"] == state["state"]["status"]
    assert changes["status"]["after"] == found["after"]["state"]["status"]
    told = system.run("audit", "diff", ref(submitted), place(approved), submitted["subject"])
    assert f'status: "{changes["status"]["before"]}" -> ' in told.stdout


def test_a_trace_goes_through_all_agencies(system: System, events: Events, tmp_path: Path) -> None:
    ready = [e for e in events if name(e) == "WorkshopReady"]
    # What the partners lent led to a workshop by way of the ministry.
    wanted = next(
        e for e in ready if any(o["source"] != e["source"] for o in _above(e, events)[1:-1])
    )
    (shown,) = [json.loads(_trace(system, ref(wanted), "json"))]
    commits = {(e["source"], e["subject"], e["commit"]) for e in _above(wanted, events)}
    expected = {ref(e) for e in events if (e["source"], e["subject"], e["commit"]) in commits}
    expected |= _below({ref(e) for e in events if _together(e, wanted)}, events)
    assert {e["ref"] for e in shown["events"]} == expected
    assert len({e["service"] for e in shown["events"]}) == 3
    assert shown["origin"].startswith("request/")
    text = _trace(system, place(wanted), "text")
    assert sum("*" in line for line in text.splitlines()) == 1
    assert len(text.splitlines()) == len(expected) + 1
    _trace(system, ref(wanted), "html", "--output", str(tmp_path / "trace.html"))
    page = (tmp_path / "trace.html").read_text("utf-8")
    assert all(found in page for found in expected)
    number = next(e["data"]["number"] for e in events if name(e) == "CertificateIssued")
    assert number in _trace(system, number, "text")
    assert system.run("audit", "trace", "nobody/1").returncode == 2


def _trace(system: System, event: str, form: str, *more: str) -> str:
    done = system.run("audit", "trace", event, "--format", form, *more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _together(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one[part] == other[part] for part in ("source", "subject", "commit"))


def _above(event: dict[str, Any], events: Events) -> Events:
    """The event and what led to it, back to the first."""
    known = {ref(e): e for e in events}
    found = [event]
    while above := known.get(found[-1]["causationid"]):
        found.append(above)
    return found


def _below(refs: set[str], events: Events) -> set[str]:
    found = {ref(e) for e in events if e["causationid"] in refs}
    return refs | _below(found, events) if found else refs


def test_the_documented_queries_answer_from_parquet(
    system: System, events: Events, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert system.run("audit", "parquet", str(tmp_path)).returncode == 0
    monkeypatch.chdir(tmp_path)
    documented = Path(__file__).parents[2] / "docs" / "auditors.md"
    queries = re.findall(r"```sql\n(.*?)```", documented.read_text("utf-8"), re.DOTALL)
    decisions, waits, funnel = (duckdb.execute(query).fetchall() for query in queries)

    def first(of: Events, *names: str) -> datetime:
        return datetime.fromisoformat(next(e["time"] for e in of if name(e) in names))

    streams: dict[str, Events] = {}
    for event in events:
        streams.setdefault(event["subject"], []).append(event)
    kinds: dict[str, list[Events]] = {}
    for subject, its in streams.items():
        kinds.setdefault(subject.partition("/")[0], []).append(its)
    days = [
        (first(its, "ProposalApproved", "ProposalRejected") - first(its, "ProposalSubmitted"))
        for its in kinds["proposal"]
    ]
    field = kinds["proposal"][0][0]["data"]["kejuruan"]
    expected = round(median(day.total_seconds() / 86400 for day in days), 3)
    assert decisions == [(field, len(days), expected)]

    asked = {its[0]["subject"]: its for its in kinds["support"]}
    offered = {s for s, its in asked.items() if any(name(e) == "SupportOffered" for e in its)}
    assert {row[0] for row in waits} == asked.keys()
    assert [row[0] in offered for row in waits] == sorted(row[0] in offered for row in waits)
    for subject, _, needs, _, hours in waits:
        its = asked[subject]
        assert needs == its[0]["data"]["kind"]
        if subject in offered:
            wait = first(its, "SupportOffered") - first(its, "SupportRequested")
            assert hours == pytest.approx(wait.total_seconds() / 3600)

    reached: dict[str, Counter[str]] = {}
    for its in kinds["application"]:
        place_ = [e["data"]["kecamatan"] for e in its if "kecamatan" in e["data"]][-1]
        steps = {name(e) for e in its}
        reached.setdefault(place_, Counter()).update(steps)
    wanted = ("ApplicantRegistered", "ApplicationVerified", "SeatConfirmed", "ApplicantCertified")
    assert {row[0]: row[1:] for row in funnel} == {
        kecamatan: tuple(counts[step] for step in wanted) for kecamatan, counts in reached.items()
    }
