"""Digests of a service's rows: an auditor compares them without touching the database."""

from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import orjson

from shared.eventsourcing.command_handler import STATES
from shared.kernel.ports import Row, scan_all

if TYPE_CHECKING:
    from shared.runtime.service import Service


def row_hash(row: Row) -> str:
    """SHA-256 over what a row says: a state or a part as JSON with sorted keys."""
    if row.body is None:
        return sha256(b"").hexdigest()
    value = orjson.loads(row.body)
    if row.table == STATES:
        value = value["state"]
    return sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()


def field_hashes(row: Row) -> dict[str, str]:
    """A hash for each field of what a row says, by its path, such as `items.0.quantity`."""
    value = orjson.loads(row.body) if row.body is not None else {}
    if row.table == STATES:
        value = value["state"]
    return {path: sha256(orjson.dumps(leaf)).hexdigest() for path, leaf in _leaves("", value)}


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    parts = value if isinstance(value, dict) else {}
    if isinstance(value, list):
        parts = {str(number): each for number, each in enumerate(value)}
    if not parts:
        yield path, value
    for name, each in parts.items():
        yield from _leaves(f"{path}.{name}" if path else name, each)


async def fields(service: "Service", table: str, key: str) -> dict[str, Any] | None:
    """Of one row: {"sequence", "fields": {path: hash}}; None where there is none."""
    row = (await service.store.get(table, [key])).get(key)
    return {"sequence": row.sequence, "fields": field_hashes(row)} if row else None


async def stream(service: "Service") -> AsyncIterator[bytes]:
    """JSON lines: first what the service has applied and with which folds, then a line a row.

    A row's line: {"table", "key", "sequence", "hash"}; a part's key is `<row key> <stream>`.
    Rows are read page by page while the service works on: each line is true for its sequence.
    """
    await service.committer.write_states()
    head = {
        "service": service.name,
        "positions": {topic: await service.positions(topic) for topic in service.consumers},
        "parked": [row["key"] for row in await service.parking.list(limit=10_000)],
        "folds": {d.kind: d.version for d in service.definition.deciders},
        "views": {v.name: v.version for v in service.definition.all_views},
    }
    yield orjson.dumps(head, option=orjson.OPT_APPEND_NEWLINE)
    for table in (STATES, *(view.table for view in service.definition.all_views)):
        async for row in scan_all(service.store, table):
            line = {
                "table": table,
                "key": row.key,
                "sequence": row.sequence,
                "hash": row_hash(row),
            }
            yield orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
