"""The system as an operator deploys it: docker compose, a Kafka, a MongoDB for each agency."""

import os
import subprocess

import httpx
import pytest

from tests.scenarios.running import SINERGI
from tests.servers.compose import System


def demo(system: System) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("SINERGI_")}
    played = subprocess.run(
        [SINERGI, "demo", "--url", system.url], env=env, capture_output=True, text=True,
        timeout=600, check=False,
    )  # fmt: skip
    assert played.returncode == 0, played.stdout[-3000:] + played.stderr


@pytest.mark.timeout(1800)
def test_the_story_on_compose_survives_a_kill_and_proves_itself(compose_system: System) -> None:
    system = compose_system
    assert httpx.get(f"{system.url}/v1/system", trust_env=False).json()["mode"] == "deployed"
    demo(system)
    system.compose("kill", "--signal", "KILL", "registration")
    system.compose("up", "--detach", "--wait", "--no-build", "--no-deps", "registration")
    assert "All of it holds." in system.compose("run", "--rm", "-T", "audit")


def test_nobody_reaches_another_agency_s_database(compose_system: System) -> None:
    """Only the agency's own service shares a network with its database."""
    probe = "import socket; socket.create_connection(('mongo-{}', 27017), 3)"
    for service, own in (
        ("registration", "blk"),
        ("equipment", "ministry"),
        ("partners", "network"),
    ):
        compose_system.compose("exec", "-T", service, "python", "-c", probe.format(own))
        for other in {"blk", "ministry", "network"} - {own}:
            with pytest.raises(subprocess.CalledProcessError):
                compose_system.compose("exec", "-T", service, "python", "-c", probe.format(other))
    with pytest.raises(subprocess.CalledProcessError):
        compose_system.compose("exec", "-T", "registration", "touch", "/opt/sinergi/x")
    assert compose_system.compose("exec", "-T", "registration", "id", "-u").strip() == "10001"
