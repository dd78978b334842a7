"""Every Log adapter keeps the port's promises."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from shared.adapters.conformance.log import LogConformance, LogFeatures, LogSite
from shared.adapters.kafka.log import KafkaLog
from shared.adapters.sqlite_log import EmbeddedLog
from shared.kernel.ports import Log
from tests.memory_log import MemoryLog
from tests.servers.kafka import Kafka


class EmbeddedSite(LogSite):
    features = LogFeatures(
        partitions=1, persistent=True, survives_kill=True, shared=False, remote=False
    )

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def maker(self) -> Callable[[], Log]:
        return partial(EmbeddedLog, self._folder / "log")


class KafkaSite(LogSite):
    features = LogFeatures(
        partitions=6, persistent=True, survives_kill=True, shared=True, remote=True
    )

    def __init__(self, server: Kafka) -> None:
        self.server: Kafka = server

    def maker(self) -> Callable[[], Log]:
        return partial(KafkaLog, f"kafka://{self.server.bootstrap}")


class MemorySite(LogSite):
    features = LogFeatures(
        partitions=1, persistent=False, survives_kill=False, shared=False, remote=False
    )

    def maker(self) -> Callable[[], Log]:
        return partial(MemoryLog, {})


class TestEmbedded(LogConformance):
    @pytest.fixture
    def site(self, tmp_path: Path) -> LogSite:
        return EmbeddedSite(tmp_path)


class TestKafka(LogConformance):
    @pytest.fixture
    def site(self, kafka_server: Kafka) -> LogSite:
        return KafkaSite(kafka_server)


class TestMemory(LogConformance):
    @pytest.fixture
    def site(self) -> LogSite:
        return MemorySite()
