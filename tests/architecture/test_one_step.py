"""Add a step across two aggregates to a small service, and count the places that it touches.

The step, tests/one_step/late_readers_are_warned.patch: a book that comes back late warns its
reader. Its places: the event, the target aggregate's rule, the policy, and the catalogue entry.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shared.eventsourcing.decider import Context
from tests.one_step.book import BOOK, Lend, TakeBack
from tests.unit.given import NOW

ROOT = Path(__file__).resolve().parents[2]
SERVICE = ROOT / "tests" / "one_step"
STEP = SERVICE / "late_readers_are_warned.patch"
PLACES = {"events.py", "reader.py", "policies.py", "locale"}

# Run in the copy, where the step has been added.
TRIED = """
from shared.eventsourcing.decider import Context
from tests.one_step import policies, reader
from tests.one_step.events import BookReturned
from tests.unit.given import NOW, envelope

(warn,) = policies.POLICIES
returned = BookReturned(reader="r1", late=True)
(dispatch,) = warn.react(envelope("book/b1"), returned)
assert str(dispatch.stream) == "reader/r1"
assert dispatch.command is returned
state = reader.Reader(joined=True)
for times in (1, 2):
    (event,) = reader.READER.decide(state, dispatch.command, Context(NOW))
    state = reader.READER.evolve(state, event)
    assert event.times == state.warnings == times
assert not reader.READER.decide(state, BookReturned(reader="r1", late=False), Context(NOW))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The small service, in a copy of what it stands on."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "shared", tmp_path / "shared", ignore=ignored)
    shutil.copytree(SERVICE, tmp_path / "tests" / "one_step", ignore=ignored)
    for file in ("tests/__init__.py", "tests/unit/__init__.py", "tests/unit/given.py"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    return tmp_path


def run(copy: Path, *command: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command, cwd=copy, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(copy), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip


def types(copy: Path) -> str:
    done = run(
        copy, sys.executable, "-m", "mypy", "--config-file", ROOT / "pyproject.toml",
        "--no-error-summary", "-p", "tests.one_step",
    )  # fmt: skip
    return done.stdout


def test_a_step_touches_four_places() -> None:
    touched = re.findall(r"^\+\+\+ b/tests/one_step/([\w.]+)", STEP.read_text(), re.MULTILINE)
    assert set(touched) == PLACES
    assert len(PLACES) == 4


def test_the_service_with_the_step_type_checks_and_works(copy: Path) -> None:
    applied = run(copy, "patch", "-p1", "-i", STEP)
    assert applied.returncode == 0, applied.stdout + applied.stderr
    assert types(copy) == ""
    tried = run(copy, sys.executable, "-c", TRIED)
    assert tried.returncode == 0, tried.stderr


@pytest.mark.parametrize(
    ("arm", "missing"),
    [
        (r"        case BookReturned\(late=late\):\n(?:            .*\n)+", "BookReturned"),
        (r"        case ReaderWarned\(\):\n(?:            .*\n)+", "ReaderWarned"),
    ],
)
def test_an_arm_that_is_forgotten_does_not_type_check(copy: Path, arm: str, missing: str) -> None:
    run(copy, "patch", "-p1", "-i", STEP)
    reader = copy / "tests" / "one_step" / "reader.py"
    shorter, removed = re.subn(arm, "", reader.read_text())
    assert removed == 1
    reader.write_text(shorter)
    assert re.search(rf'assert_never" has incompatible type "{missing}"', types(copy))


def test_the_service_works_without_the_step_too() -> None:
    (lent,) = BOOK.decide(BOOK.initial, Lend(reader="r1"), Context(NOW))
    state = BOOK.evolve(BOOK.initial, lent)
    (returned,) = BOOK.decide(state, TakeBack(late=True), Context(NOW))
    assert BOOK.evolve(state, returned) == BOOK.initial
