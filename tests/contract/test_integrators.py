"""The examples in docs/integrators.md read and verify our records without any of our code."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event

from apps.composition.system import TOPOLOGY
from shared.adapters.kafka.log import KafkaLog
from shared.events.acts import ACTS
from shared.events.base import Event
from shared.events.keys import TOPIC as KEYS
from shared.events.keys import KeyAuthorised, KeyRetired
from shared.kernel.clock import system_clock
from shared.kernel.ports import Record
from shared.signing.cloudevents import GENESIS, HASHED, MAX_DATA, freeze, sign_group
from shared.signing.key_history import key_records
from shared.signing.keys import Signer
from tests.contract import vectors, wire
from tests.contract.test_vectors import EVENTS, VECTORS
from tests.contract.wire import BLK, MINISTRY, OWNERS, SIGNERS, TRUST
from tests.placed import authenticated
from tests.servers.kafka import Kafka
from tests.servers.unavailable import give_up

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
INTEGRATORS = ROOT / "docs" / "integrators.md"
TOPIC = "registration.events"
OURS = [wire.unpack(event["record"]) for event in EVENTS if event["topic"] == TOPIC]


# -- the document -------------------------------------------------------------------------------


def blocks() -> dict[str, str]:
    """The code that follows a line like `<!-- docs/examples/consumer.py -->`, by that path."""
    text = INTEGRATORS.read_text("utf-8")
    return dict(re.findall(r"<!-- ([\w./-]+) -->\n+```\w*\n(.*?)```\n", text, re.DOTALL))


@pytest.mark.parametrize("name", ["consumer.py", "verify.mjs", "sign_act.py", "sign_act.mjs"])
def test_the_document_quotes_the_examples_as_they_are(name: str) -> None:
    quoted = blocks()[f"docs/examples/{name}"]
    assert quoted == (EXAMPLES / name).read_text("utf-8"), f"copy docs/examples/{name} again"


def test_the_example_record_is_the_first_vector() -> None:
    record = wire.unpack(EVENTS[0]["record"])
    shown = blocks()["tests/contract/vectors.json"].splitlines()
    assert shown[0] == f"topic  {TOPIC}"
    assert shown[1] == f"key    {(record.key or b'').decode()}"
    headers = [(name, (value or b"").decode()) for name, value in record.headers]
    assert [tuple(line.split(maxsplit=1)) for line in shown[2:-1]] == headers
    assert shown[-1] == f"value  {(record.value or b'').decode()}"
    assert EVENTS[0]["hash"] in INTEGRATORS.read_text("utf-8")


def test_the_document_names_every_header_topic_and_owner() -> None:
    text = INTEGRATORS.read_text("utf-8")
    for name in (*HASHED, "ce_signature", "ce_proof", "ce_traceparent"):
        assert f"`{name}`" in text
    numbered = re.findall(r"^\| (\d+) \| `([\w-]+)` \|", text, re.MULTILINE)
    assert numbered == [(str(number), name) for number, name in enumerate(HASHED, 1)]
    for topic, owners in TOPOLOGY.owners.items():
        for owner in owners:
            assert re.search(rf"\| `{re.escape(topic)}` \|.*`{owner}`", text)


def test_the_document_names_every_act_its_request_and_its_event() -> None:
    text = INTEGRATORS.read_text("utf-8")
    rows = re.findall(r"^\| `([\w-]+)` \| `POST (\S+)` \| `(\w+)` \|$", text, re.MULTILINE)
    assert [(act, event) for act, _, event in rows] == [
        (rule.act, kind.__name__) for kind, rule in ACTS.items()
    ]
    described = [json.loads(file.read_text()) for file in (ROOT / "contracts/openapi").iterdir()]
    requests = {
        method["x-act"]: path
        for each in described
        for path, methods in each["paths"].items()
        for method in methods.values()
        if "x-act" in method
    }
    assert {act: path for act, path, _ in rows} == requests


def test_no_example_imports_our_code() -> None:
    for path in (*EXAMPLES.glob("*.py"), *EXAMPLES.glob("*.mjs")):
        assert not re.search(r"^\s*(from|import) (shared|services)", path.read_text(), re.MULTILINE)


# -- the Python example -------------------------------------------------------------------------


def example() -> Any:
    spec = spec_from_file_location("integrators_consumer", EXAMPLES / "consumer.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CONSUMER = example()


def on_kafka(record: Record) -> Any:
    """As aiokafka hands a record out."""
    return SimpleNamespace(key=record.key, value=record.value, headers=record.headers)


def keys_of(owner: str) -> Any:
    return CONSUMER.named(VECTORS["trust"][owner])


class Follower:
    """The example on one topic, its streams in memory."""

    def __init__(self, owner: str = BLK) -> None:
        self._owner, self._streams = owner, dict[str, Any]()

    def take(self, record: Record) -> list[tuple[str, Any]]:
        found = CONSUMER.follow(on_kafka(record), self._owner, keys_of(self._owner), self._streams)
        return [(head["ce_id"], data) for head, data in found]


def toy(sequence: int, prevhash: str, data: bytes = b"{}") -> tuple[Record, str]:
    draft = wire.draft("toy/1", "registration.Toy.v1", "{}", sequence=sequence)
    draft = replace(draft, prevhash=prevhash, data=data)
    return wire.signed([draft], SIGNERS[BLK])[0], freeze(draft, SIGNERS[BLK].keyid)[1]


def test_python_follows_the_vectors() -> None:
    followers = {topic: Follower(min(owners)) for topic, owners in OWNERS.items()}
    for event in EVENTS:
        record = wire.unpack(event["record"])
        expected = json.loads(record.value or b"")
        assert followers[event["topic"]].take(record) == [
            (dict(event["record"]["headers"])["ce_id"], expected)
        ]


@pytest.mark.parametrize("variant", VECTORS["variants"], ids=lambda each: each["about"])
def test_python_takes_every_authentic_form(variant: dict[str, Any]) -> None:
    record = on_kafka(wire.unpack(variant["record"]))
    assert CONSUMER.opened(record, BLK, keys_of(BLK))[1] == variant["hash"]


@pytest.mark.parametrize(
    "bad",
    # It leaves the forms to their owner: a record that the owner did not sign is all it fears.
    [each for each in VECTORS["negative"] if not each["signed_by_owner"]],
    ids=lambda bad: bad["reason"],
)
def test_python_refuses_what_the_owner_did_not_sign(bad: dict[str, Any]) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011 - of whatever kind
        CONSUMER.opened(on_kafka(wire.unpack(bad["record"])), BLK, keys_of(BLK))


def test_python_drops_repeats_and_waits_for_what_is_missing() -> None:
    first, hash1 = toy(1, "0" * 64)
    second, hash2 = toy(2, hash1)
    third, _ = toy(3, hash2)
    follower = Follower()
    assert follower.take(first) == [("toy/1/1", {})]
    assert follower.take(first) == []
    assert follower.take(third) == []
    assert follower.take(second) == [("toy/1/2", {}), ("toy/1/3", {})]
    assert follower.take(second) == []


def test_python_raises_an_alarm_at_a_fork() -> None:
    follower = Follower()
    first, hash1 = toy(1, "0" * 64)
    follower.take(first)
    with pytest.raises(ValueError, match="ALARM: another toy/1/1"):
        follower.take(toy(1, "0" * 64, b"[]")[0])
    with pytest.raises(ValueError, match="ALARM: toy/1/2 does not follow"):
        follower.take(toy(2, "1" * 64)[0])
    assert follower.take(toy(2, hash1)[0]) == [("toy/1/2", {})]


ROOT_KEY, NEW_KEY = Signer(b"r" * 32), Signer(b"n" * 32)
SIZES = {TOPIC: {"0": 10}}


def authorised(key: Signer, **more: Any) -> KeyAuthorised:
    said = {"keyid": key.keyid, "public": key.public.hex(), "use": "events", **more}
    return KeyAuthorised(**said)


def key_events(*events: Event, root: Signer = ROOT_KEY, owner: str = BLK) -> list[Record]:
    return key_records(root, owner, events, (0, GENESIS), system_clock)


def test_python_judges_a_key_by_its_place() -> None:
    keys = CONSUMER.Keys(json.dumps({BLK: [ROOT_KEY.public.hex()], MINISTRY: ["00" * 32]}))
    old = SIGNERS[BLK]
    events = (
        authorised(old),
        KeyRetired(keyid=old.keyid, until=SIZES),
        authorised(NEW_KEY, since=SIZES),
        authorised(Signer(b"d" * 32), use="acts"),
    )
    for record in key_events(*events):
        keys.take(on_kafka(record))

    def speak(partition: int, offset: int, owner: str = BLK) -> list[str]:
        return [keyid.decode() for keyid in keys.at(owner, TOPIC, partition, offset)]

    assert (speak(0, 9), speak(0, 10)) == ([old.keyid], [NEW_KEY.keyid])
    assert speak(1, 0) == [NEW_KEY.keyid]
    assert speak(0, 0, MINISTRY) == []
    intruders = [
        key_events(authorised(Signer(b"i" * 32)), root=NEW_KEY),
        key_events(authorised(Signer(b"i" * 32)), owner=MINISTRY),
        key_events(authorised(Signer(b"i" * 32)), owner="urn:sinergi:nobody"),
    ]
    for (record,) in intruders:
        with pytest.raises(KeyError):
            keys.take(on_kafka(record))
    assert (speak(0, 9), speak(0, 10)) == ([old.keyid], [NEW_KEY.keyid])


async def test_python_reads_a_real_kafka(kafka_server: Kafka, tmp_path: Path) -> None:
    topic = f"integrators-{uuid4().hex[:8]}"
    trust = tmp_path / "trust.json"
    trust.write_text(json.dumps({BLK: [ROOT_KEY.public.hex()]}))
    bad = wire.unpack(VECTORS["negative"][0]["record"])
    log = KafkaLog(f"kafka://{kafka_server.bootstrap}", partitions=3)
    await log.open()
    try:
        await log.create_topics([topic, KEYS])
        await log.send(KEYS, key_events(authorised(SIGNERS[BLK])))
        await log.send(topic, [*OURS, bad, *OURS])
    finally:
        await log.close()
    example = str(EXAMPLES / "consumer.py")
    command = [sys.executable, example, kafka_server.bootstrap, topic, BLK, str(trust)]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        async with asyncio.timeout(60):
            lines = [(await process.stdout.readline()).decode().split()[1] for _ in OURS]
            # Of others' keys on this Kafka it says as well that it does not take them.
            while not (refused := (await process.stderr.readline()).decode()).startswith(topic):
                assert refused.startswith(KEYS)
    finally:
        process.kill()
        await process.communicate()
    assert sorted(lines) == sorted(wire.header(record, "ce_id").decode() for record in OURS)
    for record in OURS:
        subject = (record.key or b"").decode()
        stream = [line for line in lines if line.rpartition("/")[0] == subject]
        assert stream == [f"{subject}/{number}" for number in range(1, len(stream) + 1)]
    assert refused.startswith(topic)


# -- the example in another language ------------------------------------------------------------


def node(file: Path) -> Iterator[dict[str, Any]]:
    program = shutil.which("node")
    if program is None:
        give_up("there is no node on this machine")
    done = subprocess.run(
        [program, EXAMPLES / "verify.mjs", file],
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
        env={"PATH": os.environ["PATH"]},
    )
    yield from map(json.loads, done.stdout.splitlines())


def test_node_judges_every_vector_as_expected() -> None:
    judged = list(node(vectors.FILE))
    assert len(judged) == sum(len(VECTORS[kind]) for kind in ("variants", "negative")) + len(EVENTS)
    assert [each for each in judged if not each["expected"]] == []


def test_node_knows_the_most_data_and_the_golden_records(tmp_path: Path) -> None:
    draft = replace(
        wire.draft("toy/1", "registration.Toy.v1", ""), data=b'"' + b"x" * (MAX_DATA - 2) + b'"'
    )
    (full,) = wire.signed([draft], SIGNERS[BLK])
    assert authenticated(full, OWNERS[TOPIC], TRUST).data == draft.data
    bare = full._replace(headers=full.headers[: len(HASHED)], value=(full.value or b"") + b" ")
    (over,) = sign_group(SIGNERS[BLK], [bare], [wire.hash_of(bare)])
    goldens = [
        json.loads(path.read_text("ascii"))
        for path in Path(__file__).parent.glob("golden/*.json")
        # What is said of keys is signed by their agencies' roots, on a topic of all agencies.
        if not path.name.startswith("sinergi.keys.")
    ]
    accepted = [
        *({"topic": golden["topic"], "record": golden} for golden in goldens),
        {"topic": TOPIC, "record": wire.pack(full)},
    ]
    for each in accepted:
        record = wire.unpack(each["record"])
        each["hash"] = authenticated(record, OWNERS[each["topic"]], TRUST).hash
    negative = [{"topic": TOPIC, "record": wire.pack(over), "reason": "too much data"}]
    file = tmp_path / "more.json"
    more = {"groups": [], "variants": accepted, "negative": negative}
    file.write_text(json.dumps({**VECTORS, **more}))
    judged = list(node(file))
    assert len(judged) == len(goldens) + 2
    assert all(each["expected"] for each in judged)


# -- CloudEvents --------------------------------------------------------------------------------


@pytest.mark.parametrize("event", EVENTS, ids=lambda each: each["draft"]["type"])
def test_the_cloudevents_library_reads_our_records(event: dict[str, Any]) -> None:
    record = wire.unpack(event["record"])
    headers = {name: value or b"" for name, value in record.headers}
    found = from_binary_event(KafkaMessage(headers, record.key, record.value or b""))
    draft = event["draft"]
    assert found.get_specversion() == "1.0"
    assert found.get_datacontenttype() == "application/json"
    assert (found.get_source(), found.get_type()) == (draft["source"], draft["type"])
    assert found.get_subject() == found.get_extension("partitionkey") == draft["subject"]
    assert found.get_id() == f"{draft['subject']}/{draft['sequence']}"
    time = found.get_time()
    assert time is not None
    assert time.isoformat(timespec="microseconds") == draft["time"].replace("Z", "+00:00")
    assert found.get_extension("sequence") == str(draft["sequence"])
    assert found.get_extension("prevhash") == draft["prevhash"]
    assert found.get_data() == json.loads(record.value or b"")


def test_only_verified_headers_may_go_into_a_cloudevents_library() -> None:
    """The library folds case, so it takes a header that nobody signed for the type."""
    record = wire.unpack(EVENTS[0]["record"])
    record = wire.with_more(record, ("CE_TYPE", b"sinergi.registration.Forged.v1"))
    head, _ = CONSUMER.opened(on_kafka(record), BLK, keys_of(BLK))
    signed = {name: value.encode() for name, value in head.items()}
    value = record.value or b""
    careless = {name: value or b"" for name, value in record.headers}
    forged = from_binary_event(KafkaMessage(careless, record.key, value))
    careful = from_binary_event(KafkaMessage(signed, record.key, value))
    assert forged.get_type() == "sinergi.registration.Forged.v1"
    assert careful.get_type() == "sinergi.registration.ToyPublished.v1"
