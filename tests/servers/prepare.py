"""Build what the real servers of the tests need, before the tests ask for it.

    python -m tests.servers.prepare            all of it
    python -m tests.servers.prepare servers    Kafka and FerretDB only

Whoever needs something that is under construction waits for it. What cannot be had here is told in
a line; the tests that need it say so again.
"""

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.servers import docker
from tests.servers.artifact import artifact
from tests.servers.compose import System, engine, provide
from tests.servers.unavailable import UnavailableError


def server(given: str, image: str, name: str) -> None:
    """Build the server that tests.servers.kafka or .mongo starts, unless one is given."""
    if not os.environ.get(given) and not docker.available(docker.image(image)):
        artifact(name)


def images() -> None:
    with engine() as environment:
        provide(environment)
        System({}, environment).compose("build", "--quiet")


def timed(name: str, make: Callable[[], None]) -> None:
    began = time.monotonic()
    try:
        make()
    except UnavailableError as error:
        print(f"{name}: {error}", flush=True)
    else:
        print(f"{name}: there after {time.monotonic() - began:.0f} s", flush=True)


def main(only_servers: bool) -> None:
    wanted = {
        "Kafka": lambda: server("SINERGI_TEST_KAFKA", "SINERGI_KAFKA_IMAGE", "kafka"),
        "MongoDB": lambda: server("SINERGI_TEST_MONGO", "SINERGI_MONGO_IMAGE", "ferretdb"),
    }
    with ThreadPoolExecutor() as pool:
        list(pool.map(timed, wanted, wanted.values()))
    if not only_servers:
        timed("docker compose", images)


if __name__ == "__main__":
    main(sys.argv[1:] == ["servers"])
