"""HTTP contracts may grow; what a release accepted may not break (oasdiff)."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.generation import accept
from tests.servers.artifact import ROOT
from tests.servers.tools import builds, run_tool

OPENAPI, ACCEPTED = ROOT / "contracts" / "openapi", ROOT / "contracts" / "accepted"
SERVICES = ("registration", "equipment", "partners")
DOCUMENT = json.loads((OPENAPI / "registration.json").read_text("utf-8"))
SCHEMAS = DOCUMENT["components"]["schemas"]

pytestmark = builds


def breaks(accepted: Path, new: Path) -> str:
    """Return what oasdiff says is broken; empty when nothing is."""
    done = run_tool("oasdiff", "oasdiff", "breaking", accepted, new, "--fail-on", "ERR")
    assert done.returncode in (0, 1), done.stderr
    return done.stdout if done.returncode else ""


@pytest.mark.parametrize("service", SERVICES)
def test_what_was_accepted_holds(service: str) -> None:
    broken = breaks(ACCEPTED / f"{service}.json", OPENAPI / f"{service}.json")
    assert not broken, f"{broken}\nTake the change back, or put a new path beside the old one."


def test_accepted_is_what_is_published_under_the_same_names(tmp_path: Path) -> None:
    (tmp_path / "contracts" / "openapi").mkdir(parents=True)
    for service in SERVICES:
        (tmp_path / "contracts" / "openapi" / f"{service}.json").write_text("{}")
    names = [path.name for path in accept(tmp_path)]
    assert names == sorted(path.name for path in ACCEPTED.iterdir())


def no_operation(document: dict[str, Any]) -> None:
    del document["paths"]["/v1/programmes/{id}/retirement"]


def no_answer_field(document: dict[str, Any]) -> None:
    model = document["components"]["schemas"]["CertificateCheck"]
    del model["properties"]["status"]
    model["required"].remove("status")


def required_input(document: dict[str, Any]) -> None:
    model = document["components"]["schemas"]["RetireProgramme"]
    model["properties"]["since"] = {"type": "string"}
    model["required"].append("since")


def other_type(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["CertificateCheck"]["properties"]["hours"]["type"] = "string"


def more_answer(document: dict[str, Any]) -> None:
    model = document["components"]["schemas"]["CertificateCheck"]
    model["properties"]["place"] = {"type": "string"}


def more_input(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["RetireProgramme"]["properties"]["since"] = {"type": "string"}


def more_prose(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["CertificateCheck"]["description"] = "Anything."


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (no_operation, "api-path-removed-without-deprecation"),
        (no_answer_field, "response-required-property-removed"),
        (required_input, "new-required-request-property"),
        (other_type, "response-property-type-changed"),
        (more_answer, ""),
        (more_input, ""),
        (more_prose, ""),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_breaking_change_is_told_from_a_compatible_one(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], code: str
) -> None:
    document = copy.deepcopy(DOCUMENT)
    change(document)
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(document))
    said = breaks(OPENAPI / "registration.json", changed)
    assert bool(said) == bool(code)
    assert code in said
