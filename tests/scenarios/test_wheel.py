"""The wheel installs in an empty environment and runs the system and its demonstration there."""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.scenarios import running as system

ROOT = Path(__file__).parents[2]
PACKAGES = ("shared", "services", "apps")
BUILT_FROM = ("pyproject.toml", "README.md", "LICENSE")

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]


def run(*command: str | Path, folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build an sdist, and the wheel from that sdist, from a copy; return their folder."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, source / package, ignore=ignored)
    for name in BUILT_FROM:
        shutil.copy(ROOT / name, source)
    for name in ("tests", "bench"):  # as a checkout has them; neither may be in the wheel
        (source / name).mkdir()
        (source / name / "__init__.py").touch()
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist", folder=source)
    return folder / "dist"


def only(folder: Path, pattern: str) -> Path:
    (found,) = folder.glob(pattern)
    return found


def files(*packages: str) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for package in packages
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_has_every_file_of_the_packages_and_no_other(built: Path) -> None:
    with zipfile.ZipFile(only(built, "*.whl")) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
        (licence,) = (name for name in wheel.namelist() if name.endswith("/LICENSE"))
        assert wheel.read(licence) == (ROOT / "LICENSE").read_bytes()
    assert names == files(*PACKAGES)


def test_the_sdist_has_the_licence_and_the_readme(built: Path) -> None:
    with tarfile.open(only(built, "*.tar.gz")) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {*BUILT_FROM, *files(*PACKAGES)} <= names


def test_an_empty_environment_runs_the_system_and_its_demonstration(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)  # or this checkout would be imported
    bin_ = tmp_path / "empty" / "bin"
    run(sys.executable, "-m", "venv", tmp_path / "empty", folder=tmp_path)
    install = (bin_ / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*install, "--require-hashes", "-r", ROOT / "requirements.lock", folder=tmp_path)
    run(*install, "--no-deps", only(built, "*.whl"), folder=tmp_path)
    monkeypatch.setattr(system, "SINERGI", bin_ / "sinergi")
    monkeypatch.chdir(tmp_path)
    with system.running(tmp_path / "data") as started:
        demo = started.run("demo")
        assert demo.returncode == 0, (demo.stdout + demo.stderr)[-4000:]
        table = started.run("audit", "parquet", str(tmp_path / "made"))
        assert table.returncode == 2
        assert table.stderr == "sinergi: install sinergi[parquet]: pyarrow is not installed\n"
