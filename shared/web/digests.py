"""Digests of a service's rows: an auditor compares them without touching the database."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from hashlib import sha256

import orjson
from pydantic import JsonValue

from shared.eventsourcing.command_handler import CommandHandler
from shared.eventsourcing.decider import AnyDecider
from shared.eventsourcing.projections import AnyProjection
from shared.eventsourcing.states import STATES
from shared.kernel.ports import Row, Store, scan_all
from shared.messaging.dead_letters import DeadLetters
from shared.web.common_answers import DigestHead, FieldHashes


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


def _leaves(path: str, value: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    parts: dict[str, JsonValue] = value if isinstance(value, dict) else {}
    if isinstance(value, list):
        parts = {str(number): each for number, each in enumerate(value)}
    if not parts:
        yield path, value
    for name, each in parts.items():
        yield from _leaves(f"{path}.{name}" if path else name, each)


class Digests:
    """The digests of one service's state rows and projections."""

    def __init__(
        self,
        *,
        service: str,
        store: Store,
        command_handler: CommandHandler,
        dead_letters: DeadLetters,
        deciders: Sequence[AnyDecider],
        projections: Sequence[AnyProjection],
        positions: Callable[[], Awaitable[dict[str, dict[str, int]]]],
    ) -> None:
        self._service, self._store = service, store
        self._command_handler, self._dead_letters = command_handler, dead_letters
        self._deciders, self._projections = deciders, projections
        self._positions = positions
        self.tables = (STATES, *(each.table for each in projections))

    async def fields(self, table: str, key: str) -> FieldHashes | None:
        """Return the hashes of one row's fields; None where there is no such row."""
        row = (await self._store.get(table, [key])).get(key)
        return FieldHashes(sequence=row.sequence, fields=field_hashes(row)) if row else None

    async def stream(self) -> AsyncIterator[bytes]:
        """Yield JSON lines: a DigestHead, then a DigestRow for each row.

        The key of a part of a row is `<row key> <stream>`.
        Rows are read page by page while the service works on: each line is true for its sequence.
        """
        await self._command_handler.write_states()
        head = DigestHead(
            service=self._service,
            positions=await self._positions(),
            parked=[row["key"] for row in await self._dead_letters.list(limit=10_000)],
            folds={each.kind: each.version for each in self._deciders},
            views={each.name: each.version for each in self._projections},
        )
        yield head.model_dump_json().encode() + b"\n"
        for table in self.tables:
            async for row in scan_all(self._store, table):
                line = {
                    "table": table,
                    "key": row.key,
                    "sequence": row.sequence,
                    "hash": row_hash(row),
                }
                yield orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
