"""A key event on the log counts only if the agency's pinned root signed it, and in order."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.sqlite_log import EmbeddedLog
from shared.events.base import Event
from shared.events.keys import TOPIC, KeyAuthorised, KeyRetired
from shared.kernel.clock import system_clock
from shared.kernel.ports import LogRecord, Record
from shared.signing.cloudevents import GENESIS, Draft, freeze, read, sign_group
from shared.signing.key_history import KeyHistory, key_records, subject_of
from shared.signing.keys import Signer
from shared.signing.trust_store import TrustStore

A, B = "urn:sinergi:a", "urn:sinergi:b"
ROOT_A, ROOT_B, KEY, NEXT = (Signer(bytes([n]) * 32) for n in (1, 2, 3, 4))
SIZES = {"a.events": {"0": 7}}


def authorised(key: Signer) -> KeyAuthorised:
    return KeyAuthorised(keyid=key.keyid, public=key.public.hex(), use="events")


def said(
    *events: Event, root: Signer = ROOT_A, agency: str = A, head: tuple[int, str] = (0, GENESIS)
) -> list[Record]:
    return key_records(root, agency, events, head, system_clock)


def after(record: Record) -> tuple[int, str]:
    envelope = read(record)
    return envelope.sequence, envelope.hash


@pytest.fixture
def history() -> KeyHistory:
    return KeyHistory(TrustStore({A: [ROOT_A.public], B: [ROOT_B.public]}))


def take(history: KeyHistory, records: Sequence[Record], start: int = 0) -> list[str]:
    """Takes records from the topic; the codes of what does not hold."""
    for offset, record in enumerate(records, start):
        history.take(LogRecord(TOPIC, 0, offset, record))
    return [problem.code for problem in history.problems]


def redrafted(record: Record, signer: Signer, **changes: Any) -> Record:
    """The same key event, told otherwise."""
    envelope = read(record)
    names = Draft.__dataclass_fields__
    draft = replace(Draft(**{name: getattr(envelope, name) for name in names}), **changes)
    frozen, hash_ = freeze(draft, signer.keyid)
    return sign_group(signer, [frozen], [hash_])[0]


def test_a_root_says_which_keys_speak(history: KeyHistory) -> None:
    first = said(authorised(KEY))
    second = said(KeyRetired(keyid=KEY.keyid, until=SIZES), authorised(NEXT), head=after(first[-1]))
    assert take(history, [*first, *second]) == []
    assert history.head(A) == after(second[-1])
    assert history.head(B) == (0, GENESIS)
    key = history.trust.key(KEY.keyid)
    assert key is not None
    assert (key.agency, key.end, key.until) == (A, "retired", SIZES)
    found = history.trust.key(NEXT.keyid)
    assert found is not None
    assert (found.agency, found.use, found.until) == (A, "events", None)


def test_a_root_itself_signs_no_records_of_services(history: KeyHistory) -> None:
    take(history, said(authorised(KEY)))
    assert history.trust.agency(ROOT_A.keyid) is None


FIRST = said(authorised(KEY))
BAD = {
    "another agency's root": (said(authorised(NEXT), root=ROOT_B), "agency"),
    "an agency of which no root is pinned": (
        said(authorised(NEXT), root=NEXT, agency="urn:sinergi:c"),
        "source",
    ),
    "a key that is no root": (said(authorised(NEXT), root=KEY, head=after(FIRST[0])), "key"),
    "a broken chain": (said(authorised(NEXT), head=(1, "f" * 64)), "chain"),
    "another beginning": (said(authorised(NEXT)), "fork"),
    "one that was left out": (said(authorised(NEXT), head=(2, "f" * 64)), "gap"),
    "another's stream": (
        [redrafted(said(authorised(NEXT))[0], ROOT_A, subject=subject_of(B))],
        "key-history",
    ),
    "no key": (
        [redrafted(said(authorised(NEXT), head=after(FIRST[0]))[0], ROOT_A, data=b"{}")],
        "key-history",
    ),
    "another type": (
        [
            redrafted(
                said(authorised(NEXT), head=after(FIRST[0]))[0], ROOT_A, type="sinergi.keys.Lost.v1"
            )
        ],
        "key-history",
    ),
    "a later version": (
        [
            redrafted(
                said(authorised(NEXT), head=after(FIRST[0]))[0],
                ROOT_A,
                type="sinergi.keys.KeyAuthorised.v2",
            )
        ],
        "key-history",
    ),
    "a key of another agency's": (
        said(KeyRetired(keyid=KEY.keyid, until=SIZES), root=ROOT_B, agency=B),
        "key-history",
    ),
    "one byte": (
        [record._replace(value=(record.value or b"") + b" ") for record in said(authorised(NEXT))],
        "signature",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_does_not_hold_changes_nothing_and_is_named(history: KeyHistory, name: str) -> None:
    records, code = BAD[name]
    take(history, FIRST)
    before = list(history.trust.listed())
    assert take(history, records, 1) == [code]
    assert history.problems[0].offset == 1
    assert list(history.trust.listed()) == before


def test_the_rest_counts_after_one_that_does_not_hold(history: KeyHistory) -> None:
    intruder = said(authorised(NEXT), root=ROOT_B)
    good = said(authorised(NEXT), head=after(FIRST[0]))
    assert take(history, [*FIRST, *intruder, *good]) == ["agency"]
    assert history.trust.agency(NEXT.keyid) == A


def test_a_repeat_is_nothing_and_a_gap_closes(history: KeyHistory) -> None:
    second = said(authorised(NEXT), head=after(FIRST[0]))
    assert take(history, second) == ["gap"]
    assert history.trust.agency(NEXT.keyid) is None
    assert take(history, [*FIRST, *second, *FIRST], 1) == []
    assert history.trust.agency(NEXT.keyid) == A


async def test_a_history_reads_what_came_since(history: KeyHistory, tmp_path: Path) -> None:
    log = EmbeddedLog(tmp_path / "log.sqlite")
    await log.open()
    await log.create_topics([TOPIC])
    assert not await history.refresh(log)
    await log.send(TOPIC, FIRST)
    assert await history.refresh(log)
    assert not await history.refresh(log)
    await log.send(TOPIC, said(authorised(NEXT), head=history.head(A)))
    assert await history.refresh(log)
    assert {key.keyid for key in history.trust.listed(A)} == {KEY.keyid, NEXT.keyid}
    assert history.problems == ()
    await log.close()
