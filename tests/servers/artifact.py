"""Artifacts that the scripts of deploy/offline build once from the package registries."""

import os
import subprocess
from pathlib import Path

from tests.servers.unavailable import UnavailableError

ROOT = Path(__file__).resolve().parents[2]
OFFLINE = ROOT / "deploy" / "offline"
CACHE = Path(os.environ.get("SINERGI_TEST_CACHE", ROOT / ".cache" / "servers"))


def artifact(name: str) -> Path:
    """The folder of this artifact, built if need be; UnavailableError where it cannot be."""
    return Path(run_script("artifact", name, str(CACHE)))


def run_script(name: str, *arguments: str, env: dict[str, str] | None = None) -> str:
    """Return the output of a script of deploy/offline; raise UnavailableError if it fails."""
    done = subprocess.run(
        [OFFLINE / name, *arguments], capture_output=True, text=True, env=env, check=False
    )
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise UnavailableError(f"{name} {arguments[0]}: {said[-1]}")
    return done.stdout.strip()
