"""A demo that has been played to its end, for the tests that only read what it has left."""

import fcntl
import json
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from apps.composition.system import key_folder
from shared.kernel.settings import Settings
from tests.scenarios.deployed import Told, World, overheard
from tests.scenarios.running import running


@dataclass(frozen=True)
class Finished:
    """A demo's log when it was over, and copies of it from all the while before."""

    data: Path
    before: Sequence[Path]

    @property
    def file(self) -> Path:
        return self.data / "log.sqlite"

    @property
    def trust(self) -> Path:
        return key_folder(Settings(data=self.data)).trust

    def copied(self, folder: Path) -> World:
        """Copy all that it has left into this folder, to go on with it there."""
        shutil.copytree(self.data, folder)
        shutil.copy(self.data.with_suffix(".output"), folder.with_suffix(".output"))
        told = Told(json.loads(self.data.with_suffix(".told").read_text()))
        return World(folder, {}, self.data.with_suffix(".shown").read_text(), told)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """A finished demo: played once a run, however many workers of pytest-xdist ask for it."""
    folder = _once(tmp_path_factory, "finished", _play)
    before = sorted(folder.glob("*.copy"), key=lambda path: int(path.stem))
    return Finished(folder / "data", before)


def _once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder of this name, made by whichever worker comes first."""
    base = factory.getbasetemp()
    # A worker's is in that of the whole run.
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done = root / name, root / f"{name}.done"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            folder.mkdir()
            make(folder)
            done.touch()
    assert done.exists(), f"{name} could not be made: see the first test that asked for it"
    return folder


def _play(folder: Path) -> None:
    data = folder / "data"
    over = threading.Event()

    def copy() -> None:
        count = 0
        while not over.wait(0.05):
            with (
                closing(sqlite3.connect(f"file:{data}/log.sqlite?mode=ro", uri=True)) as log,
                closing(sqlite3.connect(folder / f"{count}.copy")) as to,
            ):
                log.backup(to)
            count += 1

    with running(data, SINERGI_CHECKPOINT_SECONDS="1", SINERGI_RECEIPT_SECONDS="1") as system:
        copier = threading.Thread(target=copy)
        copier.start()
        try:
            # A thread of its own, for it may be an asynchronous test that asks first.
            with ThreadPoolExecutor(1) as pool:
                shown, told = pool.submit(overheard, system).result()
        finally:
            over.set()
            copier.join()
    data.with_suffix(".shown").write_text(shown)
    data.with_suffix(".told").write_text(json.dumps(sorted(told.values)))
