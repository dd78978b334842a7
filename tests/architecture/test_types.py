"""Programs that are wrong, each for a reason that the type checker must name."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WRONG = Path(__file__).with_name("wrong")


def test_every_wrong_program_is_refused_where_it_is_wrong(tmp_path: Path) -> None:
    programs = sorted(WRONG.glob("*.py"))
    assert len(programs) >= 5
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-error-summary", "--cache-dir", str(tmp_path),
         "--config-file", str(ROOT / "pyproject.toml"), *map(str, programs)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    found = re.findall(r"wrong/(\w+)\.py:(\d+): error: .*\[([\w-]+)\]$", done.stdout, re.MULTILINE)
    expected = [
        (program.stem, str(number), line.partition("# error: ")[2])
        for program in programs
        for number, line in enumerate(program.read_text().splitlines(), 1)
        if "# error: " in line
    ]
    assert sorted(found) == sorted(expected), done.stdout
