"""Notes, cosignatures and proofs agree with the Go modules of the formats' own authors."""

import json
import os
import runpy
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kernel.ports import Record
from shared.signing.keys import Signer
from shared.signing.merkle import Levels, leaf_hash, node_hash, root_from_path, verify_consistency
from shared.signing.record_codec import leaf_data
from shared.transparency.signed_notes import (
    COSIGNATURE,
    ED25519,
    Checkpoint,
    Note,
    cosign,
    note_key_hash,
    read_checkpoint,
    read_note,
    sign_note,
    verifier_key,
)
from tests.servers.artifact import CACHE
from tests.servers.unavailable import UnavailableError, give_up

pytestmark = pytest.mark.xdist_group("transparency")  # one Go program for all of them

SOURCE = Path(__file__).with_name("transparency")
ORIGIN, WITNESS = "urn:sinergi:a/a.events/0", "urn:sinergi:b"
SEED, OTHER_SEED = b"s" * 32, b"w" * 32
SIGNER, COSIGNER = Signer(SEED), Signer(OTHER_SEED)
LEAVES = [leaf_data(Record(b"k%d" % n, b"{}", (("ce_id", b"%d" % n),))) for n in range(23)]

RequestContext = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def ask() -> RequestContext:
    """The Go program, built once for each content of its source."""
    try:
        program = _built()
    except UnavailableError as error:
        give_up(str(error))

    def asked(**request: Any) -> dict[str, Any]:
        done = subprocess.run(
            [program], input=json.dumps(request), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    return asked


def _built() -> Path:
    content = b"".join(path.read_bytes() for path in sorted(SOURCE.iterdir()))
    program = CACHE.resolve() / f"transparency-{sha256(content).hexdigest()[:8]}"
    if not program.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        draft = program.with_name(f"{program.name}.{os.getpid()}")
        try:
            done = subprocess.run(
                ["go", "build", "-trimpath", "-o", draft, "."],
                cwd=SOURCE, env={**os.environ, "CGO_ENABLED": "0"},
                capture_output=True, text=True, check=False,
            )  # fmt: skip
        except OSError as error:
            raise UnavailableError(f"the Go program cannot be built here: {error}") from error
        if done.returncode:
            raise UnavailableError(f"the Go program: {done.stderr.strip().splitlines()[-1]}")
        draft.rename(program)
    return program


def accepted(ask: RequestContext, *checks: Mapping[str, Any]) -> list[bool]:
    return [not said for said in ask(Checks=checks)["Accepted"]]


def b64(value: bytes) -> str:
    return b64encode(value).decode()


def private_key(name: str, signer: Signer, seed: bytes) -> str:
    hash_ = note_key_hash(name, signer.public, ED25519).hex()
    return f"PRIVATE+KEY+{name}+{hash_}+{b64(bytes([ED25519]) + seed)}"


def grown(leaves: list[bytes]) -> Levels:
    tree = Levels()
    for leaf in leaves:
        tree.append(leaf_hash(leaf))
    return tree


TREE = grown(LEAVES)


def note_of(size: int) -> Note:
    text = Checkpoint(ORIGIN, size, TREE.root(size)).text
    return Note(text, (sign_note(text, ORIGIN, SIGNER),))


def test_go_reads_our_notes_and_no_changed_ones(ask: RequestContext) -> None:
    key = verifier_key(ORIGIN, SIGNER.public, ED25519)
    note = bytes(note_of(23)).decode()

    def check(text: str, key: str = key, origin: str = ORIGIN) -> dict[str, Any]:
        return {"Kind": "note", "Note": text, "Key": key, "Origin": origin}

    stranger = verifier_key(ORIGIN, COSIGNER.public, ED25519)
    assert accepted(
        ask,
        check(note),
        check(bytes(note_of(1)).decode()),
        check(note.replace("\n23\n", "\n22\n")),
        check(note, stranger),
        check(note, origin="urn:sinergi:a/a.events/1"),
        check(note.replace("\n\n", "\n")),
    ) == [True, True, False, False, False, False]


def test_go_reads_our_cosignatures(ask: RequestContext) -> None:
    key = verifier_key(WITNESS, COSIGNER.public, ED25519)
    owners = note_of(23)
    line = cosign(owners.text, WITNESS, COSIGNER, 1_700_000_000)
    whole = Note(owners.text, (*owners.signatures, line))
    later = line._replace(value=(1_700_000_001).to_bytes(8, "big") + line.value[8:])

    def check(note: Note) -> dict[str, Any]:
        return {"Kind": "cosigned", "Note": bytes(note).decode(), "Key": key, "Origin": ORIGIN}

    assert accepted(
        ask,
        check(whole),
        check(Note(owners.text, (line,))),
        check(Note(owners.text, (*owners.signatures, later))),
        check(Note(note_of(22).text, (line,))),
        check(owners),
    ) == [True, True, False, False, False]


def inclusion(leaf: bytes, index: int, size: int, path: list[bytes]) -> dict[str, Any]:
    root = b64(TREE.root(size))
    return {
        "Kind": "inclusion", "Leaf": b64(leaf), "Index": index, "Size": size,
        "Path": [b64(h) for h in path], "Root": root,
    }  # fmt: skip


def consistency(old: int, size: int, path: list[bytes], old_root: bytes) -> dict[str, Any]:
    return {
        "Kind": "consistency", "Old": old, "Size": size, "Path": [b64(h) for h in path],
        "OldRoot": b64(old_root), "Root": b64(TREE.root(size)),
    }  # fmt: skip


def test_go_accepts_our_proofs(ask: RequestContext) -> None:
    checks = [
        inclusion(LEAVES[index], index, size, TREE.inclusion(index, size))
        for size in range(1, 24)
        for index in range(size)
    ]
    checks += [
        consistency(old, size, TREE.consistency(old, size), TREE.root(old))
        for size in range(1, 24)
        for old in range(1, size + 1)
    ]
    assert all(accepted(ask, *checks))


def test_go_refuses_what_we_refuse(ask: RequestContext) -> None:
    path, steps = TREE.inclusion(4, 23), TREE.consistency(7, 23)
    fork = grown([b"another", *LEAVES[1:]])
    assert not any(
        accepted(
            ask,
            inclusion(LEAVES[5], 4, 23, path),
            inclusion(LEAVES[4], 5, 23, path),
            inclusion(LEAVES[4], 4, 23, path[:-1]),
            inclusion(TREE.node(1, 0), 0, 2, [TREE.node(1, 1)]) | {"Root": b64(TREE.root(4))},
            consistency(7, 23, steps, fork.root(7)),
            consistency(6, 23, steps, TREE.root(7)),
            consistency(7, 23, steps[::-1], TREE.root(7)),
            consistency(7, 23, [node_hash(h, h) for h in steps], TREE.root(7)),
        )
    )


def test_we_read_what_go_has_written(ask: RequestContext) -> None:
    answer = ask(
        Leaves=[b64(leaf) for leaf in LEAVES],
        Origin=ORIGIN,
        Signer=private_key(ORIGIN, SIGNER, SEED),
        Seed=private_key(WITNESS, COSIGNER, OTHER_SEED),
    )
    root = b64decode(answer["Root"])
    assert root == TREE.root(23)
    for index, leaf in enumerate(LEAVES):
        path = [b64decode(h) for h in answer["Inclusion"][index] or []]
        assert root_from_path(leaf, index, 23, path) == root
        assert path == TREE.inclusion(index, 23)
        steps = [b64decode(h) for h in answer["Consistency"][index] or []]
        assert verify_consistency(index + 1, TREE.root(index + 1), 23, root, steps)
        assert steps == TREE.consistency(index + 1, 23)
    note, whole = read_note(answer["Note"].encode()), read_note(answer["Cosigned"].encode())
    assert read_checkpoint(note.text) == Checkpoint(ORIGIN, 23, root)
    assert bytes(note) == bytes(note_of(23))
    assert whole.by(ORIGIN, SIGNER.public, ED25519)
    assert whole.by(WITNESS, COSIGNER.public, COSIGNATURE)
    assert not whole.by(WITNESS, SIGNER.public, COSIGNATURE)


EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "leaf.py"
BYTES = st.one_of(st.none(), st.binary(max_size=300), st.sampled_from([b"x" * 65535, b"x" * 65536]))
NAMES = st.one_of(st.text(max_size=40), st.sampled_from(["n" * n for n in (31, 32, 255, 256)]))


@settings(deadline=None)
@given(BYTES, BYTES, st.lists(st.tuples(NAMES, BYTES), max_size=18))
def test_the_example_of_the_integrators_page_makes_the_same_leaves(
    key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes | None]]
) -> None:
    try:
        for name, _ in headers:
            name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return
    leaf = _example()["leaf_data"](key, value, headers)
    assert leaf == leaf_data(Record(key, value, tuple(headers)))


def test_names_that_are_not_utf_8_and_the_largest_sizes() -> None:
    raw = b"\xff\xfe".decode("utf-8", "surrogateescape")
    for name, size in ((raw, 0), ("n" * 65535, 1), ("n" * 65536, 70000)):
        headers = [(name, b"x" * size)] * 17
        leaf = _example()["leaf_data"](None, b"", headers)
        assert leaf == leaf_data(Record(None, b"", tuple(headers)))


def test_the_page_shows_the_example_as_it_is() -> None:
    page = (EXAMPLE.parents[1] / "integrators.md").read_text("utf-8")
    assert EXAMPLE.read_text("utf-8") in page


@cache
def _example() -> dict[str, Any]:
    return runpy.run_path(str(EXAMPLE))
