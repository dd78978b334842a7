"""A bundle: the log, the keys and the schemas in one folder, for whoever has no access to Kafka.

It is made of text files, the same bytes for the same log; `verify.py` in it says the same as
`sinergi audit verify --log-only` with Python's standard library and one package for Ed25519.
"""

import json
import shutil
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import cache
from hashlib import file_digest
from pathlib import Path
from typing import TypedDict

from apps.audit import standalone
from apps.composition.system import TOPOLOGY
from shared.contracts.generation import reader_schema
from shared.events.acts import ACTS
from shared.kernel.ports import Handler, Log, LogRecord, Position, Record, Unavailable

FORMAT = "sinergi.bundle.v1"
MANIFEST = "manifest.json"
_BATCH = 500
_NONE = b"null\n"


class Manifest(TypedDict):
    """The sizes of a bundle's partitions by topic, and the SHA-256 of its files by path."""

    format: str
    topics: dict[str, dict[str, int]]
    files: dict[str, str]


class BadBundle(Exception):
    """A folder that is no bundle, or not as its manifest says; the message names the file."""


def line_of(record: Record) -> bytes:
    """Write a record as a line of JSON; each string stands for bytes as ISO 8859-1 does."""
    headers = [[name, _text(value)] for name, value in record.headers]
    packed = {"key": _text(record.key), "value": _text(record.value), "headers": headers}
    return json.dumps(packed, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def record_of(line: bytes) -> Record:
    """Read a record from its line. Raises ValueError."""
    packed = json.loads(line)
    headers = tuple((name, _bytes(value)) for name, value in packed["headers"])
    return Record(_bytes(packed["key"]), _bytes(packed["value"]), headers)


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode("latin-1")


async def export(log: Log, topics: Sequence[str], folder: Path, trust: Path) -> Manifest:
    """Write the bundle into a new folder and return its manifest. Raises BadBundle, Unavailable."""
    if folder.exists() and any(folder.iterdir()):  # noqa: ASYNC240 - nobody else waits here
        raise BadBundle(f"{folder} is not empty: name a new folder")
    (folder / "topics").mkdir(parents=True, exist_ok=True)
    ends = {topic: await log.ends(topic) for topic in topics}
    for topic, partitions in ends.items():
        for partition, end in partitions.items():
            with _file(folder, topic, partition).open("wb") as file:
                written = 0
                async for batch in log.read(topic, partition, 0, end):
                    for place in batch:
                        file.write(_NONE * (place.offset - written) + line_of(place.record))
                        written = place.offset + 1
                file.write(_NONE * (end - written))
    shutil.copyfile(trust, folder / "trust.json")
    (folder / "schemas").mkdir()
    for type_, schema in _schemas().items():
        (folder / "schemas" / f"{type_}.json").write_text(schema, "utf-8")
    (folder / "rules.json").write_text(json.dumps(_rules(), indent=1) + "\n", "ascii")
    shutil.copyfile(standalone.__file__, folder / "verify.py")
    manifest: Manifest = {
        "format": FORMAT,
        "topics": {t: {str(p): end for p, end in ps.items()} for t, ps in ends.items()},
        "files": {name: _digest(folder / name) for name in _names(folder)},
    }
    text = json.dumps(manifest, indent=1, sort_keys=True) + "\n"
    (folder / MANIFEST).write_text(text, "ascii")
    return manifest


@cache
def _schemas() -> Mapping[str, str]:
    return {
        type_: json.dumps(reader_schema(event), indent=1) + "\n"
        for type_, event in TOPOLOGY.catalogue.types.items()
    }


def _rules() -> dict[str, object]:
    """Return what a verifier must know: who owns which topic, and which events are acts."""
    acts = {
        type_: {
            "act": rule.act,
            "agency": rule.agency,
            "stated": rule.stated,
            "filled": rule.filled,
        }
        for type_, event in sorted(TOPOLOGY.catalogue.types.items())
        if (rule := ACTS.get(event)) is not None
    }
    owners = {topic: sorted(owners) for topic, owners in TOPOLOGY.owners.items()}
    return {"owners": owners, "acts": acts}


def _names(folder: Path) -> list[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in files)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _file(folder: Path, topic: str, partition: int) -> Path:
    return folder / "topics" / f"{topic}.{partition}.jsonl"


class BundleLog:
    """The log of a bundle, to read from; nothing can be added to it.

    Opening it checks every file against the manifest. Raises BadBundle.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ends: dict[str, dict[int, int]] = {}

    async def open(self) -> None:
        try:
            manifest = json.loads((self._folder / MANIFEST).read_text("ascii"))
            if manifest["format"] != FORMAT:
                raise BadBundle(f"{self._folder} is a {manifest['format']}, not a {FORMAT}")
            for name, digest in manifest["files"].items():
                if _digest(self._folder / name) != digest:
                    raise BadBundle(f"{self._folder / name} is not the file that was exported")
            topics = manifest["topics"]
            self._ends = {t: {int(p): n for p, n in ps.items()} for t, ps in topics.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadBundle(f"{self._folder} is no bundle: {error!r}") from error

    async def close(self) -> None:
        pass

    async def ping(self) -> None:
        pass

    async def ends(self, topic: str) -> dict[int, int]:
        if topic not in self._ends:
            raise Unavailable(f"there is no topic {topic} in {self._folder}")
        return dict(self._ends[topic])

    async def read(
        self, topic: str, partition: int, start: int, end: int
    ) -> AsyncGenerator[list[LogRecord], None]:
        offset, batch = 0, list[LogRecord]()
        with _file(self._folder, topic, partition).open("rb") as file:
            for line in file:
                if offset >= end:
                    break
                if offset >= start and line != _NONE:
                    batch.append(LogRecord(topic, partition, offset, record_of(line)))
                    if len(batch) == _BATCH:
                        yield batch
                        batch = []
                offset += 1
        if batch:
            yield batch

    async def create_topics(self, topics: Sequence[str]) -> None:
        raise Unavailable("a bundle is only read")

    async def send(
        self, topic: str, records: Sequence[Record], *, partitions: int | None = None
    ) -> list[Position]:
        raise Unavailable("a bundle is only read")

    def subscribe(
        self, topic: str, group: str, handler: Handler
    ) -> AbstractAsyncContextManager[None]:
        raise Unavailable("a bundle is only read")
