"""The whole system as docker-compose.yml runs it."""

import fcntl
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest

from tests.servers import docker, report
from tests.servers.artifact import CACHE, ROOT, run_script
from tests.servers.port import free_port
from tests.servers.unavailable import UnavailableError, give_up

_IMAGES = ("SINERGI_BASE_IMAGE", "SINERGI_KAFKA_IMAGE", "SINERGI_MONGO_IMAGE")
_PORTS = {
    "console": "SINERGI_PORT",
    "registration": "SINERGI_REGISTRATION_PORT",
    "equipment": "SINERGI_EQUIPMENT_PORT",
    "partners": "SINERGI_PARTNERS_PORT",
}


@dataclass(frozen=True)
class System:
    """A system under `docker compose`, healthy when the tests get it."""

    urls: Mapping[str, str]
    environment: Mapping[str, str]

    @property
    def url(self) -> str:
        """Where the first page is."""
        return self.urls["console"]

    def compose(self, *arguments: str) -> str:
        """Return the output of `docker compose` with these arguments: `kill`, `logs` and so on.

        Raise CalledProcessError, with its stderr as a note, if it fails.
        """
        # No --env-file but this one: what a developer keeps in .env is not what is tested.
        command = ["docker", "compose", "-p", "sinergi-test", "--env-file", os.devnull]
        try:
            done = subprocess.run(
                [*command, *arguments],
                cwd=ROOT,
                env=dict(self.environment),
                capture_output=True,
                text=True,
                check=True,
                timeout=900,
            )
        except subprocess.CalledProcessError as error:
            error.add_note(error.stderr)
            raise
        return done.stdout


@pytest.fixture(scope="session")
def compose_system(pytestconfig: pytest.Config) -> Iterator[System]:
    """The system of docker-compose.yml, built from this checkout, on ports of its own.

    Without a Docker engine it runs on a private one, without an image registry on base images
    made by deploy/offline. A test that kills a container starts it again.
    """
    with ExitStack() as stack:
        try:
            environment = stack.enter_context(engine())
            provide(environment)
        except UnavailableError as error:
            give_up(str(error))
        yield from _up(environment, pytestconfig)


@contextmanager
def engine() -> Iterator[dict[str, str]]:
    """The environment of commands for a Docker engine: the one that answers, else a private one.

    Only one test run on this cache has it at a time. UnavailableError if there can be none.
    """
    data = str(CACHE / "docker")
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith("SINERGI_") or k in _IMAGES
    }
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "engine.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        private = docker.docker("version", env=environment) is None
        try:
            if private:
                environment["DOCKER_HOST"] = run_script("dockerd", "start", data)
            yield environment
        finally:
            if private:
                run_script("dockerd", "stop", data)


def _up(environment: dict[str, str], config: pytest.Config) -> Iterator[System]:
    ports = {service: free_port() for service in _PORTS}
    environment |= {_PORTS[service]: str(port) for service, port in ports.items()}
    urls = {service: f"http://{docker.host()}:{port}" for service, port in ports.items()}
    system = System(urls, environment)
    system.compose("down", "--volumes", "--remove-orphans")  # of a run that was killed
    try:
        system.compose("up", "--detach", "--build", "--wait", "--wait-timeout", "600")
        _, kafka, mongo = (
            docker.image(v) + _made_here(docker.image(v), environment) for v in _IMAGES
        )
        report.note(config, f"docker compose with {kafka} and {mongo}")
        yield system
    except subprocess.CalledProcessError as error:
        error.add_note(system.compose("logs", "--no-color", "--tail", "100"))
        raise
    finally:
        system.compose("down", "--volumes", "--timeout", "5")


def provide(environment: dict[str, str]) -> None:
    """See to it that there are the images and `docker compose`, and say in the environment where.

    UnavailableError if that fails.
    """
    environment["SINERGI_IMAGE"] = "sinergi:test"
    names = [docker.image(variable) for variable in _IMAGES]
    compose = docker.docker("compose", "version", env=environment) is not None
    if not compose:
        # Where the plugin is put: a test run does not install things for its user.
        environment["DOCKER_CONFIG"] = str(CACHE / "docker-config")
    if not compose or not all(docker.available(name, environment) for name in names):
        run_script("build-images", str(CACHE), env=environment)


def _made_here(name: str, environment: Mapping[str, str]) -> str:
    label = '{{index .Config.Labels "sinergi.offline"}}'
    made = docker.docker("image", "inspect", "--format", label, name, env=environment)
    return " (made by deploy/offline)" if made and made.strip() else ""
