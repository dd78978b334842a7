"""docs/adapters.md lists the features that the suites are run with."""

import dataclasses
from pathlib import Path

from shared.adapters.conformance.features import LogFeatures, StoreFeatures
from tests.contract.mongo_site import MongoSite
from tests.contract.test_log import EmbeddedSite, KafkaSite, MemorySite
from tests.contract.test_store import SqliteSite

_DOCUMENT = Path(__file__).parents[2] / "docs" / "adapters.md"


def documented() -> dict[str, dict[str, str]]:
    """Return the tables as feature by adapter."""
    found: dict[str, dict[str, str]] = {}
    adapters: list[str] = []
    for line in _DOCUMENT.read_text().splitlines():
        cells = [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        if line.startswith("| Feature"):
            adapters = cells[1:]
        elif not line.startswith("|"):
            adapters = []
        elif adapters and line.startswith("| `"):
            for adapter, cell in zip(adapters, cells[1:], strict=True):
                found.setdefault(adapter, {})[cells[0]] = cell.rstrip("*")
    return found


def test_the_tables_of_features_are_those_of_the_tests() -> None:
    sites: dict[str, StoreFeatures | LogFeatures] = {
        "SqliteStore": SqliteSite.features,
        "MongoStore": MongoSite.features,
        "EmbeddedLog": EmbeddedSite.features,
        "KafkaLog": KafkaSite.features,
        "MemoryLog": MemorySite.features,
    }
    written = {True: "yes", False: "no"}
    assert documented() == {
        adapter: {
            name: written[value] if isinstance(value, bool) else str(value)
            for name, value in dataclasses.asdict(features).items()
        }
        for adapter, features in sites.items()
    }
