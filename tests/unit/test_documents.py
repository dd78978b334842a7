"""Documents name only files that exist, and every decision record has all its sections."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RECORDS = sorted((ROOT / "docs" / "adr").glob("0*.md"))
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SECTIONS = ["Context", "Decision", "Consequences", "Alternatives"]
ROOMS = r"(?:shared|services|apps|contracts|deploy|docs|tests|bench)"
PATH = re.compile(rf"`({ROOMS}/[\w./-]+)`|({ROOMS}/[\w/-]+\.(?:py|md|yaml|mjs))\b")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_path_in_a_document_exists(document: Path) -> None:
    text = document.read_text("utf-8").replace("<br/>", "")
    named = {quoted or bare for quoted, bare in PATH.findall(text)}
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_link_in_a_document_leads_somewhere(document: Path) -> None:
    text = document.read_text("utf-8")
    broken = []
    for link in re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)\)", text):
        path, _, anchor = link.partition("#")
        target = (document.parent / path) if path else document
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("record", RECORDS, ids=name)
def test_a_decision_record_has_all_its_sections(record: Path) -> None:
    text = record.read_text("utf-8")
    assert text.startswith(f"# {record.name[:4]} ")
    assert re.search(r"^\*\*Status:\*\* \w", text, re.MULTILINE)
    assert re.search(r"^\*\*Date:\*\* \d{4}-\d\d-\d\d$", text, re.MULTILINE)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS


def test_the_index_lists_every_decision_record_by_its_title() -> None:
    index = (ROOT / "docs" / "adr" / "README.md").read_text("utf-8")
    rows = [
        f"| [{record.name[:4]}]({record.name}) | {record.read_text('utf-8').splitlines()[0][7:]} |"
        for record in RECORDS
    ]
    assert [row for row in rows if row not in index] == []
