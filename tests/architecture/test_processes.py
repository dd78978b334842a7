"""Each process loads the rules of its own agency, and of no other."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from apps.composition.agencies import OWNERS, TITLES
from apps.composition.system import SERVICES, TOPOLOGY
from apps.console import words
from shared.kernel.topology import Topology

LOADED = """
import json, sys
print(json.dumps(sorted({m.split(".")[1] for m in sys.modules if m.startswith("services.")})))
"""
# As `sinergi serve <service>` does before it connects to anything.
SERVE = """
import sys
from pathlib import Path
from apps.cli import run
from apps.composition.system import make_log
from apps.server.host import one_service
from shared.kernel.settings import Settings
from shared.web.authentication import Authenticator
settings = Settings(data=Path(sys.argv[1]))
one_service(sys.argv[2], settings, make_log(settings), Authenticator("http://issuer.invalid"))
"""
CONSOLE = """
import sys
from pathlib import Path
from apps.composition.system import make_dev_keys, make_log
from apps.server.host import console_app
from shared.kernel.settings import Settings
settings = Settings(data=Path(sys.argv[1]))
make_dev_keys(settings)
console_app(settings, make_log(settings), {}, "http://issuer.invalid", embedded=False)
"""
# Nothing listens on port 9: a client command ends when it has found nobody.
COMMAND = """
import sys
from apps.cli import app
from apps.composition.client import Failed
try:
    app(sys.argv[2:], standalone_mode=False)
except (Failed, SystemExit):
    pass
"""


def loaded(program: str, folder: Path, *arguments: str) -> list[str]:
    """Return the names of the services that the program has loaded at its end."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("SINERGI_")}
    done = subprocess.run(
        [sys.executable, "-c", program + LOADED, str(folder), *arguments],
        env=env | {"SINERGI_DATA": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("service", list(OWNERS))
def test_a_service_s_process_loads_no_other_service(service: str, tmp_path: Path) -> None:
    assert loaded(SERVE, tmp_path, service) == [service]


def test_the_console_loads_no_service(tmp_path: Path) -> None:
    assert loaded(CONSOLE, tmp_path) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("parked", "list", "registration", "--url", "http://127.0.0.1:9"),
        ("retention", "--dry-run", "--url", "http://127.0.0.1:9"),
        ("demo", "--url", "http://127.0.0.1:9"),
        ("import", "assets", __file__, "--url", "http://127.0.0.1:9"),
        ("audit", "verify", "--help"),
        ("keys", "init"),
    ],
    ids=" ".join,
)
def test_a_command_that_needs_no_rule_loads_no_service(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    assert loaded(COMMAND, tmp_path, *arguments) == []


def test_what_is_told_of_the_services_without_them_is_true() -> None:
    topology = Topology.of([each.owner for each in SERVICES.values()])
    assert topology.owners == TOPOLOGY.owners
    assert topology.catalogue.types == TOPOLOGY.catalogue.types
    for name, definition in SERVICES.items():
        assert OWNERS[name] == definition.owner
        assert TITLES[name] == definition.title
        assert words.COUNTED[name] == tuple(decider.kind for decider in definition.deciders)
