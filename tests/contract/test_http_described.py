"""Every operation of every service is typed and described, but for a list that may only shrink."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from shared.web.examples import example_of
from tests.contract.http_gate import lacking, operations

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted((ROOT / "contracts" / "openapi").glob("*.json"))
}
OPERATIONS = {
    f"{service} {name}": operation
    for service, document in DOCUMENTS.items()
    for name, operation in operations(document)
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_typed_and_described(name: str) -> None:
    assert lacking(DOCUMENTS[name.partition(" ")[0]], OPERATIONS[name]) == []


# -- the gate itself: what is taken away is missed ------------------------------------------------

DOCUMENT = DOCUMENTS["registration"]
CERTIFICATE = ("components", "schemas", "CertificateCheck", "properties")
GET = ("paths", "/v1/certificates/{id}", "get")
ANSWER = (*GET, "responses", "200", "content", "application/json")


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ((*GET, "summary"), "no summary"),
        ((*GET, "description"), "no description"),
        ((*GET, "x-description-id"), "no x-description-id"),
        ((*GET, "tags"), "no tags"),
        ((*ANSWER, "schema"), "answer 200: any"),
        ((*ANSWER, "example"), "answer 200: no example"),
        ((*GET, "responses", "200", "content"), "answer 200: no schema"),
        ((*ANSWER, "example", "status"), "answer 200: its example: 'status' is a required"),
        ((*CERTIFICATE, "title", "description"), "CertificateCheck.title: no description"),
        ((*CERTIFICATE, "title", "x-description-id"), "CertificateCheck.title: no x-description"),
        ((*CERTIFICATE, "title", "examples"), "CertificateCheck.title: no example"),
        ((*CERTIFICATE, "hours", "x-unit"), "CertificateCheck.hours: no x-unit"),
        ((*GET, "parameters", 0, "description"), "parameter id: no description"),
        (("tags", 1, "description"), "tag certificates: no description"),
    ],
    ids=str,
)
def test_the_gate_misses_what_is_taken_away(place: tuple[str | int, ...], why: str) -> None:
    document = copy.deepcopy(DOCUMENT)
    assert document["tags"][1]["name"] == "certificates"
    node: Any = document
    for part in place[:-1]:
        node = node[part]
    del node[place[-1]]
    found = lacking(document, document["paths"][GET[1]]["get"])
    assert any(each.startswith(why) for each in found), found


def test_an_example_is_composed_of_its_fields_examples() -> None:
    schemas = {
        "Part": {
            "type": "object",
            "properties": {"item": {"type": "string", "examples": ["las"]}, "note": {}},
            "required": ["item"],
        },
        "Tree": {"type": "object", "properties": {"left": {"$ref": "#/components/schemas/Tree"}}},
        "Unknown": {"type": "object", "properties": {"a": {}}, "required": ["a"]},
    }
    part = {"$ref": "#/components/schemas/Part"}
    assert example_of(part, schemas) == {"item": "las"}
    assert example_of({"type": "array", "items": part}, schemas) == [{"item": "las"}]
    assert example_of({"anyOf": [{"type": "null"}, part]}, schemas) == {"item": "las"}
    assert example_of({"$ref": "#/components/schemas/Tree"}, schemas) == {}
    assert example_of({"$ref": "#/components/schemas/Unknown"}, schemas) is None
    assert example_of({"enum": ["a", "b"]}, schemas) == "a"
