"""Apache Kafka: one node that is broker and controller."""

import os
import socket
import struct
import subprocess
from pathlib import Path

from tests.servers import docker
from tests.servers.artifact import artifact
from tests.servers.port import free_port
from tests.servers.process import Process
from tests.servers.server import Given, Server, Unit

_CLUSTER = "c2luZXJnaS10ZXN0cy0wMQ"


class Kafka(Server):
    """A broker that tests may stop, kill, pause and start again, topics and all.

    It makes no topic by itself.
    """

    def __init__(self, name: str, unit: Unit, bootstrap: str) -> None:
        super().__init__(name, unit)
        self.bootstrap = bootstrap

    def answers(self) -> bool:
        return _brokers(self.bootstrap) > 0


def find(folder: Path) -> Kafka:
    """The broker of SINERGI_TEST_KAFKA, else one in Docker, else one as a process with its data in
    this folder. Only the first is running already. UnavailableError if there can be none.
    """
    if given := os.environ.get("SINERGI_TEST_KAFKA"):
        return Kafka(f"kafka at {given}", Given("SINERGI_TEST_KAFKA"), given)
    image = docker.image("SINERGI_KAFKA_IMAGE")
    return _container(image) if docker.available(image) else _native(folder)


def _container(image: str) -> Kafka:
    port = free_port()
    bootstrap = f"{docker.host()}:{port}"
    settings = _settings(
        listener=f":{port}", advertised=bootstrap, controller=f"localhost:{port + 1}"
    )
    env = {"KAFKA_" + key.replace(".", "_").upper(): value for key, value in settings.items()}
    return Kafka(f"kafka {image} in docker", docker.Container(image, port, port, env), bootstrap)


def _native(folder: Path) -> Kafka:
    made = artifact("kafka")
    bootstrap = f"127.0.0.1:{free_port()}"
    settings = _settings(bootstrap, bootstrap, f"127.0.0.1:{free_port()}")
    settings["log.dirs"] = str(folder / "data")
    properties = folder / "server.properties"
    properties.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
    # It lives for minutes and has little to do: what starts fast beats what runs fast.
    java = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"]
    java += ["-cp", f"{made}/libs/*", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
    subprocess.run(
        [*java, "kafka.tools.StorageTool", "format", "-t", _CLUSTER, "-c", properties],
        capture_output=True,
        check=True,
    )
    process = Process([*java, "-Xmx512m", "kafka.Kafka", properties], folder / "log")
    return Kafka(f"kafka {made.name.split('-')[1]} native", process, bootstrap)


def _settings(listener: str, advertised: str, controller: str) -> dict[str, str]:
    return {
        "node.id": "1",
        "process.roles": "broker,controller",
        "controller.quorum.voters": f"1@{controller}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{listener},CONTROLLER://{controller}",
        "advertised.listeners": f"PLAINTEXT://{advertised}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        # A broker that was killed is let in again when its old session has ended: 9 s by default.
        "broker.session.timeout.ms": "3000",
        "broker.heartbeat.interval.ms": "1000",
        "auto.create.topics.enable": "false",
        "offsets.topic.num.partitions": "4",
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
    }


def _brokers(bootstrap: str) -> int:
    """Return the number of brokers that the cluster's metadata lists; 0 if none answers.

    An open port says less: the controller may not have let the broker serve yet. And the Python
    clients need an event loop, which the callers of this may or may not be in.
    """
    host, port = bootstrap.rsplit(":", 1)
    # Metadata, version 1, correlation id 0, no client id, no topics.
    request = struct.pack(">hhihi", 3, 1, 0, -1, 0)
    try:
        with socket.create_connection((host, int(port)), timeout=2) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            with connection.makefile("rb") as answer:
                _size, _correlation, brokers = struct.unpack(">iii", answer.read(12))
    except (OSError, struct.error):
        return 0
    return int(brokers)
