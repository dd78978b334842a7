"""The settings of a system with keys, and a desk at its log."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from apps.composition.keys import publish
from apps.composition.system import TOPICS, key_folder, make_dev_keys
from shared.adapters.sqlite_log import EmbeddedLog
from shared.kernel.settings import Settings
from tests.unit.console.desk import Desk


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(data=tmp_path, log="", store="", issuer="", dev_issuer=False)
    make_dev_keys(settings)
    return settings


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    log = EmbeddedLog(settings.data / "log.sqlite")
    await log.open()
    await log.create_topics(TOPICS)
    await publish(key_folder(settings), log)
    yield Desk(log, settings.data)
    await log.close()
