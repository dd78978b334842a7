"""The shape of the source files: their length, their words, and what they leave to no checker."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 400
MOST_ANY = 120
# The verifier in a bundle is one file on purpose: an auditor reads it without anything of ours.
LONG = {"apps/audit/standalone.py"}
SERVICES = {"registration", "equipment", "partners"}
PRODUCT = ("shared", "services", "apps")
EVERYTHING = (*PRODUCT, "tests", "bench")


def sources(folders: Iterable[str] = EVERYTHING) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def names(tree: ast.AST) -> Iterator[str]:
    """Yield each name that the code imports or uses; strings and comments hold none."""
    for node in ast.walk(tree):
        match node:
            case ast.alias() as imported:
                yield imported.name
            case ast.Name(id=used) | ast.Attribute(attr=used):
                yield used


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_file_holds_two_nouns() -> None:
    long = {name(p): n for p in sources() if (n := len(p.read_text().splitlines())) > MOST_LINES}
    assert {file: lines for file, lines in long.items() if file not in LONG} == {}


def test_no_import_is_hidden_from_run_time() -> None:
    hiding = [name(p) for p in sources() if "TYPE_CHECKING" in names(parsed(p))]
    assert hiding == []


def test_any_is_rare() -> None:
    lines = [
        f"{name(path)}:{number}"
        for path in sources(PRODUCT)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"\bAny\b", line)
    ]
    assert len(lines) < MOST_ANY, "\n".join(lines)


def test_services_holds_the_three_services_and_nothing_else() -> None:
    found = {p.name for p in (ROOT / "services").iterdir() if p.name != "__pycache__"}
    assert found == SERVICES | {"__init__.py", "py.typed"}


def test_docstrings_say_what_is_done_not_what_it_is_about() -> None:
    """A docstring is an instruction or a definition: it begins with neither of these words."""
    riddles = []
    for path in sources():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                text = ast.get_docstring(node) or ""
                if re.match(r"(What|Whether|How|Who)\b", text):
                    riddles.append(f"{name(path)}:{getattr(node, 'lineno', 1)}: {text[:50]}")
    assert riddles == []
