"""A service is the attacker: it signs any event it likes, and cannot say what an agency did not."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from apps.audit import standalone
from apps.audit.bundle import export
from apps.audit.verify import Verification
from apps.composition.system import SERVICES, TOPICS, TOPOLOGY
from shared.adapters.sqlite_log import EmbeddedLog
from shared.events.partners.alignment import AlignmentCommented
from shared.events.values import Attestation, Signature
from shared.kernel.ports import Record
from shared.signing.attestation import Act, sign
from shared.signing.cloudevents import Draft, Envelope, freeze, read, sign_group
from shared.signing.key_history import KeyHistory
from shared.signing.keys import Signer, read_key
from shared.signing.trust_store import read_roots
from tests.scenarios.paser import key
from tests.scenarios.test_acts import BLK, BODY, MINISTRY, NETWORK, Desk, desk_of

TOPIC = "partners.events"
TRUE = "Tambah jam praktik."


class Forger:
    """The network's service, in bad hands: its key, its log, and one act that the centre signed."""

    def __init__(self, desk: Desk, last: Envelope) -> None:
        self.desk, self.last = desk, last
        self.signer = Signer(read_key(desk.keys.service("partners")))

    def act(self, **changes: Any) -> Act:
        body: bytes = changes.pop("body", BODY)
        said = {
            "act": "comment-alignment",
            "audience": NETWORK,
            "stream": self.last.subject,
            "expected": self.last.sequence,
            "prevhash": self.last.hash,
            "sha256": sha256(body).hexdigest(),
            "agency": BLK,
            "id": key(),
            "signer": "desk-7",
            "not_after": datetime.now(UTC) + timedelta(minutes=5),
        }
        return Act(**{**said, **changes})

    def signed(self, signer: Signer | None = None, **changes: Any) -> Attestation:
        body = changes.get("body", BODY)
        return sign(self.act(**changes), body, signer or self.desk.signer())

    def comment(self, attestation: Attestation | None, **changes: Any) -> AlignmentCommented:
        said = {"kejuruan": "las", "agency": BLK, "comment": TRUE, **changes}
        return AlignmentCommented(**said, attestation=attestation)

    def commit(self, *events: AlignmentCommented, raw: bytes | None = None) -> list[Record]:
        """One commit of the service's after the stream's last event; it is the last one now."""
        records, hashes = [], []
        first, prevhash, id_ = self.last.sequence + 1, self.last.hash, key()
        for number, event in enumerate(events, first):
            draft = Draft(
                source=NETWORK,
                type=TOPOLOGY.catalogue.type_of("partners", AlignmentCommented),
                subject=self.last.subject,
                time=datetime.now(UTC),
                sequence=number,
                first=first,
                count=len(events),
                cause=f"request/{id_}",
                fingerprint="",
                correlation=id_,
                causation=f"request/{id_}",
                actor="somebody",
                prevhash=prevhash,
                data=raw or event.data(),
            )
            record, prevhash = freeze(draft, self.signer.keyid)
            records.append(record)
            hashes.append(prevhash)
        made = sign_group(self.signer, records, hashes)
        self.last = read(made[-1])
        return made


Forgery = Callable[[Forger], Sequence[Record]]


def alone(made: Callable[[Forger], AlignmentCommented]) -> Forgery:
    return lambda forger: forger.commit(made(forger))


def moved(forger: Forger) -> Sequence[Record]:
    """Says again what was said once."""
    signed = forger.signed()
    return [
        *forger.commit(forger.comment(signed)),
        *forger.commit(forger.comment(signed)),
    ]


def reused(forger: Forger) -> Sequence[Record]:
    """Says it twice at the one place that it was signed for."""
    signed = forger.signed()
    return forger.commit(forger.comment(signed), forger.comment(signed))


def with_body(attestation: Attestation, body: bytes) -> Attestation:
    return attestation.model_copy(update={"body": b64encode(body).decode()})


def with_payload(attestation: Attestation, old: bytes, new: bytes) -> Attestation:
    payload = b64decode(attestation.payload).replace(old, new)
    return attestation.model_copy(update={"payload": b64encode(payload).decode()})


def unsigned(attestation: Attestation) -> Attestation:
    nothing = Signature(keyid=attestation.signatures[0].keyid, sig=b64encode(bytes(64)).decode())
    return attestation.model_copy(update={"signatures": (nothing,)})


def events_key(forger: Forger) -> Signer:
    return Signer(read_key(forger.desk.keys.service("registration")))


MORE = b'{"comment":"Kurangi jam praktik."}'
FORGERIES: dict[str, tuple[Forgery, list[str]]] = {
    "what was signed": (alone(lambda f: f.comment(f.signed())), []),
    "no attestation": (alone(lambda f: f.comment(None)), ["act-missing"]),
    "said again": (moved, ["act-moved"]),
    "said twice in one commit": (reused, ["act-reused"]),
    "of another stream": (
        alone(lambda f: f.comment(f.signed(stream="alignment/another"))),
        ["act-moved"],
    ),
    "of another history": (
        alone(lambda f: f.comment(f.signed(prevhash="f" * 64))),
        ["act-moved"],
    ),
    "for another agency's service": (
        alone(lambda f: f.comment(f.signed(audience=MINISTRY))),
        ["act-moved"],
    ),
    "another act": (
        alone(lambda f: f.comment(f.signed(act="agree-alignment"))),
        ["act-moved"],
    ),
    "another word": (
        alone(lambda f: f.comment(f.signed(), comment="Kurangi jam praktik.")),
        ["act-fields"],
    ),
    "another body": (
        alone(lambda f: f.comment(with_body(f.signed(), MORE), comment="Kurangi jam praktik.")),
        ["act-body"],
    ),
    "another agency's name": (
        alone(lambda f: f.comment(f.signed(), agency=MINISTRY)),
        ["act-agency"],
    ),
    "in another agency's name": (
        alone(lambda f: f.comment(f.signed(agency=MINISTRY), agency=MINISTRY)),
        ["act-key"],
    ),
    "signed by the service": (
        alone(lambda f: f.comment(f.signed(f.signer))),
        ["act-key"],
    ),
    "signed by the centre's key for events": (
        alone(lambda f: f.comment(f.signed(events_key(f)))),
        ["act-key-use"],
    ),
    "altered after it was signed": (
        alone(lambda f: f.comment(with_payload(f.signed(), b"desk-7", b"desk-8"))),
        ["act-signature"],
    ),
    "no signature": (alone(lambda f: f.comment(unsigned(f.signed()))), ["act-signature"]),
    "used too late": (
        alone(lambda f: f.comment(f.signed(not_after=datetime.now(UTC) - timedelta(days=1)))),
        ["act-late"],
    ),
    "a body that is no JSON": (
        alone(lambda f: f.comment(f.signed(body=b"{"))),
        ["act-body"],
    ),
    "a body that readers take differently": (
        alone(lambda f: f.comment(f.signed(body=MORE[:-1] + b',"comment":"Tambah jam praktik."}'))),
        ["act-body"],
    ),
    "no act": (
        alone(lambda f: f.comment(with_payload(f.signed(), b'{"act"', b'{"cat"'))),
        ["act-form"],
    ),
}


def strange(old: str, new: str) -> Forgery:
    """An event whose own JSON readers would take differently."""

    def made(forger: Forger) -> Sequence[Record]:
        event = forger.comment(forger.signed())
        raw = event.data()
        assert old.encode() in raw
        return forger.commit(event, raw=raw.replace(old.encode(), new.encode("utf-8"), 1))

    return made


STRANGE = {
    "a name twice": strange('"kejuruan"', '"kejuruan":"las","kejuruan"'),
    "a name twice, escaped": strange('"kejuruan"', '"\\u006bejuruan":"las","kejuruan"'),
    "NaN": strange('"kejuruan"', '"more":NaN,"kejuruan"'),
    "1e400": strange('"kejuruan"', '"more":1e400,"kejuruan"'),
    "2^53 + 1": strange('"kejuruan"', '"more":9007199254740993,"kejuruan"'),
    "NFD": strange(TRUE, "Tambah ja\u030am praktik."),
    "NFD, escaped": strange(TRUE, "Tambah ja\\u030am praktik."),
    "NFD in a name": strange('"kejuruan"', '"a\u030a":1,"kejuruan"'),
}
# These pydantic refuses by itself, whoever the reader is.
UNREADABLE = {
    "half a surrogate pair": strange(TRUE, "\\ud83d"),
    "no object": lambda forger: forger.commit(forger.comment(None), raw=b"[]"),
    "deep nesting": strange('"kejuruan"', f'"more":{"[" * 9999}{"]" * 9999},"kejuruan"'),
}
ALL: dict[str, tuple[Forgery, list[str]]] = {
    **FORGERIES,
    **{name: (forgery, ["json"]) for name, forgery in STRANGE.items()},
    **{name: (forgery, ["schema"]) for name, forgery in UNREADABLE.items()},
}


async def newest(log: EmbeddedLog, path: str) -> Envelope:
    """The last event of the alignment that stands there."""
    subject = f"alignment/{path.split('/')[3]}"
    found = [
        envelope
        async for batch in log.read(TOPIC, 0, 0, (await log.ends(TOPIC))[0])
        for envelope in (read(place.record) for place in batch)
        if envelope.subject == subject
    ]
    return found[-1]


@pytest.mark.timeout(300)
async def test_whatever_the_service_forges_is_named_at_its_place(tmp_path: Path) -> None:
    async with desk_of(tmp_path) as desk:
        paths = {name: await desk.need() for name in ALL}
    log = EmbeddedLog(tmp_path / "log.sqlite")
    await log.open()
    wanted = []
    for name, (forgery, codes) in ALL.items():
        records = forgery(Forger(desk, await newest(log, paths[name])))
        (*_, last) = await log.send(TOPIC, records)
        wanted += [(last.offset, code, name) for code in codes]
    history = KeyHistory(read_roots(desk.keys.trust))
    report = await Verification(log, SERVICES.values(), history, None).run()
    await export(log, TOPICS, tmp_path / "bundle", desk.keys.trust)
    await log.close()
    names = {offset: name for offset, _, name in wanted}
    found = [(p.offset, p.code, names.get(p.offset, p.why)) for p in report.problems]
    assert sorted(found) == sorted(wanted)
    # The verifier in a bundle knows no events; what is no JSON for one is none for the other.
    theirs = standalone.verify(tmp_path / "bundle")["problems"]  # type: ignore[no-untyped-call]
    assert sorted((offset, code) for _, _, offset, code, _ in theirs) == sorted(
        (offset, "json" if code == "schema" else code) for offset, code, _ in wanted
    )
