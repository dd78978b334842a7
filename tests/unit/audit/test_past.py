"""Tests of the output and the exit codes of the audit commands about the past."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from apps.audit import past
from apps.audit.history import History
from apps.audit.past import show_difference, show_state, show_trace, write_parquet
from shared.kernel.settings import Settings
from tests.toy import Added, Echoed
from tests.unit.audit.told import START, Told

SETTINGS = Settings()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    told = Told()
    cause = told.tell("alpha", "counter/one", Added(amount=5), at=1)
    told.tell("beta", "counter/one", Echoed(amount=5), at=2, cause=cause)
    told.tell("beta", "counter/old", Echoed(amount=1), at=0.5)
    told.tell("alpha", "counter/two", Added(amount=5, due=START + timedelta(days=1)), at=3)
    told.tell("alpha", "counter/two", Added(amount=6), at=4, actor="officer")

    @asynccontextmanager
    async def history_of(settings: Settings) -> AsyncIterator[History]:
        yield told.history

    monkeypatch.setattr(past, "history_of", history_of)
    return told


async def test_all_streams_are_counted(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    assert await show_state(SETTINGS, "2026-08-17", None, None, as_json=False) == 0
    shown = capsys.readouterr()
    assert [line.split() for line in shown.out.splitlines()] == [
        ["service", "kind", "streams", "events"],
        ["alpha", "counter", "2", "3"],
        ["beta", "counter", "2", "2"],
    ]
    assert "2026-08-17 23:59:59.999999 WITA, 2026-08-17T15:59:59.999999Z" in shown.err


async def test_one_stream_is_shown_with_its_place(
    told: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    await show_state(SETTINGS, "counter/two/1", "counter/two", None, as_json=True)
    shown = json.loads(capsys.readouterr().out)
    assert len(shown.pop("hash")) == 64
    assert shown == {
        "service": "alpha",
        "source": "urn:sinergi:a",
        "stream": "counter/two",
        "sequence": 1,
        "time": "2026-08-17T02:00:03.000000Z",
        "state": {"total": 5, "times": 1, "due": "2026-08-18T02:00:00Z"},
    }


async def test_a_difference_in_words(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    """Whichever instant is named first."""
    named = SETTINGS, "counter/two/2", "counter/two/1", "two", None
    assert await show_difference(*named, as_json=False) == 0
    assert capsys.readouterr().out.splitlines() == [
        "urn:sinergi:a/counter/two: event 1 -> 2",
        "",
        "  total: 5 -> 11",
        "  times: 1 -> 2",
        '  due: "2026-08-18T02:00:00Z" -> null',
        "",
        "     2  2026-08-17 10:00:04.000000 WITA  Added",
        "        caused by request/alpha-counter-two-2, actor officer",
    ]


async def test_what_does_not_hold_is_said_and_is_the_exit_code(
    told: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = told.records["alpha.events"]
    records[0] = records[0]._replace(value=b'{"amount":8}')
    problem = "DOES NOT HOLD  alpha.events partition 0 offset 0: the signature does not fit"
    # Its effect has no cause now, either.
    orphan = "urn:sinergi:b/counter/one/1 is there without its cause urn:sinergi:a/counter/one/1"
    assert await show_state(SETTINGS, "2026-08-17", None, None, as_json=False) == 1
    shown = capsys.readouterr().err
    assert problem in shown
    assert orphan in shown
    both = SETTINGS, "counter/two/1", "2026-08-17", "counter/two", None
    assert await show_difference(*both, as_json=False) == 1
    assert orphan in capsys.readouterr().err
    # Before that effect was recorded nothing but the record itself is wrong.
    for as_json in (True, False):
        early = SETTINGS, "2026-08-17T02:00:01Z", "2026-08-17T02:00:01.5Z", "counter/old", None
        assert await show_difference(*early, as_json=as_json) == 1
        assert problem in capsys.readouterr().err
    _, code = await show_trace(SETTINGS, "beta.events/0/0", "text")
    assert code == 1
    assert "urn:sinergi:b/counter/one/1 has no cause before it" in capsys.readouterr().err
    assert await write_parquet(SETTINGS, tmp_path) == 1
    assert problem in capsys.readouterr().err
    assert names(tmp_path) == ["alpha.events.parquet", "beta.events.parquet"]


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())
