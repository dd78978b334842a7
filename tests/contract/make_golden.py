"""Makes the golden records that are missing: `python -m tests.contract.make_golden`.

A golden record is what a writer of its day put on the log. It is never written again: one that
does not pass any more says that old events can't be read any more.
"""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from apps.composition.system import TOPOLOGY
from shared.kernel.ports import Record
from shared.signing.cloudevents import GENESIS, Draft
from tests.contract.sampled import Sample
from tests.contract.samples import SAMPLES
from tests.contract.wire import ACTOR, APPLICATION, BLK, SIGNERS, dumps, pack, signed

FOLDER = Path(__file__).with_name("golden")
_REQUEST = "018b2f1c-91d2-7c44-8a3e-0f5d6b7c8e90"
_FINGERPRINT = "c1a6b5d2f0e94837a1b2c3d4e5f60718"
_EVENT = f"{BLK}/{APPLICATION}/3"
_DUE = "2023-11-14T16:00:00.000000Z"


class NoSample(Exception):
    """An event type that tests/contract/samples.py knows nothing of."""

    def __init__(self, type_: str) -> None:
        super().__init__(
            f"{type_} has no golden record: add a sample of it to tests/contract/samples.py, run "
            f"python -m tests.contract.make_golden and commit the file it makes"
        )


def make(folder: Path) -> list[Path]:
    """The files made: one for each type that has none. Raises NoSample."""
    made = []
    for type_ in sorted(TOPOLOGY.catalogue.types):
        path = folder / f"{type_}.json"
        if path.exists():
            continue
        if type_ not in SAMPLES:
            raise NoSample(type_)
        source, sample = SAMPLES[type_]
        record = _record(type_, source, sample)
        golden: dict[str, Any] = {"topic": f"{type_.split('.')[1]}.events", **pack(record)}
        # "x": not even a race may replace one.
        with path.open("x", encoding="ascii", newline="\n") as file:
            file.write(dumps(golden))
        made.append(path)
    return made


def _record(type_: str, source: str, sample: Sample) -> Record:
    cause, causation, fingerprint, actor = {
        "request": (f"request/{_REQUEST}", f"request/{_REQUEST}", _FINGERPRINT, ACTOR),
        "root": (f"root/{_REQUEST}", f"root/{_REQUEST}", "", "root"),
        "event": (f"event/{_EVENT}/as-agreed>{sample.subject}", _EVENT, "", "system"),
        "timer": (f"timer/{sample.subject}/{_DUE}", f"timer/{sample.subject}/{_DUE}", "", "system"),
    }[sample.by]
    draft = Draft(
        source=source,
        type=type_,
        subject=sample.subject,
        time=datetime(2023, 11, 14, 16, 0, 0, sample.sequence, tzinfo=UTC),
        sequence=sample.sequence,
        first=sample.sequence,
        count=1,
        cause=cause,
        fingerprint=fingerprint,
        correlation=_REQUEST,
        causation=causation,
        actor=actor,
        # What came before is invented.
        prevhash=GENESIS
        if sample.sequence == 1
        else sha256(f"before {type_}".encode()).hexdigest(),
        data=sample.event.data(),
    )
    return signed([draft], SIGNERS[source])[0]


if __name__ == "__main__":
    for path in make(FOLDER):
        print(f"made {path.name}")
