"""Notes, checkpoints and cosignatures are those of C2SP; nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.signing.keys import Signer
from shared.transparency.signed_notes import (
    COSIGNATURE,
    ED25519,
    BadNote,
    Checkpoint,
    Note,
    cosign,
    cosigned_at,
    join_notes,
    read_checkpoint,
    read_hashes,
    read_note,
    sign_note,
    verifier_key,
)

SIGNER, OTHER = Signer(b"s" * 32), Signer(b"o" * 32)
ORIGIN, WITNESS = "urn:sinergi:a/a.events/0", "urn:sinergi:b"
CHECKPOINT = Checkpoint(ORIGIN, 3, bytes(range(32)))


def signed() -> Note:
    return Note(CHECKPOINT.text, (sign_note(CHECKPOINT.text, ORIGIN, SIGNER),))


def test_the_note_of_gos_own_documentation() -> None:
    import base64

    raw = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
        "\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"  # noqa: E501
    ).encode()
    key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    public = base64.b64decode(key.rpartition("+")[2])[1:]
    note = read_note(raw)
    assert bytes(note) == raw
    assert verifier_key("PeterNeumann", public, ED25519) == key
    assert note.by("PeterNeumann", public, ED25519)


def test_the_text_is_signed_exactly_by_this_key_under_this_name() -> None:
    note = read_note(bytes(signed()))
    assert note == signed()
    assert note.by(ORIGIN, SIGNER.public, ED25519)
    assert not note.by(ORIGIN, OTHER.public, ED25519)
    assert not note.by(ORIGIN[:-1] + "1", SIGNER.public, ED25519)
    assert not note.by(ORIGIN, SIGNER.public, COSIGNATURE)
    changed = Note(note.text.replace("\n3\n", "\n4\n"), note.signatures)
    assert not changed.by(ORIGIN, SIGNER.public, ED25519)


def test_a_cosignature_states_its_time() -> None:
    line = cosign(CHECKPOINT.text, WITNESS, SIGNER, 1_700_000_000)
    note = join_notes([signed(), Note(CHECKPOINT.text, (line,))])
    assert read_note(bytes(note)) == note
    found = note.by(WITNESS, SIGNER.public, COSIGNATURE)
    assert found == line
    assert cosigned_at(line) == 1_700_000_000
    later = line._replace(value=(1_700_000_001).to_bytes(8, "big") + line.value[8:])
    assert not Note(note.text, (later,)).by(WITNESS, SIGNER.public, COSIGNATURE)
    assert not Note(note.text, (line,)).by(WITNESS, SIGNER.public, ED25519)


def test_a_checkpoint_is_read_with_extension_lines() -> None:
    assert read_checkpoint(CHECKPOINT.text) == CHECKPOINT
    assert read_checkpoint(CHECKPOINT.text + "more\nand more\n") == CHECKPOINT


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{ORIGIN}\n3\n",
        CHECKPOINT.text[:-1],
        CHECKPOINT.text + "\n",
        CHECKPOINT.text.replace("\n3\n", "\n03\n"),
        CHECKPOINT.text.replace("\n3\n", "\n-3\n"),
        CHECKPOINT.text.replace("\n3\n", "\n٣\n"),
        CHECKPOINT.text.replace("\n3\n", "\n1e2\n"),
        CHECKPOINT.text.replace("\n3\n", f"\n{10**20}\n"),
        CHECKPOINT.text.replace("Hh8=", "Hh9="),
        CHECKPOINT.text.replace("Hh8=", ""),
        "\n" + CHECKPOINT.text.partition("\n")[2],
    ],
)
def test_no_checkpoint(text: str) -> None:
    with pytest.raises(BadNote):
        read_checkpoint(text)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text\n\nno signature\n",
        bytes(signed())[:-1],
        bytes(signed()).replace(b"\n\n", b"\n"),
        bytes(signed()).replace("—".encode(), b"-"),
        bytes(signed()).replace(b"\n3\n", b"\n3\r\n"),
        bytes(signed()).replace(b"=\n", b"\n"),
        bytes(signed()) + b"\xff\n",
        bytes(signed()) + b"\n",
        bytes(Note("text\n", signed().signatures * 101)),
        b"x" * 1_000_001,
    ],
)
def test_no_note(raw: bytes) -> None:
    with pytest.raises(BadNote):
        read_note(raw)


def test_hashes_are_whole() -> None:
    assert read_hashes(bytes(64)) == [bytes(32)] * 2
    with pytest.raises(BadNote):
        read_hashes(bytes(33))


@given(st.binary(max_size=300))
def test_whatever_comes_is_a_note_or_refused(raw: bytes) -> None:
    try:
        note = read_note(raw)
    except BadNote:
        return
    assert bytes(note) == raw
