"""The log as Parquet, for DuckDB, pandas and the like: a file a topic, a row an event.

docs/auditors.md says what each column means. The same log makes the same bytes (of one version of
pyarrow); nothing is in a file that is not on the log.
"""

from pathlib import Path

from apps.audit.history import History, causing_event
from apps.audit.trace import event_name
from shared.kernel.extras import load
from shared.kernel.ports import LogRecord
from shared.signing.cloudevents import Envelope

_ROWS = 10_000
# Fields of many events that questions are often about; where an event has none, nothing.
FIELDS = ("kejuruan", "kecamatan", "intake", "application", "proposal", "person")


def schema() -> object:
    """Return the pyarrow schema of the files. Raise MissingExtra without pyarrow."""
    pa = load("pyarrow", "parquet")
    text = pa.string()
    return pa.schema(
        [
            ("topic", text),
            ("partition", pa.int32()),
            ("offset", pa.int64()),
            ("service", text),
            ("source", text),
            ("kind", text),
            ("subject", text),
            ("sequence", pa.int64()),
            ("ref", text),
            ("event", text),
            ("version", pa.int32()),
            ("type", text),
            ("time", pa.timestamp("us", "UTC")),
            ("cause", text),
            ("causation", text),
            ("correlation", text),
            ("actor", text),
            ("commit_first", pa.int64()),
            ("commit_count", pa.int32()),
            ("hash", text),
            ("prevhash", text),
            ("keyid", text),
            *((name, text) for name in FIELDS),
            ("data", text),
        ]
    )


async def write(history: History, topic: str, file: Path) -> int:
    """Write all authentic events of a topic, in the order of its chains; return their number.

    Memory holds one row group. The file is whole or is not there. Raise Unavailable for a log
    that is away, and MissingExtra without pyarrow.
    """
    pa, pq, columns = load("pyarrow", "parquet"), load("pyarrow.parquet", "parquet"), schema()
    draft, count = file.with_suffix(".part"), 0
    with pq.ParquetWriter(draft, columns, compression="zstd") as writer:
        rows: list[dict[str, object]] = []
        async for place, envelope in history.read(topic):
            rows.append(_row(history, place, envelope))
            count += 1
            if len(rows) == _ROWS:
                writer.write_table(pa.Table.from_pylist(rows, columns))
                rows = []
        if rows:
            writer.write_table(pa.Table.from_pylist(rows, columns))
    draft.rename(file)
    return count


def _row(history: History, place: LogRecord, envelope: Envelope) -> dict[str, object]:
    event = history.event(place, envelope)
    keyid = dict(place.record.headers)["ce_keyid"] or b""
    return {
        "topic": place.topic,
        "partition": place.partition,
        "offset": place.offset,
        "service": history.definitions[place.topic].name,
        "source": envelope.source,
        "kind": envelope.subject.partition("/")[0],
        "subject": envelope.subject,
        "sequence": envelope.sequence,
        "ref": envelope.ref,
        "event": event_name(envelope),
        "version": int(envelope.type.rpartition(".v")[2]),
        "type": envelope.type,
        "time": envelope.time,
        "cause": "event" if causing_event(envelope) else envelope.causation.partition("/")[0],
        "causation": envelope.causation,
        "correlation": envelope.correlation,
        "actor": envelope.actor,
        "commit_first": envelope.first,
        "commit_count": envelope.count,
        "hash": envelope.hash,
        "prevhash": envelope.prevhash,
        "keyid": keyid.decode("ascii"),
        **{name: getattr(event, name, None) for name in FIELDS},
        "data": envelope.data.decode("utf-8", "backslashreplace"),
    }
