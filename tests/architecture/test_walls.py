"""Put a forbidden import of each kind into a copy, and see the import contracts refuse it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = Path(sys.executable).with_name("lint-imports")

# The contract that must break, the file that gets the import, and the import.
FORBIDDEN = {
    "a lower layer imports a higher one": (
        "shared is built in layers",
        "shared/kernel/backoff.py",
        "import shared.web.router",
    ),
    "one layer's neighbour imports it": (
        "shared is built in layers",
        "shared/privacy/vault.py",
        "import shared.eventsourcing.command_handler",
    ),
    "shared imports a service": (
        "apps use services, services use shared, and a service is built in rooms",
        "shared/runtime/service.py",
        "import services.partners.service",
    ),
    "a service imports an app": (
        "apps use services, services use shared, and a service is built in rooms",
        "services/partners/service.py",
        "import apps.composition.system",
    ),
    "a service imports another": (
        "a service never imports another",
        "services/partners/policies.py",
        "import services.equipment.domain.asset",
    ),
    "a policy imports a route": (
        "rooms of a service",
        "services/partners/policies.py",
        "import services.partners.routes.support",
    ),
    "a domain imports its own service's outer room": (
        "a domain imports only events, deciders, refusals and a little of the standard library",
        "services/equipment/domain/asset.py",
        "import services.equipment.projections",
    ),
    "a domain imports a package of shared that it may not": (
        "a domain imports only events, deciders, refusals and a little of the standard library",
        "services/equipment/domain/asset.py",
        "import shared.kernel.ports",
    ),
    "a domain imports an external package": (
        "a domain imports only events, deciders, refusals and a little of the standard library",
        "services/equipment/domain/asset.py",
        "import orjson",
    ),
    "a domain does I/O by the standard library": (
        "a domain imports only events, deciders, refusals and a little of the standard library",
        "services/equipment/domain/asset.py",
        "import pathlib",
    ),
    "two packages import each other": (
        "no circles",
        "apps/composition/agencies.py",
        "import apps.cli.run",
    ),
    "somebody else imports motor": (
        "only one file imports motor",
        "shared/adapters/sqlite_store.py",
        "import motor",
    ),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the contracts are about."""
    copy = tmp_path_factory.mktemp("house")
    for package in ("shared", "services", "apps", "tests/architecture"):
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("*.pyc"))
    (copy / "tests" / "__init__.py").touch()
    shutil.copy(ROOT / ".importlinter", copy)
    return copy


def lint(house: Path) -> str:
    """Return the check's output on unwrapped lines; fail if it judged no contract."""
    done = subprocess.run(
        [LINT, "--no-cache"], cwd=house, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(house), "COLUMNS": "300", "NO_COLOR": "1"},
    )  # fmt: skip
    assert "Contracts: " in done.stdout, done.stdout + done.stderr
    assert (done.returncode == 0) == (" BROKEN" not in done.stdout), done.stdout
    return done.stdout


def test_every_wall_holds_today(house: Path) -> None:
    assert " BROKEN" not in lint(house)


def test_a_forbidden_import_of_each_kind_is_refused(house: Path) -> None:
    for _, file, line in FORBIDDEN.values():
        path = house / file
        path.write_text(f"{path.read_text()}\n{line}\n")
    told = lint(house)
    for kind, (contract, file, line) in FORBIDDEN.items():
        assert f"{contract} BROKEN" in told, f"{kind}: {told}"
        importer, imported = file.removesuffix(".py").replace("/", "."), line.split()[1]
        if contract != "no circles":
            assert re.search(rf"{importer} (->|is not allowed to import) {imported}\b", told), kind
