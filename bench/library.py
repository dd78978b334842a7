"""The counter of tests.toy, written with the `eventsourcing` package."""

from pathlib import Path
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event


class Tally(Aggregate):
    @event("Started")
    def __init__(self) -> None:
        self.total = 0
        self.times = 0

    @event("Added")
    def add(self, amount: int) -> None:
        self.total += amount
        self.times += 1


def application(file: Path) -> Application[UUID]:
    """On its SQLite recorder: WAL, and synchronous=FULL as SQLite's default is."""
    return Application(
        env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(file)}
    )
