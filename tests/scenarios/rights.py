"""A person's files at the training centre, and every byte that is kept of them."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson

from shared.signing.cloudevents import read
from tests.scenarios.paser import Paser, applicant

BLK, HEAD, CITIZEN, OTHER = "petugas-blk", "kepala-blk", "warga-1", "warga-2"
AT = "registration/v1/applications"
ERASURE = "registration/v1/persons/erasure"
REPORT = "registration/v1/persons/access-report"
SITI = {"name": "Siti Nurhaliza Rahman", "phone": "+62 812 5550 4711", "address": "Jl. Kandilo 17"}
NIK = applicant("", 7)["nik"]
PRIVATE = ("persons", "person-keys", "follow", "actors", "actor-names")


async def registered(system: Paser, account: str = BLK, **changes: Any) -> tuple[str, str]:
    """An application of Siti's to a new class: its id and its follow code."""
    intake = await system.opened(BLK)
    form = applicant(intake, 7, **{**SITI, **changes})
    answer = await system.call(account, "POST", AT, form)
    assert answer.is_success, answer.text
    id_ = answer.json()["id"]
    code = (await system.call(BLK, "GET", f"{AT}/{id_}/follow-code")).json()["code"]
    return id_, code


async def erased(system: Paser, application: str) -> dict[str, Any]:
    """The application, once it has recorded that its person was erased."""
    found: dict[str, Any] = await system.eventually(BLK, f"{AT}/{application}", erased=True)
    return found


def withdraw(application: str, **changes: Any) -> dict[str, Any]:
    return {
        "application": application,
        "reason": "person-request",
        "on_running": "withdraw",
        **changes,
    }


def private(folder: Path, *collections: str) -> list[tuple[str, str, bytes]]:
    (file,) = folder.glob("stores/registration*.sqlite")
    with closing(sqlite3.connect(file)) as db:
        rows = db.execute("SELECT collection, key, value FROM private").fetchall()
    return [tuple(row) for row in rows if row[0] in collections]


def put_back(folder: Path, rows: Iterable[tuple[str, str, bytes]]) -> None:
    (file,) = folder.glob("stores/registration*.sqlite")
    with closing(sqlite3.connect(file)) as db, db:
        db.executemany("INSERT OR IGNORE INTO private VALUES(?,?,?)", list(rows))


def found_in(folder: Path, *words: str | bytes) -> list[str]:
    """Files that hold any of these words, in any bytes of theirs, free pages and logs included."""
    sought = [word.encode() if isinstance(word, str) else word for word in words]
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [
        f"{path.name}: {word!r}" for path in files for word in sought if word in path.read_bytes()
    ]


async def history(system: Paser, *streams: str) -> list[dict[str, Any]]:
    """The data of all events of these streams."""
    store = system.services["registration"].store
    return [
        orjson.loads(read(record).data)
        for stream in streams
        for commit in await store.history(stream)
        for record in commit.records
    ]
