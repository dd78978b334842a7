"""The files under contracts/ are what is generated, and a published revision stays as it is."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.compatibility import Schema
from shared.contracts.generation import ContractBroken, check, write
from shared.events.base import Catalogue, Code, Event, Text

OPENAPI: dict[str, Schema] = {"goods": {"openapi": "3.1.0", "info": {"title": "Goods é"}}}
TYPE = "sinergi.goods.Sent.v1"


def catalogue(*events: type[Event]) -> Catalogue:
    return Catalogue({"goods": events})


def sent(doc: str = "Goods went.", **fields: Any) -> type[Event]:
    body = {
        "__annotations__": {"item": Code, **fields},
        "__module__": __name__,
        "__doc__": doc,
        **{name: None for name in fields if name.startswith("maybe")},
    }
    return type("Sent", (Event,), body)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path


def tree(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root / "contracts")): path.read_text("utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_what_is_written_passes_the_check_and_stays_the_same(root: Path) -> None:
    write(root, catalogue(sent()), OPENAPI)
    first = tree(root)
    assert list(first) == [
        "asyncapi.yaml",
        f"events/{TYPE}/1.json",
        "openapi/goods.json",
    ]
    assert all(text.endswith("\n") and "\r" not in text for text in first.values())
    assert check(root, catalogue(sent()), OPENAPI) == []
    write(root, catalogue(sent()), OPENAPI)
    assert tree(root) == first
    schema = json.loads(first[f"events/{TYPE}/1.json"])
    assert schema["$id"] == f"urn:sinergi:event:{TYPE}:1"
    assert schema["title"] == "Sent"
    assert "additionalProperties" not in schema


def test_a_compatible_change_becomes_a_new_revision(root: Path) -> None:
    write(root, catalogue(sent()), OPENAPI)
    first = tree(root)[f"events/{TYPE}/1.json"]
    new = catalogue(sent(maybe_note=Text | None))
    assert f"events/{TYPE}/2.json is missing" in "\n".join(check(root, new, OPENAPI))
    write(root, new, OPENAPI)
    assert check(root, new, OPENAPI) == []
    files = tree(root)
    assert files[f"events/{TYPE}/1.json"] == first
    assert f"./events/{TYPE}/2.json" in files["asyncapi.yaml"]


def test_new_prose_needs_no_new_revision(root: Path) -> None:
    write(root, catalogue(sent()), OPENAPI)
    new = catalogue(sent("Goods have left the store."))
    assert len(check(root, new, OPENAPI)) == 2  # the schema's description, asyncapi's summary
    write(root, new, OPENAPI)
    assert check(root, new, OPENAPI) == []
    assert f"events/{TYPE}/2.json" not in tree(root)


def test_an_incompatible_change_is_refused_and_nothing_is_written(root: Path) -> None:
    write(root, catalogue(sent()), OPENAPI)
    before = tree(root)
    new = catalogue(sent(serial=Text))
    with pytest.raises(ContractBroken, match=rf"{TYPE}: .*serial may be absent"):
        write(root, new, {})
    assert tree(root) == before
    assert any(
        TYPE in problem and "serial may be absent" in problem
        for problem in check(root, new, OPENAPI)
    )


def test_every_earlier_revision_counts(root: Path) -> None:
    for event in (sent(maybe_note=Text | None), sent()):
        write(root, catalogue(event), OPENAPI)
    with pytest.raises(ContractBroken, match="revision 1"):
        write(root, catalogue(sent(maybe_note=int | None)), OPENAPI)


def test_a_new_version_stands_beside_the_old(root: Path) -> None:
    write(root, catalogue(sent()), OPENAPI)
    second = type("SentV2", (Event,), {"__annotations__": {"serial": Text}, "__module__": __name__})
    both = catalogue(sent(), second)
    write(root, both, OPENAPI)
    assert check(root, both, OPENAPI) == []
    assert "events/sinergi.goods.Sent.v2/1.json" in tree(root)


def test_a_published_type_may_not_vanish(root: Path) -> None:
    write(root, catalogue(sent()), OPENAPI)
    with pytest.raises(ContractBroken, match=f"{TYPE} is published but not in the catalogue"):
        write(root, catalogue(), OPENAPI)
    assert any(TYPE in problem for problem in check(root, catalogue(), OPENAPI))


@pytest.mark.parametrize("name", ["asyncapi.yaml", f"events/{TYPE}/1.json", "openapi/goods.json"])
def test_drift_is_named(root: Path, name: str) -> None:
    write(root, catalogue(sent()), OPENAPI)
    (root / "contracts" / name).write_text(tree(root)[name] + "\n", "utf-8")
    (problem,) = check(root, catalogue(sent()), OPENAPI)
    assert problem.startswith(
        f"contracts/{name} is not what is generated: run `sinergi contracts write`"
    )
    (root / "contracts" / name).unlink()
    assert any(
        p.startswith(f"contracts/{name} is missing")
        for p in check(root, catalogue(sent()), OPENAPI)
    )


@pytest.mark.parametrize(
    "name", ["openapi/gone.json", f"events/{TYPE}/3.json", f"events/{TYPE}/notes.txt"]
)
def test_files_that_nothing_generates_are_named(root: Path, name: str) -> None:
    write(root, catalogue(sent()), OPENAPI)
    (root / "contracts" / name).write_text("{}")
    (problem,) = check(root, catalogue(sent()), OPENAPI)
    assert problem == f"contracts/{name} is generated from nothing: delete it"


@pytest.mark.parametrize("text", ["{", "[]", "\xff"])
def test_an_unreadable_revision_is_named(root: Path, text: str) -> None:
    write(root, catalogue(sent()), OPENAPI)
    (root / "contracts" / "events" / TYPE / "1.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(ContractBroken, match=rf"events/{TYPE}/1\.json is not"):
        write(root, catalogue(sent()), OPENAPI)
    assert "restore it from git" in "\n".join(check(root, catalogue(sent()), OPENAPI))


def test_an_empty_folder_lacks_everything(root: Path) -> None:
    assert len(check(root, catalogue(sent()), OPENAPI)) == 3
