"""A server as a container, on whatever Docker engine can be reached."""

import os
import re
import subprocess
from collections.abc import Mapping
from urllib.parse import urlsplit

from tests.servers.artifact import ROOT

# Its reaper is one more image, and the test run removes its containers itself.
os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")

from testcontainers.core.container import DockerContainer


def image(variable: str) -> str:
    """The image that docker-compose.yml runs where it names this variable."""
    if chosen := os.environ.get(variable):
        return chosen
    compose = (ROOT / "docker-compose.yml").read_text()
    found = re.search(rf"\$\{{{variable}:-([^}}]+)\}}", compose)
    assert found, f"docker-compose.yml does not name {variable}"
    return found[1]


def docker(*command: str, env: Mapping[str, str] = os.environ) -> str | None:
    """Return the docker command's output; None if it fails, or there is no docker.

    The Python client leaves an open socket behind where no engine answers.
    """
    try:
        done = subprocess.run(
            ["docker", *command], env=dict(env), capture_output=True, text=True, check=True
        )
    except (FileNotFoundError, subprocess.CalledProcessError):
        return None
    return done.stdout


def available(name: str, env: Mapping[str, str] = os.environ) -> bool:
    """True if a Docker engine answers and has this image or can pull it."""
    return docker("version", env=env) is not None and any(
        docker(*how, name, env=env) is not None for how in (["image", "inspect"], ["pull"])
    )


def host() -> str:
    """Where the ports of containers are published."""
    return urlsplit(os.environ.get("DOCKER_HOST", "")).hostname or "127.0.0.1"


class Container:
    """One container that keeps its data and its port from its first start until it is removed."""

    def __init__(self, name: str, port: int, inner: int, env: dict[str, str]) -> None:
        self._docker = DockerContainer(name).with_bind_ports(inner, port).with_envs(**env)
        self._created = False

    def start(self) -> None:
        if self._created:
            self._docker.get_wrapped_container().start()
        else:
            self._docker.start()
            self._created = True

    def stop(self) -> None:
        self.resume()
        self._docker.get_wrapped_container().stop(timeout=30)

    def kill(self) -> None:
        if self._status() in {"running", "paused"}:
            self._docker.get_wrapped_container().kill()

    def pause(self) -> None:
        self._docker.get_wrapped_container().pause()

    def resume(self) -> None:
        if self._status() == "paused":
            self._docker.get_wrapped_container().unpause()

    def remove(self) -> None:
        self._docker.stop()

    def last_words(self) -> str:
        out, err = self._docker.get_logs()
        return "\n".join((out + err).decode(errors="replace").splitlines()[-20:])

    def _status(self) -> str:
        self._docker.reload()
        return self._docker.status
