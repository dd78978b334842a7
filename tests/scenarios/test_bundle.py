"""A bundle is the whole log in files, and its own verifier says what ours says."""

import ast
import asyncio
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest

from apps.audit import standalone
from apps.audit.bundle import BadBundle, BundleLog, export, record_of
from apps.audit.index import Index
from apps.audit.verify import Verification
from apps.composition.system import SERVICES, TOPICS
from shared.kernel.ports import Record
from shared.signing.key_history import KeyHistory
from shared.signing.record_codec import leaf_data
from shared.signing.trust_store import read_roots
from tests.memory_log import MemoryLog
from tests.scenarios.finished import Finished
from tests.scenarios.test_mutations import CHANGES

Found = set[tuple[str, int, int, str]]
SERVICE_TOPICS = [definition.topic for definition in SERVICES.values()]
# What only a program that knows the events can say.
_BEYOND = {"schema", "unapplied"}


async def _export(finished: Finished, log: MemoryLog, folder: Path) -> Path:
    await export(log, TOPICS, folder, finished.trust)
    return folder


async def _ours(folder: Path) -> Found:
    log = BundleLog(folder)
    await log.open()
    keys = KeyHistory(read_roots(folder / "trust.json"))
    report = await Verification(log, SERVICES.values(), keys, None).run()
    return {(p.topic, p.partition, p.offset, p.code) for p in report.problems}


def _theirs(folder: Path) -> Found:
    found = standalone.verify(folder)["problems"]
    return {(topic, partition, offset, code) for topic, partition, offset, code, _ in found}


async def test_the_same_log_makes_the_same_bytes_and_they_are_the_log(
    finished: Finished, tmp_path: Path
) -> None:
    log = await MemoryLog.of(finished.file)
    one, two = [await _export(finished, log, tmp_path / name) for name in ("one", "two")]
    names = sorted(p.relative_to(one) for p in one.rglob("*") if p.is_file())
    assert names == sorted(p.relative_to(two) for p in two.rglob("*") if p.is_file())
    assert all((one / name).read_bytes() == (two / name).read_bytes() for name in names)
    for topic in TOPICS:
        lines = (one / "topics" / f"{topic}.0.jsonl").read_bytes().splitlines()
        assert [record_of(line) for line in lines] == log.topics[topic]


def test_the_verifier_in_a_bundle_needs_python_and_one_package(
    finished: Finished, tmp_path: Path
) -> None:
    log = asyncio.run(MemoryLog.of(finished.file))
    folder = asyncio.run(_export(finished, log, tmp_path / "bundle"))
    tree = ast.parse((folder / "verify.py").read_text())
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
    names = {
        name.partition(".")[0]
        for node in imports
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else
                     [alias.name for alias in node.names])
    }  # fmt: skip
    assert names - sys.stdlib_module_names == {"nacl", "cryptography"}
    said = subprocess.run(
        [sys.executable, "-I", folder / "verify.py"], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout + said.stderr
    assert "All of it holds." in said.stdout


async def test_both_verifiers_say_the_same_of_changed_logs(
    finished: Finished, tmp_path: Path
) -> None:
    whole = await MemoryLog.of(finished.file)
    for seed in range(3 * len(CHANGES)):
        choice = random.Random(f"bundle {seed}")
        change = CHANGES[seed % len(CHANGES)]
        topic = choice.choice(SERVICE_TOPICS)
        log, records = whole.changed(topic)
        change(choice, records, choice.randrange(len(records)))
        folder = await _export(finished, log, tmp_path / str(seed))
        ours = {problem for problem in await _ours(folder) if problem[3] not in _BEYOND}
        theirs = _theirs(folder)
        assert ours == theirs, (seed, change.__name__, ours ^ theirs)
        assert ours, (seed, change.__name__)
        shutil.rmtree(folder)


def _edit(folder: Path, topic: str, edit: Sequence[tuple[bytes, bytes]]) -> None:
    """Changes a topic's file and its digest in the manifest, as whoever made the bundle could."""
    path = folder / "topics" / f"{topic}.0.jsonl"
    raw = path.read_bytes()
    for old, new in edit:
        assert old in raw
        raw = raw.replace(old, new, 1)
    path.write_bytes(raw)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][path.relative_to(folder).as_posix()] = sha256(raw).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


async def test_a_bundle_that_was_changed_is_refused_or_does_not_hold(
    finished: Finished, tmp_path: Path
) -> None:
    folder = await _export(finished, await MemoryLog.of(finished.file), tmp_path / "bundle")
    path = folder / "topics" / "keys.events.0.jsonl"
    kept = path.read_bytes()
    path.write_bytes(kept[:-2] + b" }")
    with pytest.raises(BadBundle, match=r"keys\.events\.0\.jsonl is not the file"):
        await BundleLog(folder).open()
    assert standalone.main([str(folder)]) == 2
    path.write_bytes(kept)
    _edit(folder, "keys.events", [(b'\\"use\\":\\"acts\\"', b'\\"use\\":\\"arts\\"')])
    assert {code for *_, code in await _ours(folder)} >= {"signature"}
    assert {code for *_, code in _theirs(folder)} >= {"signature"}


async def test_keys_that_are_hidden_are_missed_by_who_saw_them(finished: Finished) -> None:
    log, index = await MemoryLog.of(finished.file), Index(None, "")

    async def verified(log: MemoryLog) -> Found:
        keys = KeyHistory(read_roots(finished.trust))
        report = await Verification(log, SERVICES.values(), keys, None, index=index).run()
        return {(p.topic, p.partition, p.offset, p.code) for p in report.problems}

    assert await verified(log) == set()
    less, records = log.changed("keys.events")
    del records[-1]
    assert ("keys.events", 0, len(records), "truncated") in await verified(less)


async def test_another_list_of_roots_believes_nobody(finished: Finished, tmp_path: Path) -> None:
    folder = await _export(finished, await MemoryLog.of(finished.file), tmp_path / "bundle")
    roots = json.loads((folder / "trust.json").read_text())
    mine = tmp_path / "mine.json"
    mine.write_text(json.dumps({agency: [sha256(agency.encode()).hexdigest()] for agency in roots}))
    found = standalone.verify(folder, mine)["problems"]
    assert {code for *_, code, _ in found} >= {"key", "note-signature"}


def test_msgpack_of_a_record_is_the_library_s() -> None:
    for size in (0, 1, 31, 32, 255, 256, 65_535, 65_536, 300_000):
        record = Record(b"k" * size, b"v" * size, (("n" * min(size, 70_000), b"x"), ("null", None)))
        parts = [record.key, record.value, [list(header) for header in record.headers]]
        assert standalone.packed(parts) == leaf_data(record)
