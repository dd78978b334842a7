"""The log as Parquet: what is on it, in documented columns, the same bytes each time."""

from pathlib import Path

import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from apps.audit import parquet
from apps.audit.parquet import schema, write
from tests.toy import Added, Echoed
from tests.unit.audit.told import START, Told


def told_story(count: int = 3) -> Told:
    told = Told()
    for number in range(count):
        cause = told.tell("alpha", f"counter/{number}", Added(amount=number), at=number)
        told.tell("beta", f"counter/{number}", Echoed(amount=number), at=number + 0.5, cause=cause)
    return told


async def test_a_row_says_everything_about_an_event(tmp_path: Path) -> None:
    told = told_story()
    assert await write(told.history, "beta.events", tmp_path / "beta.parquet") == 3
    row = pq.read_table(tmp_path / "beta.parquet").to_pylist()[0]
    assert row | {"hash": "", "prevhash": "", "keyid": "", "time": 0} == {
        "topic": "beta.events",
        "partition": 0,
        "offset": 0,
        "service": "beta",
        "source": "urn:sinergi:b",
        "kind": "counter",
        "subject": "counter/0",
        "sequence": 1,
        "ref": "urn:sinergi:b/counter/0/1",
        "event": "Echoed",
        "version": 1,
        "type": "sinergi.beta.Echoed.v1",
        "time": 0,
        "cause": "event",
        "causation": "urn:sinergi:a/counter/0/1",
        "correlation": "alpha-counter-0-1",
        "actor": "system",
        "commit_first": 1,
        "commit_count": 1,
        "hash": "",
        "prevhash": "",
        "keyid": "",
        **dict.fromkeys(parquet.FIELDS),
        "data": '{"amount":0}',
    }
    assert (row["time"] - START).total_seconds() == 0.5
    assert (len(row["hash"]), row["prevhash"], len(row["keyid"])) == (64, "0" * 64, 32)


async def test_the_same_log_makes_the_same_bytes(tmp_path: Path) -> None:
    files = [tmp_path / "one.parquet", tmp_path / "two.parquet"]
    for file in files:
        await write(told_story().history, "alpha.events", file)
    assert files[0].read_bytes() == files[1].read_bytes()


async def test_it_is_written_in_groups_and_compressed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "_ROWS", 4)
    await write(told_story(9).history, "alpha.events", tmp_path / "alpha.parquet")
    meta = pq.read_metadata(tmp_path / "alpha.parquet")
    assert [meta.row_group(n).num_rows for n in range(meta.num_row_groups)] == [4, 4, 1]
    assert meta.row_group(0).column(0).compression == "ZSTD"
    assert meta.schema.to_arrow_schema() == schema()


async def test_what_is_not_authentic_is_not_written(tmp_path: Path) -> None:
    told = told_story()
    records = told.records["alpha.events"]
    records[1] = records[1]._replace(value=b'{"amount":8}')
    history = told.history
    assert await write(history, "alpha.events", tmp_path / "alpha.parquet") == 2
    assert [problem.offset for problem in history.problems] == [1]


def test_every_column_is_documented() -> None:
    documented = Path("docs/auditors.md").read_text("utf-8")
    names: list[str] = schema().names  # type: ignore[attr-defined]
    assert [name for name in names if f"`{name}`" not in documented] == []
