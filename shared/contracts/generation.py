"""The published contracts: event schemas, asyncapi.yaml, openapi/*.json; and their changes."""

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from shared.contracts.asyncapi import asyncapi
from shared.contracts.compatibility import Schema, as_written, objections, rules
from shared.events.base import Catalogue, Event
from shared.events.described import Written

DIALECT = "https://json-schema.org/draft/2020-12/schema"
WRITE = "run `sinergi contracts write` and commit the result"


class ContractBroken(Exception):
    """A published contract would be broken or is unreadable; a line each says why and the mend."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def write(root: Path, catalogue: Catalogue, openapi: Mapping[str, Schema]) -> None:
    """Generate every file below `<root>/contracts`.

    `openapi` maps each service to its OpenAPI document. An event's schema whose rules changed
    becomes a new revision; one whose prose alone changed replaces the current revision. Raises
    ContractBroken, and then writes nothing, when a change would break a reader or a writer of an
    earlier revision, or a published type is missing from the catalogue.
    """
    files, problems = _generate(root, catalogue, openapi)
    if problems:
        raise ContractBroken(problems)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")


def check(root: Path, catalogue: Catalogue, openapi: Mapping[str, Schema]) -> list[str]:
    """Return what is wrong with the files below `<root>/contracts`, a line each with the mend.

    Every generated file must be what `write` would make, no other may be there, and each event's
    current schema must go with all its earlier revisions: what their writers wrote is valid for
    it, and what is written now is valid for their readers.
    """
    files, problems = _generate(root, catalogue, openapi)
    for path, text in sorted(files.items()):
        if not path.exists():
            problems.append(f"{path.relative_to(root)} is missing: {WRITE}")
        elif path.read_bytes() != text.encode():
            problems.append(f"{path.relative_to(root)} is not what is generated: {WRITE}")
    revisions = {path for type_ in catalogue.types for path in _revisions(root, type_)}
    for folder in ("events", "openapi"):
        for path in sorted((root / "contracts" / folder).rglob("*")):
            if path.is_file() and path not in files and path not in revisions:
                problems.append(f"{path.relative_to(root)} is generated from nothing: delete it")
    return problems


def accept(root: Path) -> list[Path]:
    """Copy `<root>/contracts/openapi` to `<root>/contracts/accepted`, and return the copies.

    Accepted documents are what a release promised: tests/contract/test_http_changes.py compares
    each later document with them.
    """
    accepted = root / "contracts" / "accepted"
    accepted.mkdir(exist_ok=True)
    return [
        Path(shutil.copyfile(path, accepted / path.name))
        for path in sorted((root / "contracts" / "openapi").glob("*.json"))
    ]


def reader_schema(event: type[Event]) -> Schema:
    """Return what a reader accepts, open to fields that a newer writer may add (2020-12)."""
    return event.model_json_schema(schema_generator=_Reader)


class _Reader(Written):
    def writes(self) -> bool:
        # An event is read as it was written: what is absent is left out, never null.
        return True


# -- generation ---------------------------------------------------------------------------------


def _generate(
    root: Path, catalogue: Catalogue, openapi: Mapping[str, Schema]
) -> tuple[dict[Path, str], list[str]]:
    files: dict[Path, str] = {}
    problems: list[str] = []
    current: dict[str, int] = {}
    for type_, event in sorted(catalogue.types.items()):
        schema = reader_schema(event)
        earlier, unreadable = _read(_revisions(root, type_))
        problems += [f"{path.relative_to(root)} {why}" for path, why in unreadable.items()]
        if unreadable:
            continue
        revision = max(len(earlier), 1)
        if earlier and rules(earlier[-1]) != rules(schema):
            revision += 1
        problems += _incompatible(type_, schema, earlier[: revision - 1])
        current[type_] = revision
        files[_revision(root, type_, revision)] = _json(
            {
                "$schema": DIALECT,
                "$id": f"urn:sinergi:event:{type_}:{revision}",
                # As people read: what it is, its fields, and only then what these are made of.
                **{key: schema[key] for key in sorted(schema, key=_reading_order)},
            }
        )
    events = root / "contracts" / "events"
    if events.is_dir():
        for folder in sorted(events.iterdir()):
            if folder.is_dir() and folder.name not in catalogue.types:
                problems.append(
                    f"{folder.name} is published but not in the catalogue: put its class back, "
                    f"old events stay on the log (if it never left this branch, delete "
                    f"{folder.relative_to(root)})"
                )
    if len(current) == len(catalogue.types):
        document = asyncapi(catalogue, current, golden_records(root))
        files[root / "contracts" / "asyncapi.yaml"] = to_yaml(document)
    for service, document in openapi.items():
        files[root / "contracts" / "openapi" / f"{service}.json"] = _json(document)
    return files, problems


def _incompatible(type_: str, schema: Schema, earlier: list[Schema]) -> Iterator[str]:
    for number, old in enumerate(earlier, 1):
        for reader, writer, direction in (
            (schema, old, f"what was written as revision {number} can't be read any more"),
            (old, schema, f"what is written now can't be read by a reader of revision {number}"),
        ):
            if found := objections(reader, writer):
                yield (
                    f"{type_}: {direction}: {'; '.join(found)}: take the change back, or "
                    f"make it a new version of the event beside this one"
                )


def _revision(root: Path, type_: str, number: int) -> Path:
    return root / "contracts" / "events" / type_ / f"{number}.json"


def _revisions(root: Path, type_: str) -> list[Path]:
    """1.json, 2.json, ... as far as there is no gap."""
    number, found = 1, []
    while (path := _revision(root, type_, number)).exists():
        found.append(path)
        number += 1
    return found


def _read(paths: list[Path]) -> tuple[list[Schema], dict[Path, str]]:
    schemas: list[Schema] = []
    unreadable: dict[Path, str] = {}
    for path in paths:
        try:
            schema = json.loads(path.read_text("utf-8"))
        except ValueError as error:
            schema, unreadable[path] = None, f"is not JSON ({error}): restore it from git"
        if isinstance(schema, dict):
            schemas.append(as_written(schema))
        else:
            unreadable.setdefault(path, "is not a JSON object: restore it from git")
    return schemas, unreadable


def _reading_order(keyword: str) -> int:
    order = ("title", "description", "type", "properties", "required", "$defs")
    return order.index(keyword) if keyword in order else len(order)


def _json(document: Schema) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


class _Plain(yaml.SafeDumper):
    """Writes what is there twice twice, without anchors."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def to_yaml(document: Schema) -> str:
    """Return the document as YAML in block style, its keys in their order."""
    return yaml.dump(document, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=100)


def golden_records(root: Path) -> dict[str, Schema]:
    """Return a record of each event type as it was once written, where the sources hold one."""
    folder = root / "tests" / "contract" / "golden"
    return {
        path.name.removesuffix(".json"): json.loads(path.read_text("ascii"))
        for path in sorted(folder.glob("*.v*.json"))
    }
