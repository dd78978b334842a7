"""The published contracts: event schemas, asyncapi.yaml, openapi/*.json; and their changes.

FastStream's AsyncAPI generator was measured (0.7.8, a spec-only broker with `publisher(schema=)`)
and not used: it makes a channel per event instead of one per topic, names every message "Message",
lets nested models of one title overwrite each other across services (each service publishes
delivery's events), emits no header schema and a correlation id in a header that we do not send.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from shared.contracts.compatibility import Schema, objections, rules
from shared.events.base import Catalogue, Event
from shared.signing.cloudevents import CONTENT_TYPE, HASHED

DIALECT = "https://json-schema.org/draft/2020-12/schema"
WRITE = "run `sinergi contracts write` and commit the result"


class ContractBroken(Exception):
    """A published contract would be broken or is unreadable; a line each says why and the mend."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def write(root: Path, catalogue: Catalogue, openapi: Mapping[str, Schema]) -> None:
    """Generates every file below `<root>/contracts`.

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
    """What is wrong with the files below `<root>/contracts`, a line each that says how to mend it.

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


def reader_schema(event: type[Event]) -> Schema:
    """What a reader accepts: JSON Schema 2020-12, open to fields that a newer writer may add."""
    return event.model_json_schema(schema_generator=_Reader)


class _Reader(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def model_schema(self, schema: Any) -> Schema:
        made = super().model_schema(schema)
        if made.get("additionalProperties") is False:
            del made["additionalProperties"]
        return made


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
        files[root / "contracts" / "asyncapi.yaml"] = to_yaml(asyncapi(catalogue, current))
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
            schemas.append(schema)
        else:
            unreadable.setdefault(path, "is not a JSON object: restore it from git")
    return schemas, unreadable


def _reading_order(keyword: str) -> int:
    order = ("title", "description", "type", "properties", "required", "$defs")
    return order.index(keyword) if keyword in order else len(order)


def _json(document: Schema) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


_WORD = re.compile(r"[A-Za-z$][\w$./-]*( [\w$./-]+)*", re.ASCII)
_NOT_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))


def to_yaml(node: Any, indent: str = "") -> str:
    """YAML 1.2 in block style; whatever is not plainly a word is written as in JSON.

    PyYAML is only a development dependency, and the command that writes contracts is not.
    """
    lines = []
    pairs = node.items() if isinstance(node, dict) else [(None, each) for each in node]
    for key, value in pairs:
        head = f"{indent}-" if key is None else f"{indent}{_scalar(key)}:"
        if isinstance(value, dict | list) and value:
            lines.append(f"{head}\n{to_yaml(value, indent + '  ')}")
        else:
            lines.append(f"{head} {_scalar(value)}\n")
    return "".join(lines)


def _scalar(value: Any) -> str:
    if isinstance(value, str) and _WORD.fullmatch(value) and value.lower() not in _NOT_WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)


# -- AsyncAPI -----------------------------------------------------------------------------------


def _text(pattern: str, description: str) -> Schema:
    return {"type": "string", "pattern": pattern, "description": description}


_HEADERS: dict[str, Schema] = {
    "content-type": {"type": "string", "const": CONTENT_TYPE},
    "ce_specversion": {"type": "string", "const": "1.0"},
    "ce_id": _text(r"^.+/[1-9]\d*$", "<subject>/<sequence>"),
    "ce_source": _text("^urn:", "the agency that owns the topic"),
    "ce_type": _text(r"^sinergi\.[a-z]+\.\w+\.v[1-9]\d*$", "sinergi.<service>.<Event>.v<version>"),
    "ce_subject": _text("^.+/.+$", "the stream, <kind>/<id>; the record's key"),
    "ce_time": {
        **_text(
            r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$", "when it was recorded: UTC, six decimals"
        ),
        "format": "date-time",
    },
    "ce_sequence": _text(r"^[1-9]\d{0,15}$", "counts the events of its stream from 1, no gaps"),
    "ce_commit": _text(
        r"^[1-9]\d{0,15}:[1-9]\d{0,15}$",
        "<first sequence>:<number of events> of the commit that this event belongs to",
    ),
    "ce_cause": _text(
        "^.+$", "what led to the commit; after `;` a keyed hash of the request where there was one"
    ),
    "ce_correlationid": _text("^.+$", "the same for all that one request or timer led to"),
    "ce_causationid": _text("^.+$", "the request, event or timer that led to it directly"),
    "ce_actor": _text("^.+$", "an opaque name of who asked; `system` for reactions and timers"),
    "ce_prevhash": _text(
        "^[0-9a-f]{64}$", "the hash (SHA-256) of the stream's event before it; zeros for the first"
    ),
    "ce_keyid": _text("^[0-9a-f]{32}$", "names the agency's Ed25519 key on the trust list"),
    "ce_signature": _text(
        "^[A-Za-z0-9_-]{86}$", "Ed25519 over the root of the group's hashes, base64url"
    ),
    "ce_proof": _text(
        r"^\d+:\d+:[A-Za-z0-9_-]+$",
        "<index>:<size>:<sibling path, base64url> in the signature's group (RFC 9162); "
        "absent in a group of one",
    ),
    "ce_traceparent": _text(
        "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$", "W3C Trace Context; not signed"
    ),
}  # fmt: skip


def asyncapi(catalogue: Catalogue, revisions: Mapping[str, int]) -> Schema:
    """The AsyncAPI 3.0.0 document: a channel per topic, `<service>.events`, with its messages.

    Payloads refer to `./events/<type>/<revision>.json`; `revisions` holds each type's current.
    """
    channels: dict[str, Schema] = {}
    messages: dict[str, Schema] = {}
    operations: dict[str, Schema] = {}
    for type_, event in sorted(catalogue.types.items()):
        service = type_.split(".")[1]
        topic = f"{service}.events"
        channel = channels.setdefault(
            topic,
            {
                "address": topic,
                "description": f"Every event of the {service} service, in order per subject.",
                "messages": {},
                "bindings": {"kafka": {"topic": topic, "bindingVersion": "0.5.0"}},
            },
        )
        channel["messages"][type_] = {"$ref": f"#/components/messages/{type_}"}
        operations[f"publish.{service}"] = {
            "action": "send",
            "channel": {"$ref": f"#/channels/{topic}"},
        }
        messages[type_] = {
            "name": type_,
            "title": event.__name__,
            "summary": (event.__doc__ or "").partition("\n")[0],
            "contentType": CONTENT_TYPE,
            "headers": {
                "type": "object",
                "allOf": [
                    {"$ref": "#/components/schemas/headers"},
                    {"properties": {"ce_type": {"const": type_}}},
                ],
            },
            "payload": {"$ref": f"./events/{type_}/{revisions[type_]}.json"},
            "correlationId": {"location": "$message.header#/ce_correlationid"},
            "bindings": {
                "kafka": {
                    "key": {"type": "string", "description": "the subject"},
                    "bindingVersion": "0.5.0",
                }
            },
        }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Sinergi",
            "version": "1",
            "description": "CloudEvents 1.0 in Kafka's binary mode, signed by the agency that owns "
            "the topic. docs/integrators.md says how to verify them.",
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": channels,
        "operations": operations,
        "components": {
            "messages": messages,
            "schemas": {
                "headers": {
                    "type": "object",
                    "description": "Each header at most once, printable ASCII.",
                    "properties": _HEADERS,
                    "required": [*HASHED, "ce_signature"],
                }
            },
        },
    }
