"""Commits and rows as MongoDB documents: exact, and readable with any client where that is text."""

from datetime import datetime
from typing import Any

from shared.kernel.clock import micros
from shared.kernel.ports import Commit, Place, Position, Record, Row

Document = dict[str, Any]


def _readable(value: bytes | None) -> str | bytes | None:
    """Text where that is exact, so that an auditor can read a document with any client."""
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def _exact(value: str | bytes | None) -> bytes | None:
    return value.encode() if isinstance(value, str) else value


def id_of(place: Place) -> str:
    """A commit's `_id`: found by equality, and a stream's in order of `first`."""
    return f"{place.stream}#{place.first:012d}"


def document_of(commit: Commit) -> Document:
    return {
        "_id": id_of(commit.place),
        "cause": commit.cause,
        "source": commit.source,
        "stream": commit.stream,
        "first": commit.first,
        "last": commit.last,
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
        **(commit.sent._asdict() if commit.sent else {}),
    }


def commit_of(document: Document) -> Commit:
    """The commit that a document holds, its records byte for byte."""
    return Commit(
        document["source"],
        document["stream"],
        document["first"],
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


def row_of(table: str, document: Document) -> Row:
    return Row(table, document["_id"], document["seq"], document["body"], document["due"])
