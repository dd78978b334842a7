"""Whatever is sent to any operation: an answer as the OpenAPI document says, and no failure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from apps.composition.system import SERVICES

# The same cases in every run, unless somebody asks for others.
SEED = int(os.environ.get("SINERGI_FUZZ_SEED", "20261124"))
LIMIT = 900  # seconds


@pytest.mark.timeout(LIMIT + 60)
@pytest.mark.parametrize("examples", [6, pytest.param(30, marks=pytest.mark.long)])
@pytest.mark.parametrize("service", SERVICES)
def test_any_input_is_answered_as_documented(tmp_path: Path, service: str, examples: int) -> None:
    output = tmp_path / "output"
    command = [sys.executable, "-m", "tests.scenarios.fuzz", service, str(SEED)]
    with output.open("w") as sink:
        try:
            done = subprocess.run(
                [*command, tmp_path / "data", str(examples)],
                stdout=sink, stderr=subprocess.STDOUT, timeout=LIMIT, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            last = output.read_text().splitlines()[-1:]
            pytest.fail(f"{service} hangs with SINERGI_FUZZ_SEED={SEED} at {last}", pytrace=False)
    assert done.returncode == 0, f"SINERGI_FUZZ_SEED={SEED}\n" + output.read_text()[-20_000:]
