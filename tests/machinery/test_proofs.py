"""Proofs over HTTP fit the log; a witness answers as C2SP tlog-witness says."""

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from shared.kernel.ports import Log
from shared.runtime.application import service_app
from shared.runtime.service import Service
from shared.signing.keys import Signer
from shared.signing.merkle import EMPTY, Levels, root_from_leaf_hash, verify_consistency
from shared.transparency.checkpoints import (
    Origin,
    Published,
    leaf_hashes,
    owners_record,
    read_published,
)
from shared.transparency.signed_notes import (
    COSIGNATURE,
    Checkpoint,
    Note,
    read_checkpoint,
    read_note,
    sign_note,
)
from shared.web.authentication import Authenticator
from tests.conftest import Backend
from tests.machinery.checkpoints import SOON, WITNESS, running, soon_covered
from tests.toy import add, until


@asynccontextmanager
async def client(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    app = service_app(service, Authenticator("http://issuer.test"), "test")
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://service.test"
    ) as found:
        yield found


async def grown(log: Log, topic: str) -> tuple[int, Levels]:
    """The partition that has most records, and its tree."""
    ends = await log.ends(topic)
    partition = max(ends, key=lambda p: ends[p])
    levels = Levels()
    async for hashes in leaf_hashes(log, topic, partition, 0, ends[partition]):
        for hash_ in hashes:
            levels.append(hash_)
    return partition, levels


def hashes_of(listed: list[str]) -> list[bytes]:
    return [b64decode(text) for text in listed]


async def test_proofs_lead_to_the_signed_root(backend: Backend, log: Log) -> None:
    async with running(backend, log, **SOON) as (alpha, _), client(alpha) as asked:
        topic = alpha.definition.topic
        for stream in range(30):
            await add(alpha, f"counter/{stream}", 1)
        await soon_covered(log, topic, WITNESS)
        partition, levels = await grown(log, topic)
        size, root = levels.size, levels.root(levels.size)
        listed = (await asked.get("/v1/checkpoints")).json()["items"]
        (item,) = [i for i in listed if i["origin"].endswith(f"/{partition}")]
        note = read_note(item["note"].encode())
        assert read_checkpoint(note.text) == Checkpoint(item["origin"], size, root)
        beta = backend.world.signers[backend.world.beta.name]
        assert read_note(item["cosigned"][WITNESS].encode()).by(WITNESS, beta.public, COSIGNATURE)
        for index in range(size):
            where = {"partition": partition, "offset": index}
            found = (await asked.get("/v1/proofs/inclusion", params=where)).json()
            assert b64decode(found["leaf"]) == levels.node(0, index)
            path = hashes_of(found["path"])
            assert root_from_leaf_hash(levels.node(0, index), index, size, path) == root
            between = {"partition": partition, "from": index}
            found = (await asked.get("/v1/proofs/consistency", params=between)).json()
            path, old = hashes_of(found["path"]), levels.root(index) if index else EMPTY
            assert b64decode(found["old_root"]) == old
            assert verify_consistency(index, old, size, root, path)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("inclusion", 422),
        ("inclusion?partition=0", 422),
        ("inclusion?partition=0&offset=99999", 422),
        ("inclusion?partition=0&offset=-1", 422),
        ("inclusion?partition=0&offset=%C2%B2", 422),
        ("inclusion?partition=0&offset=0&size=99999", 422),
        ("inclusion?partition=999&offset=0", 404),
        ("consistency?partition=0&from=2&to=1", 422),
        ("consistency?partition=0", 422),
    ],
)
async def test_what_no_proof_can_be_of(backend: Backend, log: Log, path: str, status: int) -> None:
    async with running(backend, log, **SOON) as (alpha, _), client(alpha) as asked:
        for stream in range(12):
            await add(alpha, f"counter/{stream}", 1)
        await soon_covered(log, alpha.definition.topic)
        answer = await asked.get(f"/v1/proofs/{path}")
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


class Submitter:
    """An owner that has its checkpoints witnessed over HTTP, of a log that only it knows."""

    def __init__(self, asked: httpx.AsyncClient, origin: str, signer: Signer) -> None:
        self.asked, self.origin, self.signer = asked, origin, signer
        self.levels = Levels()
        for leaf in range(40):
            self.levels.append(bytes([leaf]) * 32)

    def note(self, size: int, root: bytes | None = None) -> Note:
        text = Checkpoint(self.origin, size, root or self.levels.root(size)).text
        return Note(text, (sign_note(text, self.origin, self.signer),))

    async def add(
        self, old: int, size: int, note: Note | None = None, path: list[bytes] | None = None
    ) -> httpx.Response:
        found = self.levels.consistency(old, size) if path is None else path
        lines = [f"old {old}", *(b64encode(h).decode() for h in found), "", ""]
        body = "\n".join(lines).encode() + bytes(note or self.note(size))
        return await self.asked.post("/v1/witness/add-checkpoint", content=body)


async def test_a_witness_over_http(backend: Backend, log: Log) -> None:
    world = backend.world
    # The owner itself does not run: nothing but this reaches the witness.
    beta = world.service(world.beta, backend.store(world.beta.name), log, **SOON)
    origin = f"urn:sinergi:a/{world.alpha.topic}/0"
    signer, witness = world.signers[world.alpha.name], world.signers[world.beta.name]
    async with beta.run(), client(beta) as asked:
        owner = Submitter(asked, origin, signer)

        async def accepted(old: int, size: int) -> Any:
            answer = await owner.add(old, size)
            assert answer.status_code == 200, answer.text
            note = owner.note(size)
            whole = read_note(bytes(note) + answer.content)
            assert whole.by(WITNESS, witness.public, COSIGNATURE)

        async def refused(status: int, answer: httpx.Response) -> httpx.Response:
            assert answer.status_code == status, answer.text
            return answer

        async def reads() -> bool:
            return (await owner.add(9, 5, path=[])).status_code == 400 and (
                await owner.add(9, 9, path=[])
            ).status_code == 409

        await until(reads, "the witness has read what was published before")
        await accepted(0, 5)
        await accepted(5, 5)
        await accepted(5, 17)
        stale = await refused(409, await owner.add(5, 20))
        assert stale.text == "17\n"
        assert stale.headers["content-type"] == "text/x.tlog.size"
        other = owner.note(17, bytes(32))
        await refused(409, await owner.add(17, 17, other, []))
        await refused(422, await owner.add(17, 20, path=[]))
        await refused(422, await owner.add(17, 20, owner.note(20, bytes(32))))
        await refused(400, await owner.add(17, 5, path=[]))
        await refused(403, await Submitter(asked, origin, witness).add(17, 20))
        for unknown in ("example.com/log", "urn:sinergi:b/none.events/0", "urn:sinergi:b"):
            await refused(404, await Submitter(asked, unknown, signer).add(0, 5))
        own = f"urn:sinergi:b/{world.beta.topic}/0"
        await refused(404, await Submitter(asked, own, witness).add(0, 5))
        for body in (b"", b"old 1\n", b"old x\n\n" + bytes(owner.note(5)), b"old 0\n\nno note\n"):
            await refused(400, await asked.post("/v1/witness/add-checkpoint", content=body))
        await accepted(17, 40)
    # What it promised over HTTP binds it as well, though its store be lost.
    store = backend.store(world.beta.name)
    await store.open()
    await store.clear()
    await store.delete_private("witness", [f"{origin} 17", f"{origin} 5"])
    await store.close()
    beta = world.service(world.beta, backend.store(world.beta.name), log, **SOON)
    async with beta.run(), client(beta) as asked:
        owner = Submitter(asked, origin, signer)

        async def bound() -> bool:
            answer = await owner.add(0, 5)
            assert answer.status_code in (409, 503)
            return answer.text == "40\n"

        await until(bound, "the witness has read its own cosignatures")


def test_a_published_record_is_read_as_it_was_made() -> None:
    signer = Signer(b"s" * 32)
    checkpoint = Checkpoint("urn:sinergi:a/a.events/3", 2, bytes(32))
    record = owners_record(checkpoint, signer, 1, [b"c" * 32], [b"l" * 32])
    found = read_published(record)
    origin = Origin("urn:sinergi:a", "a.events", 3)
    assert found == Published(
        found.note, origin, checkpoint, old=1, consistency=[b"c" * 32], leaves=[b"l" * 32]
    )
