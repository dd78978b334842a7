"""The plugin that gives tests their real servers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from tests.servers import kafka, mongo, report
from tests.servers.compose import compose_system
from tests.servers.kafka import Kafka
from tests.servers.mongo import Mongo
from tests.servers.server import Server
from tests.servers.unavailable import UnavailableError, give_up

__all__ = ["compose_system", "kafka_server", "mongo_server"]

AnyServer = TypeVar("AnyServer", bound=Server)


@pytest.fixture(scope="session")
def kafka_server(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[Kafka]:
    """A running Kafka broker. A test that stops, kills or pauses it starts or resumes it again."""
    with started(kafka.find, tmp_path_factory.mktemp("kafka"), pytestconfig) as server:
        yield server


@pytest.fixture(scope="session")
def mongo_server(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[Mongo]:
    """A running server of MongoDB's protocol, on the same terms."""
    with started(mongo.find, tmp_path_factory.mktemp("mongo"), pytestconfig) as server:
        yield server


@contextmanager
def started(
    find: Callable[[Path], AnyServer], folder: Path, config: pytest.Config
) -> Iterator[AnyServer]:
    """A server that runs until the context ends; without one the test is skipped, or fails."""
    try:
        server = find(folder)
    except UnavailableError as error:
        give_up(str(error))
    try:
        server.start()
        report.note(config, server.name)
        yield server
    finally:
        server.remove()
