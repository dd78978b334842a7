"""Programs that judge contracts: built like the real servers, and missed as these are."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.servers.artifact import ROOT, artifact
from tests.servers.unavailable import UnavailableError, give_up


def run_tool(name: str, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the program of an artifact at the project's root, and return what it said.

    Where it cannot be had the test is skipped; with CI=true it fails.
    """
    try:
        path = artifact(name) / program
    except UnavailableError as error:
        give_up(str(error))
    env = {**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    return subprocess.run(
        [path, *arguments], cwd=ROOT, capture_output=True, text=True, env=env, check=False
    )


# Whoever comes first waits for the build.
builds = pytest.mark.timeout(900)
