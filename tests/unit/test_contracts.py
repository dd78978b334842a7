"""Contracts may grow; they may not break those who read or wrote earlier revisions."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import Field

from shared.contracts.asyncapi import asyncapi
from shared.contracts.compatibility import Schema, as_written, objections
from shared.contracts.generation import (
    ContractBroken,
    check,
    reader_schema,
    write,
)
from shared.events import delivery, equipment, partners, registration
from shared.events.base import Catalogue, Code, Count, Event, Instant, Positive, Text, Value
from shared.events.partners.support import OfferDeclined
from shared.signing.cloudevents import HASHED, Draft, freeze, sign_group
from shared.signing.keys import Signer

# -- which changes are compatible -----------------------------------------------------------------


class Part(Value):
    item: Code
    quantity: Positive


class Shipped(Event):
    """Goods are on their way."""

    field: Code
    parts: tuple[Part, ...]
    kind: Literal["grant", "loan"]
    weight: Annotated[int, Field(ge=0, le=100)]
    note: Text | None = None
    label: Text = "none"
    offsets: dict[str, Count]
    pair: tuple[int, Text]
    due: Instant


BASE = reader_schema(Shipped)


def changed(**fields: Any) -> Schema:
    """The schema of Shipped with fields replaced or added; `...` takes one away."""
    annotations = {**Shipped.__annotations__, **fields}
    kept = {name: kind for name, kind in annotations.items() if kind is not ...}
    defaults = {"note": None, "label": "none", "extra": None}
    body: dict[str, Any] = {"__annotations__": kept, "__module__": __name__}
    body |= {name: default for name, default in defaults.items() if name in kept}
    return reader_schema(type("Shipped", (Event,), body))


class NarrowPart(Value):
    item: Code
    quantity: Annotated[int, Field(ge=1, le=10)]


class LargerPart(Part):
    serial: Text


class OptionalPart(Part):
    serial: Text | None = None


class RenamedPart(Value):
    item: Code
    number: Positive


class SmallerPart(Value):
    item: Code


def both_ways(schema: Schema) -> list[str]:
    return [*objections(schema, BASE), *objections(BASE, schema)]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"extra": Text | None},
        {"extra": OptionalPart | None},
        {"parts": tuple[OptionalPart, ...]},
        {"note": ...},
        {"label": ...},
        {"kind": Literal["loan", "grant"]},
    ],
    ids=str,
)
def test_compatible_changes(fields: dict[str, Any]) -> None:
    assert both_ways(changed(**fields)) == []


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"field": ...}, "field may be absent"),
        ({"serial": Text}, "serial may be absent"),
        ({"field": ..., "kejuruan": Code}, "kejuruan may be absent"),
        ({"field": int}, "field may be"),
        ({"field": Text}, "field has pattern"),
        ({"field": Code | None}, "field may be null"),
        ({"note": Text}, "note means null when absent"),
        ({"note": Annotated[str, Field(max_length=10)] | None}, "note has maxLength"),
        ({"label": int}, "label may be"),
        ({"kind": Literal["grant"]}, 'kind may be "loan"'),
        ({"kind": Literal["grant", "loan", "gift"]}, 'kind may be "gift"'),
        ({"kind": str}, "kind may be other than"),
        ({"weight": Annotated[int, Field(ge=0, le=99)]}, "weight has maximum 100"),
        ({"weight": Annotated[int, Field(ge=0, le=101)]}, "weight has maximum 101"),
        ({"weight": Annotated[int, Field(ge=1, le=100)]}, "weight has minimum 0"),
        ({"weight": Annotated[int, Field(ge=0)]}, "weight has maximum None"),
        ({"weight": Annotated[float, Field(ge=0, le=100)]}, "weight may be"),
        ({"weight": Annotated[int, Field(ge=0, le=100, multiple_of=5)]}, "multipleOf"),
        ({"parts": tuple[NarrowPart, ...]}, "parts[].quantity has maximum"),
        ({"parts": tuple[LargerPart, ...]}, "parts[].serial may be absent"),
        ({"parts": tuple[RenamedPart, ...]}, "parts[].number may be absent"),
        ({"parts": tuple[SmallerPart, ...]}, "parts[].quantity may be absent"),
        ({"parts": Annotated[tuple[Part, ...], Field(max_length=3)]}, "parts has maxItems"),
        ({"parts": Part}, "parts may be"),
        ({"offsets": dict[str, Text]}, "offsets.* may be"),
        ({"offsets": dict[Code, Count]}, "offsets"),
        ({"pair": tuple[int, int]}, "pair[1] may be"),
        ({"pair": tuple[int, Text, int]}, "pair has"),
        ({"due": str}, "due has format None"),
        ({"due": Any}, "due may be anything"),
    ],
    ids=str,
)
def test_incompatible_changes(fields: dict[str, Any], place: str) -> None:
    assert place in "\n".join(both_ways(changed(**fields)))


def test_a_changed_default_changes_what_absence_means() -> None:
    schema = json.loads(json.dumps(BASE))
    schema["properties"]["label"]["default"] = "other"
    assert both_ways(schema)


def test_a_removed_field_may_not_come_back_as_something_else() -> None:
    assert objections(changed(note=...), BASE) == []
    assert objections(changed(note=int), BASE)


class Tree(Event):
    label: Text
    children: tuple["Tree", ...]


def test_what_is_absent_is_left_out_and_never_null() -> None:
    note = BASE["properties"]["note"]
    assert note["type"] == "string"
    assert "default" not in note
    assert "note" not in BASE["required"]


def test_a_published_optional_null_was_never_written() -> None:
    published = json.loads(json.dumps(BASE))
    note = published["properties"]["note"]
    published["properties"]["note"] = {"anyOf": [note, {"type": "null"}], "default": None}
    assert objections(BASE, published)
    assert as_written(published) == BASE
    # One that is required may be null, and stays so.
    both = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert as_written(both) == both


def test_recursive_models_are_compared() -> None:
    schema = reader_schema(Tree)
    assert objections(schema, schema) == []
    other = json.loads(json.dumps(schema))
    other["$defs"]["Tree"]["properties"]["label"]["maxLength"] = 5
    assert "label has maxLength 500" in "\n".join(objections(other, schema))
    assert objections(schema, other) == []


class Circle(Value):
    kind: Literal["circle"]
    radius: Count


class Square(Value):
    kind: Literal["square"]
    side: Count


class Drawn(Event):
    shape: Annotated[Circle | Square, Field(discriminator="kind")]


def test_what_cannot_be_compared_is_refused_unless_it_is_the_same() -> None:
    schema = reader_schema(Drawn)
    assert objections(schema, schema) == []
    other = json.loads(json.dumps(schema))
    other["$defs"]["Circle"]["properties"]["radius"]["maximum"] = 5
    assert objections(schema, other)


def test_a_writer_whose_fields_are_not_all_known_is_not_taken_for_closed() -> None:
    writer = {"type": "object", "properties": {}, "patternProperties": {"^e": {"type": "null"}}}
    reader = {"type": "object", "properties": {"extra": {"type": "string"}}}
    assert objections(reader, writer)
    assert objections(reader, {"type": "object", "properties": {}}) == []


def test_fields_may_be_called_as_keywords_are() -> None:
    class Titled(Event):
        title: Text
        description: Count

    schema = reader_schema(Titled)
    other = json.loads(json.dumps(schema))
    other["properties"]["title"]["maxLength"] = 5
    assert objections(other, schema)


LEAVES = st.one_of(
    st.builds(
        lambda low, high: {"type": "integer", "minimum": low, "maximum": high},
        st.integers(0, 2),
        st.integers(1, 3),
    ),
    st.builds(lambda n: {"type": "string", "maxLength": n}, st.integers(0, 2)),
    st.sampled_from(
        [
            {},
            {"type": "null"},
            {"type": "boolean"},
            {"type": "number"},
            {"const": 1},
            {"type": "string", "pattern": "^a"},
        ]
    ),
    st.lists(st.sampled_from([1, 2, True, "a", "", None]), min_size=1, max_size=3, unique_by=repr)
    .map(lambda values: {"enum": values}),
)  # fmt: skip
NAMES = st.sampled_from(["p", "q"])
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(
            lambda properties, required: {
                "type": "object", "properties": properties, "required": required
            },
            st.dictionaries(NAMES, inner, max_size=2),
            st.lists(NAMES, unique=True, max_size=1),
        ),
        inner.map(lambda each: {"type": "object", "additionalProperties": each}),
        inner.map(lambda each: {"type": "array", "items": each, "maxItems": 2}),
        st.lists(inner, min_size=1, max_size=2).map(
            lambda each: {"type": "array", "prefixItems": each, "minItems": len(each)}
        ),
        st.lists(inner, min_size=2, max_size=2).map(lambda each: {"anyOf": each}),
    ),
    max_leaves=4,
)  # fmt: skip
VALUES = st.recursive(
    st.sampled_from([0, 1, 2, 3, 1.5, True, False, None, "", "a", "bb"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["p", "q", "r"]), inner)
    ),
    max_leaves=4,
)


def closed(node: Any) -> Any:
    if isinstance(node, list):
        return [closed(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {key: closed(value) for key, value in node.items()}
    return {"additionalProperties": False, **made} if "properties" in node else made


@settings(max_examples=300, deadline=None)
@given(st.tuples(SCHEMAS, SCHEMAS), st.lists(VALUES, min_size=5, max_size=20))
def test_no_objection_means_that_every_document_fits(
    pair: tuple[Schema, Schema], values: list[Any]
) -> None:
    one, other = pair
    for reader, writer in ((one, other), (other, one), (one, {"anyOf": [one, one]})):
        if objections(reader, writer):
            continue
        written = Draft202012Validator(closed(writer))
        for value in values:
            if written.is_valid(value):
                assert Draft202012Validator(reader).is_valid(value), (reader, writer, value)


# -- the generated files --------------------------------------------------------------------------

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


# -- asyncapi.yaml --------------------------------------------------------------------------------

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
