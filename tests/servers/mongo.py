"""A server that speaks MongoDB's protocol: MongoDB, or FerretDB in its place."""

import os
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from tests.servers import docker
from tests.servers.artifact import artifact
from tests.servers.port import free_port
from tests.servers.process import Process
from tests.servers.server import Given, Server, Unit


class Mongo(Server):
    """A server that tests may stop, kill, pause and start again, databases and all."""

    def __init__(self, unit: Unit, url: str, how: str) -> None:
        super().__init__("mongodb protocol", unit)
        self.url = url
        self._how = how

    def answers(self) -> bool:
        client: MongoClient[dict[str, Any]]
        try:
            with MongoClient(
                self.url, serverSelectionTimeoutMS=1000, connectTimeoutMS=1000, socketTimeoutMS=2000
            ) as client:
                info = client.admin.command("buildInfo")
        except PyMongoError:
            return False
        # Not which one was meant, but which one answered.
        ferretdb = info.get("ferretdbVersion", "").removeprefix("v")
        which = f"FerretDB {ferretdb}" if ferretdb else f"MongoDB {info['version']}"
        self.name = f"mongodb protocol: {which} {self._how}"
        return True


def find(folder: Path) -> Mongo:
    """The server of SINERGI_TEST_MONGO, else one in Docker, else FerretDB as a process with its
    data in this folder. Only the first is running already. UnavailableError if there can be none.
    """
    if given := os.environ.get("SINERGI_TEST_MONGO"):
        return Mongo(Given("SINERGI_TEST_MONGO"), given, "given")
    image = docker.image("SINERGI_MONGO_IMAGE")
    port = free_port()
    if docker.available(image):
        container = docker.Container(image, port, 27017, {})
        return Mongo(container, f"mongodb://{docker.host()}:{port}/", "in docker")
    data = folder / "data"
    data.mkdir()
    options = {
        "handler": "sqlite",
        # What the tests kill is a process: what it has written is safe without a flush.
        "sqlite-url": f"file:{data}/?_pragma=synchronous(off)",
        "listen-addr": f"127.0.0.1:{port}",
        "state-dir": "-",
        "debug-addr": "-",
        "telemetry": "disable",
        "log-level": "error",
    }
    arguments = [f"--{option}={value}" for option, value in options.items()]
    process = Process([artifact("ferretdb") / "ferretdb", *arguments], folder / "log")
    return Mongo(process, f"mongodb://127.0.0.1:{port}/", "native")
