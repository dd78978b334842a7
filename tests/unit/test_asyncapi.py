"""asyncapi.yaml describes every published event, its headers and its topic."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from shared.contracts.asyncapi import asyncapi
from shared.contracts.compatibility import objections
from shared.contracts.generation import reader_schema, write
from shared.events import delivery, equipment, partners, registration
from shared.events.base import Catalogue
from shared.events.partners.support import OfferDeclined
from shared.signing.cloudevents import HASHED, Draft, freeze, sign_group
from shared.signing.keys import Signer

SINERGI = Catalogue(
    {
        "registration": (*registration.EVENTS, *delivery.EVENTS),
        "equipment": (*equipment.EVENTS, *delivery.EVENTS),
        "partners": (*partners.EVENTS, *delivery.EVENTS),
    }
)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("contracts")
    write(root, SINERGI, {})
    return root / "contracts"


def test_the_yaml_says_what_was_meant(published: Path) -> None:
    text = (published / "asyncapi.yaml").read_text("utf-8")
    document = yaml.safe_load(text)
    assert document == asyncapi(SINERGI, dict.fromkeys(SINERGI.types, 1), {})
    assert document["asyncapi"] == "3.0.0"
    assert list(document["channels"]) == [
        "equipment.events",
        "partners.events",
        "registration.events",
        "checkpoints",
    ]


def test_every_reference_of_the_asyncapi_document_leads_somewhere(published: Path) -> None:
    document = yaml.safe_load((published / "asyncapi.yaml").read_text("utf-8"))
    files: set[str] = set()

    def follow(node: Any) -> None:
        if isinstance(node, dict) and (ref := node.get("$ref")):
            if ref.startswith("#/"):
                target = document
                for part in ref[2:].split("/"):
                    target = target[part]
            else:
                files.add(ref)
        for each in node.values() if isinstance(node, dict) else node:
            if isinstance(each, dict | list):
                follow(each)

    follow(document)
    assert {str((published / name).resolve()) for name in files} == {
        str(path) for path in (published / "events").rglob("*.json")
    }
    for service in ("registration", "equipment", "partners"):
        channel = document["channels"][f"{service}.events"]
        assert channel["address"] == f"{service}.events"
        assert list(channel["messages"]) == sorted(
            name for name in SINERGI.types if name.startswith(f"sinergi.{service}.")
        )
        for name, action in (("publish", "send"), ("follow", "receive")):
            operation = document["operations"][f"{name}.{service}"]
            assert operation["action"] == action
            assert operation["channel"] == {"$ref": f"#/channels/{service}.events"}
    for name, message in document["components"]["messages"].items():
        assert message["name"] == name
        plain = name == "checkpoint"
        assert message["contentType"] == ("text/plain" if plain else "application/json")


def test_each_message_has_its_golden_record_for_an_example() -> None:
    root = Path(__file__).resolve().parents[2]
    document = yaml.safe_load((root / "contracts" / "asyncapi.yaml").read_text("utf-8"))
    for name, message in document["components"]["messages"].items():
        (example,) = message["examples"]
        if name == "checkpoint":
            continue
        assert example["headers"]["ce_type"] == name
        schema = json.loads(
            (root / "contracts" / message["payload"]["schema"]["$ref"]).read_text("utf-8")
        )
        Draft202012Validator(schema).validate(example["payload"])


def test_a_key_event_is_signed_by_a_root_and_says_so() -> None:
    document = asyncapi(SINERGI, dict.fromkeys(SINERGI.types, 1), {})
    told = document["components"]["schemas"]["headers"]["properties"]["ce_keyid"]["description"]
    assert "on `keys.events` the agency's root" in told


def test_the_header_schema_describes_real_records() -> None:
    document = asyncapi(SINERGI, dict.fromkeys(SINERGI.types, 1), {})
    type_ = "sinergi.partners.OfferDeclined.v1"
    schema = {
        **document["components"]["messages"][type_]["headers"],
        "components": document["components"],
    }
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    drafts = [
        Draft(
            source="urn:sinergi:bpvp-network",
            type=type_,
            subject="support/0190",
            time=datetime(2026, 1, 2, tzinfo=UTC),
            sequence=number,
            first=1,
            count=2,
            cause="request/1",
            fingerprint="ab" * 16,
            correlation="c",
            causation="request/1",
            actor="person",
            prevhash="0" * 64,
            data=b"{}",
        )
        for number in (1, 2)
    ]
    signer = Signer(b"k" * 32)
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    frozen = [freeze(draft, signer.keyid, trace) for draft in drafts]
    records = sign_group(signer, [r for r, _ in frozen], [h for _, h in frozen])
    alone = sign_group(signer, [frozen[0][0]], [frozen[0][1]])
    for record in (*records, *alone):
        headers = {name: (value or b"").decode() for name, value in record.headers}
        validator.validate(headers)
        assert set(headers) <= set(document["components"]["schemas"]["headers"]["properties"])
        for name in (*HASHED, "ce_signature"):
            assert not validator.is_valid({k: v for k, v in headers.items() if k != name})
        assert not validator.is_valid({**headers, "ce_type": "sinergi.partners.OfferAccepted.v1"})
        assert not validator.is_valid({**headers, "ce_sequence": "0"})


def test_every_event_schema_is_valid_and_open(published: Path) -> None:
    for path in (published / "events").rglob("*.json"):
        schema = json.loads(path.read_text("utf-8"))
        Draft202012Validator.check_schema(schema)
        assert '"additionalProperties": false' not in path.read_text("utf-8")
        assert objections(schema, schema) == []


def test_events_as_written_fit_their_schema() -> None:
    event = OfferDeclined(offer=1, kejuruan="las", partner="bpvp-makassar")
    validator = Draft202012Validator(reader_schema(OfferDeclined))
    validator.validate(json.loads(event.data()))
    validator.validate({**json.loads(event.data()), "later": 1})
    assert not validator.is_valid({"offer": 1})
