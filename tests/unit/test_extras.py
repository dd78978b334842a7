"""Without pyarrow every module imports, and asking for Parquet is refused with the remedy."""

import subprocess
import sys
from pathlib import Path

import pytest

from shared.kernel.extras import MissingExtra, load

HIDDEN = """
import pkgutil, sys
sys.modules["pyarrow"] = None
"""
EVERY_MODULE = """
import importlib
for package in ("shared", "services", "apps"):
    for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
print(sys.modules["pyarrow"])
"""
OVER_HTTP = """
from shared.web.export import answer
from shared.kernel.clock import system_clock
from shared.web.problems import ProblemError
try:
    answer([{"key": "las"}], ("key",), "parquet", "figures", as_of=system_clock())
except ProblemError as problem:
    for language in ("id", "en"):
        response = problem.response(language)
        print(response.status_code, response.media_type, response.body.decode())
"""
ON_THE_COMMAND_LINE = """
from apps.cli import main
sys.argv = ["sinergi", "audit", "parquet", "made"]
main()
"""


def without_pyarrow(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", HIDDEN + program],
        cwd=folder,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "SINERGI_DATA": str(folder / "data")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_every_module_imports(tmp_path: Path) -> None:
    done = without_pyarrow(EVERY_MODULE, tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "None"), done.stderr


def test_an_http_export_is_refused_in_both_languages(tmp_path: Path) -> None:
    done = without_pyarrow(OVER_HTTP, tmp_path)
    assert done.returncode == 0, done.stderr
    indonesian, english = done.stdout.splitlines()
    for line in (indonesian, english):
        assert line.startswith("501 application/problem+json ")
        assert "parquet-not-installed" in line
        assert "sinergi[parquet]" in line
    assert "Layanan ini dipasang tanpa Parquet" in indonesian
    assert "This service was installed without Parquet" in english


def test_the_command_says_it_in_one_line_and_makes_nothing(tmp_path: Path) -> None:
    done = without_pyarrow(ON_THE_COMMAND_LINE, tmp_path)
    assert done.returncode == 2
    assert done.stderr == "sinergi: install sinergi[parquet]: pyarrow is not installed\n"
    assert not (tmp_path / "made").exists()


def test_a_library_that_lacks_one_of_its_own_is_not_taken_for_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_library.py").write_text("import nowhere_to_be_found")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModuleNotFoundError, match="nowhere_to_be_found"):
        load("broken_library", "parquet")
    with pytest.raises(MissingExtra, match=r"install sinergi\[parquet\]"):
        load("nowhere_to_be_found", "parquet")
