"""A demo that has been played to its end, for the tests that only read what it has left."""

import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from apps.composition.system import key_folder
from shared.kernel.settings import Settings
from tests.scenarios.running import System, running


@dataclass(frozen=True)
class Finished:
    """A demo's log when it was over, and copies of it from all the while before."""

    file: Path
    trust: Path
    before: Sequence[Path]


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    folder = tmp_path_factory.mktemp("mutations")
    data = folder / "data"
    copies: list[Path] = []
    over = threading.Event()

    def copy() -> None:
        while not over.wait(0.05):
            path = folder / f"{len(copies)}.sqlite"
            with (
                closing(sqlite3.connect(f"file:{data}/log.sqlite?mode=ro", uri=True)) as log,
                closing(sqlite3.connect(path)) as to,
            ):
                log.backup(to)
            copies.append(path)

    with running(data, SINERGI_CHECKPOINT_SECONDS="1", SINERGI_RECEIPT_SECONDS="1") as system:
        copier = threading.Thread(target=copy)
        copier.start()
        try:
            _demo(system)
        finally:
            over.set()
            copier.join()
    return Finished(data / "log.sqlite", key_folder(Settings(data=data)).trust, copies)


def _demo(system: System) -> None:
    told = system.run("demo", "--url", system.url)
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr
