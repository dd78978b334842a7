"""The published documents are what OpenAPI 3.1 and AsyncAPI 3.0 demand (redocly lint)."""

import json
from pathlib import Path

import pytest

from tests.servers.artifact import ROOT
from tests.servers.tools import builds, run_tool

CONTRACTS = ROOT / "contracts"
DOCUMENTS = (*sorted((CONTRACTS / "openapi").glob("*.json")), CONTRACTS / "asyncapi.yaml")

pytestmark = builds


def lint(path: Path) -> tuple[bool, str]:
    """Return whether the document is clean, and what Redocly says."""
    program = "node_modules/.bin/redocly"
    done = run_tool("redocly", program, "lint", "--config", ROOT / "redocly.yaml", path)
    return done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_published_document_is_clean(path: Path) -> None:
    clean, said = lint(path)
    assert clean, said
    assert "You have" not in said, said  # so many warnings


@pytest.mark.parametrize("path", DOCUMENTS[-2:], ids=lambda path: path.name)
def test_an_error_is_found(tmp_path: Path, path: Path) -> None:
    wrong = tmp_path / path.name
    text = path.read_text("utf-8")
    if path.suffix == ".json":
        document = json.loads(text)
        del document["info"]["title"]
        text = json.dumps(document)
    else:
        text = text.replace("  title: Sinergi\n", "", 1)
    wrong.write_text(text)
    clean, said = lint(wrong)
    assert not clean
    assert "title" in said
