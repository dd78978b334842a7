"""Every event ever published can still be read, exactly as it was written."""

import json
from collections.abc import Collection
from pathlib import Path

import pytest

from apps.composition.system import TOPOLOGY
from shared.events.base import Event
from shared.events.keys import TOPIC as KEYS
from shared.signing.cloudevents import Envelope
from tests.contract.make_golden import FOLDER, NoSample, make
from tests.contract.samples import SAMPLES
from tests.contract.wire import OWNERS, SIGNERS, TRUST, unpack
from tests.placed import authenticated

TYPES = sorted(TOPOLOGY.catalogue.types)
# `<type>.json`, and `<type>.<anything>.json` for further writers of the same type.
GOLDEN = sorted(FOLDER.glob("*.json"))


def owners(topic: str) -> Collection[str]:
    # What is said of keys is signed by each agency itself.
    return SIGNERS if topic == KEYS else OWNERS[topic]


def opened(path: Path) -> Envelope:
    golden = json.loads(path.read_text("ascii"))
    return authenticated(unpack(golden), owners(golden["topic"]), TRUST)


@pytest.mark.parametrize("type_", TYPES)
def test_every_event_type_has_a_golden_record(type_: str) -> None:
    path = FOLDER / f"{type_}.json"
    assert path.exists(), str(NoSample(type_))
    assert opened(path).type == type_


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_record_is_still_read_and_written_alike(path: Path) -> None:
    envelope = opened(path)
    event = TOPOLOGY.catalogue.find(envelope.type)
    assert event is not None, f"{envelope.type} was published: put its class back"
    assert path.name.startswith(envelope.type)
    read = event.of(envelope.data)
    assert read.data() == envelope.data, (
        "fields were renamed, reordered or got a default that is written: make the change a new "
        "version of the event, or give a new field the default None and put it last"
    )
    assert isinstance(read.upcast(), Event)
    assert event.of(read.data()) == read


@pytest.mark.parametrize("type_", TYPES)
def test_a_sample_fills_every_field(type_: str) -> None:
    """So that a golden record says all there was to say when it was made."""
    golden = json.loads(opened(FOLDER / f"{type_}.json").data)
    sample = json.loads(SAMPLES[type_][1].event.data())
    unset = [name for name in type(SAMPLES[type_][1].event).model_fields if name not in sample]
    assert not unset, f"the sample leaves out {unset}"
    assert golden.keys() <= sample.keys()


def test_golden_records_are_made_once_and_never_again(tmp_path: Path) -> None:
    kept = tmp_path / f"{TYPES[0]}.json"
    kept.write_text("as it was")
    made = make(tmp_path)
    assert len(made) == len(TYPES) - 1
    assert kept.read_text() == "as it was"
    assert make(tmp_path) == []


def test_a_new_event_without_a_sample_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(SAMPLES, TYPES[3])
    with pytest.raises(NoSample, match=r"add a sample of it to tests/contract/samples\.py"):
        make(tmp_path)
