"""Acts over HTTP: what an agency asks for under its own signature, and nothing that it did not."""

import asyncio
from base64 import b64encode, urlsafe_b64encode
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from apps.composition.agencies import RUNS
from apps.composition.key_folder import KeyFolder
from apps.composition.keys import change, tree_sizes
from apps.composition.system import SERVICES, TOPICS, TOPOLOGY, key_folder
from services.partners.domain.alignment import alignment_stream
from shared.adapters.sqlite_log import EmbeddedLog
from shared.events.acts import ACTS
from shared.events.values import Attestation
from shared.kernel.settings import Settings
from shared.signing.attestation import Act, act_of, check_event, check_signature, sign
from shared.signing.cloudevents import GENESIS, read
from shared.signing.key_history import KeyHistory
from shared.signing.keys import Signer, read_key
from shared.signing.trust_store import read_roots
from shared.web.attested_requests import MAX_HEADER, header_of
from tests.scenarios.finished import Finished
from tests.scenarios.paser import Paser, key, paser, programme
from tests.toy import until

HEAD = "kepala-blk"
BLK, MINISTRY, NETWORK = RUNS["registration"], RUNS["equipment"], RUNS["partners"]
# As somebody's own program may write it: the bytes count, not what they mean.
BODY = b'{ "comment" :  "Tambah jam praktik." }\n'
NEED = {"labour_market": "Tambang mencari juru las.", "content": programme()}


@dataclass(frozen=True)
class Desk:
    """The centre's own system: it signs with its desk's key and asks the network's service."""

    system: Paser
    keys: KeyFolder

    def signer(self, agency: str = BLK) -> Signer:
        return Signer(read_key(self.keys.desk(agency)))

    async def need(self) -> str:
        """A new stream on which anybody may comment; its path."""
        opened = await self.system.said(HEAD, "partners/v1/alignments", NEED)
        return f"/v1/alignments/{opened['id']}/comments"

    async def post(self, path: str, body: bytes = BODY, **headers: str | bytes) -> httpx.Response:
        """Just this request, as the head of the centre."""
        given: Any = {
            "authorization": f"Bearer {await self.system.token(HEAD)}",
            "accept-language": "en",
            "content-type": "application/json",
        }
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.system.clients["partners"].post(path, content=body, headers=given)

    async def asked(self, path: str, id_: str, body: bytes = BODY) -> dict[str, Any]:
        """Return the statement that the service asks the caller to sign."""
        answer = await self.post(path, body, idempotency_key=id_)
        assert answer.status_code == 428, answer.text
        attest: dict[str, Any] = answer.json()["attest"]
        return attest


def act(attest: dict[str, Any], **changes: Any) -> Act:
    until_ = datetime.now(UTC) + timedelta(minutes=5)
    return Act(**{**attest, "signer": "desk-7", "not_after": until_, **changes})


@asynccontextmanager
async def desk_of(folder: Path) -> AsyncIterator[Desk]:
    async with paser(folder) as system:
        yield Desk(system, key_folder(Settings(data=folder)))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk_of(tmp_path) as running:
        yield running


async def test_an_act_is_asked_for_signed_and_kept_as_it_was_signed(desk: Desk) -> None:
    path, id_ = await desk.need(), key()
    size = await desk.system.size("partners")
    without_key = await desk.post(path)
    assert (without_key.status_code, without_key.json()["rule"]) == (428, "attestation-required")
    assert "attest" not in without_key.json()
    attest = await desk.asked(path, id_)
    stream = alignment_stream(path.split("/")[3])
    state = await desk.system.services["partners"].command_handler.head(stream)
    assert attest == {
        "act": "comment-alignment",
        "audience": NETWORK,
        "stream": str(stream),
        "expected": 1,
        "prevhash": state.hash,
        "sha256": sha256(BODY).hexdigest(),
        "agency": BLK,
        "id": id_,
    }
    assert await desk.system.size("partners") == size
    signed = sign(act(attest), BODY, desk.signer())
    first = await desk.post(path, idempotency_key=id_, attestation=header_of(signed))
    assert first.status_code == 200, first.text
    (event,) = first.json()["events"]
    assert Attestation.model_validate(event["data"]["attestation"]) == signed
    assert signed.body == b64encode(BODY).decode()
    assert event["data"]["comment"] == "Tambah jam praktik."
    again = await desk.post(path, idempotency_key=id_, attestation=header_of(signed))
    assert (again.status_code, again.content) == (first.status_code, first.content)
    anew = header_of(sign(act(await desk.asked(path, key())), BODY, desk.signer()))
    other = await desk.post(path, idempotency_key=id_, attestation=anew)
    assert other.content == first.content
    assert await desk.system.size("partners") == size + 1


@dataclass(frozen=True)
class Wrong:
    """One thing that is not as it should be, and what the service says of it."""

    status: int
    code: str
    changes: Callable[[dict[str, Any]], dict[str, Any]] = lambda attest: {}
    signer: Callable[[Desk], Signer] = lambda desk: desk.signer()


def service_key(desk: Desk) -> Signer:
    return Signer(read_key(desk.keys.service("registration")))


WRONG = {
    "another agency's key": Wrong(403, "key", signer=lambda desk: desk.signer(MINISTRY)),
    "the key of nobody": Wrong(403, "key", signer=lambda desk: Signer(b"x" * 32)),
    "the agency's key for events": Wrong(403, "key-use", signer=service_key),
    "its root": Wrong(403, "key", signer=lambda desk: Signer(read_key(desk.keys.root(BLK)))),
    "for another agency": Wrong(422, "agency", lambda attest: {"agency": MINISTRY}),
    "another stream": Wrong(422, "stream", lambda attest: {"stream": attest["stream"] + "1"}),
    "another audience": Wrong(422, "audience", lambda attest: {"audience": MINISTRY}),
    "another act": Wrong(422, "act", lambda attest: {"act": "agree-alignment"}),
    "another history": Wrong(422, "prevhash", lambda attest: {"prevhash": GENESIS}),
    "another key of the request": Wrong(422, "id", lambda attest: {"id": key()}),
}


@pytest.mark.parametrize("name", WRONG)
async def test_one_thing_that_is_wrong_is_named_and_nothing_stored(desk: Desk, name: str) -> None:
    wrong, path, id_ = WRONG[name], await desk.need(), key()
    attest = await desk.asked(path, id_)
    size = await desk.system.size("partners")
    signed = sign(act(attest, **wrong.changes(attest)), BODY, wrong.signer(desk))
    answer = await desk.post(path, idempotency_key=id_, attestation=header_of(signed))
    problem = answer.json()
    assert (answer.status_code, problem["rule"]) == (wrong.status, "attestation-invalid")
    assert [error["field"] for error in problem["errors"]] == [f"attestation.{wrong.code}"]
    assert await desk.system.size("partners") == size
    right = header_of(sign(act(attest), BODY, desk.signer()))
    assert (await desk.post(path, idempotency_key=id_, attestation=right)).status_code == 200


async def test_what_does_not_fit_the_request_or_the_hour(desk: Desk) -> None:
    path, id_ = await desk.need(), key()
    attest = await desk.asked(path, id_)
    size = await desk.system.size("partners")
    good = header_of(sign(act(attest), BODY, desk.signer()))

    async def answered(
        path: str = path, body: bytes = BODY, id_: str = id_, header: str = good
    ) -> tuple[int, str, list[str]]:
        answer = await desk.post(path, body, idempotency_key=id_, attestation=header)
        problem = answer.json()
        fields = [error["field"] for error in problem.get("errors", ())]
        return answer.status_code, problem["rule"], fields

    invalid = "attestation-invalid"
    assert await answered(body=BODY[:-1]) == (422, invalid, ["attestation.body"])
    assert await answered(id_=key()) == (422, invalid, ["attestation.id"])
    assert await answered(path=await desk.need()) == (422, invalid, ["attestation.stream"])
    ended = datetime.now(UTC) - timedelta(seconds=1)
    late = header_of(sign(act(attest, not_after=ended), BODY, desk.signer()))
    assert await answered(header=late) == (422, "attestation-late", [])
    assert await desk.system.size("partners") == size + 1  # the other stream's beginning
    await desk.system.said(HEAD, f"partners{path}", {"comment": "Lebih dulu."})
    assert (await answered())[0] == 412
    assert await desk.system.size("partners") == size + 2


def packed(attestation: Attestation, **changes: Any) -> str:
    whole = {**attestation.model_dump(exclude={"body"}), **changes}
    return urlsafe_b64encode(orjson.dumps(whole)).decode()


async def test_a_header_that_is_no_attestation(desk: Desk) -> None:
    path, id_ = await desk.need(), key()
    signed = sign(act(await desk.asked(path, id_)), BODY, desk.signer())
    two = [signature.model_dump() for signature in signed.signatures * 2]
    repeated = urlsafe_b64encode(orjson.dumps(signed.model_dump(exclude={"body"}))[:-1] + b"}")
    bad: dict[str, str | bytes] = {
        "nothing": "",
        "not base64": "*" * 40,
        "not ASCII": b"\xe9\xe9\xe9\xe9",
        "not JSON": urlsafe_b64encode(b"attestation").decode(),
        "no object": urlsafe_b64encode(b"[1]").decode(),
        "cut off": header_of(signed)[:-40],
        "too long": header_of(signed) + "=" * (MAX_HEADER - len(header_of(signed)) + 1),
        "two signatures": packed(signed, signatures=two),
        "no signature": packed(signed, signatures=[]),
        "half a signature": packed(
            signed, signatures=[{"keyid": signed.signatures[0].keyid, "sig": "AAAA"}]
        ),
        "another type": packed(signed, payloadType="application/json"),
        "no payload": packed(signed, payload="e30="),
        "a payload that is not base64": packed(signed, payload="*"),
        "more": packed(signed, more=1),
    }
    size = await desk.system.size("partners")
    for name, header in bad.items():
        answer = await desk.post(path, idempotency_key=id_, attestation=header)
        problem = answer.json()
        assert (answer.status_code, problem["rule"]) == (422, "attestation-invalid"), name
        assert [error["field"] for error in problem["errors"]] == ["attestation.form"], name
    assert await desk.system.size("partners") == size
    answer = await desk.post(path, idempotency_key=id_, attestation=repeated)
    assert answer.status_code == 200


async def test_a_desk_s_key_that_was_revoked_signs_no_more(desk: Desk) -> None:
    stolen, log = desk.signer(), desk.system.services["partners"].log
    path = await desk.need()
    sizes = await tree_sizes(log, TOPICS)
    await change(desk.keys, log, BLK, "acts", sizes, desk.keys.desk(BLK), "The laptop is gone.")
    assert desk.signer().keyid != stolen.keyid
    trust = desk.system.services["partners"].keys.trust

    async def heard() -> bool:
        found = trust.key(stolen.keyid)
        return found is not None and found.end == "revoked"

    await until(heard, "the service has heard of the revocation")
    for signer, status in ((stolen, 403), (desk.signer(), 200)):
        id_ = key()
        signed = header_of(sign(act(await desk.asked(path, id_)), BODY, signer))
        answer = await desk.post(path, idempotency_key=id_, attestation=signed)
        assert answer.status_code == status, answer.text
        if status == 403:
            (error,) = answer.json()["errors"]
            assert error["field"] == "attestation.key-revoked"
            assert "The laptop is gone." in error["detail"]


async def test_many_who_act_at_once_are_each_heard_or_told_to_sign_anew(desk: Desk) -> None:
    path = await desk.need()
    ids = [key() for _ in range(8)]
    headers = [
        header_of(sign(act(await desk.asked(path, id_)), BODY, desk.signer())) for id_ in ids
    ]
    answers = await asyncio.gather(
        *(
            desk.post(path, idempotency_key=i, attestation=h)
            for i, h in zip(ids, headers, strict=True)
        )
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 7}


async def test_every_act_of_a_whole_year_is_signed_by_who_acts(finished: Finished) -> None:
    log, history = EmbeddedLog(finished.file, readonly=True), KeyHistory(read_roots(finished.trust))
    await log.open()
    await history.refresh(log)
    found: Counter[str] = Counter()
    for topic in (definition.topic for definition in SERVICES.values()):
        async for batch in log.read(topic, 0, 0, (await log.ends(topic))[0]):
            for place in batch:
                envelope = read(place.record)
                kind = TOPOLOGY.catalogue.find(envelope.type)
                if kind is not None and kind in ACTS:
                    event = kind.of(envelope.data)
                    attestation: Attestation = event.attestation  # type: ignore[attr-defined]
                    claimed = check_event(envelope, event, envelope.prevhash, ACTS[kind])
                    assert act_of(attestation) == claimed
                    check_signature(attestation, claimed, history.trust)
                    keyid = attestation.signatures[0].keyid
                    speaker = history.trust.speaker(keyid, "acts", topic, 0, place.offset)
                    assert speaker == claimed.agency
                    found[claimed.act] += 1
    await log.close()
    assert set(found) == {rule.act for rule in ACTS.values()}
