"""Commits and rows as MongoDB documents: exact, and readable with any client where that is text."""

from collections.abc import Mapping
from datetime import datetime
from typing import NotRequired, TypedDict

from shared.kernel.clock import micros
from shared.kernel.ports import Commit, Place, Position, Record, Row

Readable = str | bytes | None


class EventDocument(TypedDict):
    """One record of a commit. `headers` are name, value, name, value."""

    key: Readable
    value: Readable
    headers: list[Readable]


class CommitDocument(TypedDict):
    """One commit. `partition` and `offset` are there when `sent` is true.

    `time` is ISO 8601 text; `at` is the same instant in microseconds since 1970.
    """

    _id: str
    cause: str
    source: str
    stream: str
    first: int
    last: int
    after: int
    fingerprint: str
    time: str
    hash: str
    events: list[EventDocument]
    sent: bool
    at: int
    partition: NotRequired[int]
    offset: NotRequired[int]


class RowDocument(TypedDict):
    """One row; its table is the collection's name. Those of older versions have no `order`."""

    _id: str
    seq: int
    body: bytes | None
    due: int | None
    order: NotRequired[str | None]


class PrivateDocument(TypedDict):
    """One private value."""

    _id: str
    value: bytes


class BeatDocument(TypedDict):
    """The beat of one lease."""

    _id: str
    holder: str
    number: int


Query = Mapping[str, object]


def _readable(value: bytes | None) -> Readable:
    """Return text where that is exact, so that an auditor can read a document with any client."""
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def _exact(value: Readable) -> bytes | None:
    return value.encode() if isinstance(value, str) else value


def id_of(place: Place) -> str:
    """Return a commit's `_id`: found by equality, and a stream's in order of `first`."""
    return f"{place.stream}#{place.first:012d}"


def document_of(commit: Commit) -> CommitDocument:
    """Return the document that holds a commit."""
    document: CommitDocument = {
        "_id": id_of(commit.place),
        "cause": commit.cause,
        "source": commit.source,
        "stream": commit.stream,
        "first": commit.first,
        "last": commit.last,
        "after": commit.after,
        "fingerprint": commit.fingerprint,
        # Text, since the protocol's own dates stop at milliseconds.
        "time": commit.time.isoformat(),
        "hash": commit.hash,
        "events": [
            {
                "key": _readable(key),
                "value": _readable(value),
                # Name, value, name, value: FerretDB takes no arrays within arrays, and with a
                # document for each its inserts are a third slower.
                "headers": [
                    _readable(part)
                    for name, content in headers
                    for part in (name.encode("utf-8", "surrogateescape"), content)
                ],
            }
            for key, value, headers in commit.records
        ],
        "sent": commit.sent is not None,
        "at": micros(commit.time),
    }
    if commit.sent:
        document["partition"], document["offset"] = commit.sent
    return document


def commit_of(document: CommitDocument) -> Commit:
    """Return the commit that a document holds, its records byte for byte."""
    return Commit(
        document["source"],
        document["stream"],
        document["first"],
        document["after"],
        document["cause"],
        document["fingerprint"],
        datetime.fromisoformat(document["time"]),
        document["hash"],
        tuple(
            Record(
                _exact(event["key"]),
                _exact(event["value"]),
                tuple(
                    (
                        (_exact(name) or b"").decode("utf-8", "surrogateescape"),
                        _exact(content),
                    )
                    for name, content in zip(
                        event["headers"][::2], event["headers"][1::2], strict=True
                    )
                ),
            )
            for event in document["events"]
        ),
        Position(document["partition"], document["offset"]) if document["sent"] else None,
    )


def row_of(table: str, document: RowDocument) -> Row:
    """Return the row that a document of a table's collection holds."""
    return Row(
        table,
        document["_id"],
        document["seq"],
        document["body"],
        document["due"],
        document.get("order"),
    )
