"""Routes by which anybody checks checkpoints, and other agencies' logs ask to be witnessed."""

from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from typing import Any, NamedTuple

from fastapi import FastAPI
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from shared.eventsourcing.refusal import Refused
from shared.kernel.ports import Store, scan_all
from shared.signing.merkle import consistency_ranges, inclusion_ranges
from shared.transparency.checkpoints import Origin
from shared.transparency.publisher import CHECKPOINTS, TREES
from shared.transparency.signed_notes import (
    BadNote,
    join_notes,
    read_checkpoint,
    read_hash,
    read_note,
    read_size,
)
from shared.transparency.tiles import Tiles
from shared.transparency.witness import COSIGNED, Declined, Witness
from shared.web.authentication import Role
from shared.web.parsing import number, read_bytes
from shared.web.request_context import RequestContext
from shared.web.router import Api

_MOST_BODY = 64 * 1024
_MOST_HASHES = 63


class CheckpointOfPartition(BaseModel):
    """The newest checkpoint of a partition, and the newest that each witness has cosigned."""

    origin: str
    size: int
    note: str
    cosigned: dict[str, str]


class Checkpoints(BaseModel):
    items: list[CheckpointOfPartition]


class InclusionProof(BaseModel):
    """That a leaf is part of the tree (RFC 9162 section 2.1.3); hashes in base64."""

    origin: str
    offset: int
    size: int
    leaf: str
    path: list[str]
    root: str


class ConsistencyProof(BaseModel):
    """That a tree begins with an earlier one (RFC 9162 section 2.1.4); hashes in base64."""

    origin: str
    old: int
    size: int
    path: list[str]
    old_root: str
    root: str


class Signed(NamedTuple):
    """The signed topic of a service: whose it is, and where its trees are kept."""

    source: str
    topic: str
    store: Store


def add_proofs(app: FastAPI, api: Api, signed: Signed, by: Witness) -> None:
    """Add the routes of proofs, open to everybody, since they show only hashes."""
    anybody = tuple(Role)

    async def checkpoints(ask: RequestContext) -> dict[str, Any]:
        items = [item async for item in _newest(signed.store)]
        return Checkpoints(items=items).model_dump()

    async def inclusion(ask: RequestContext) -> dict[str, Any]:
        origin, newest = await _asked(signed, ask.query)
        size = number(ask.query, "size", newest, newest)
        offset = number(ask.query, "offset", None, size - 1)
        tiles = Tiles(signed.store, origin.log)
        return {
            "origin": str(origin),
            "offset": offset,
            "size": size,
            "leaf": _base64(await tiles.leaf(offset)),
            "path": [_base64(h) for h in await tiles.path(inclusion_ranges(offset, size))],
            "root": _base64(await tiles.root(size)),
        }

    async def consistency(ask: RequestContext) -> dict[str, Any]:
        origin, newest = await _asked(signed, ask.query)
        size = number(ask.query, "to", newest, newest)
        old = number(ask.query, "from", None, size)
        tiles = Tiles(signed.store, origin.log)
        return {
            "origin": str(origin),
            "old": old,
            "size": size,
            "path": [_base64(h) for h in await tiles.path(consistency_ranges(old, size))],
            "old_root": _base64(await tiles.root(old)),
            "root": _base64(await tiles.root(size)),
        }

    async def witness(request: Request) -> Response:
        return await _witness(by, await read_bytes(request, _MOST_BODY))

    api.query(
        "/v1/checkpoints", anybody, checkpoints, "How far each partition is signed",
        Checkpoints, public=True,
    )  # fmt: skip
    api.query(
        "/v1/proofs/inclusion", anybody, inclusion, "That a record is in the signed tree",
        InclusionProof, public=True, numbers=("partition", "offset", "size"),
    )  # fmt: skip
    api.query(
        "/v1/proofs/consistency", anybody, consistency, "That a signed tree only grew",
        ConsistencyProof, public=True, numbers=("partition", "from", "to"),
    )  # fmt: skip
    app.add_route("/v1/witness/add-checkpoint", witness, methods=["POST"], include_in_schema=False)


async def _newest(store: Store) -> AsyncIterator[CheckpointOfPartition]:
    async for row in scan_all(store, CHECKPOINTS):
        cosigned = {
            found.key.rpartition(" ")[2]: (found.body or b"").decode()
            for found in await store.scan(COSIGNED, f"{row.key} ")
        }
        note = read_note(row.body or b"")
        same = [read_note(text.encode()) for text in cosigned.values()]
        whole = join_notes([note, *(n for n in same if n.text == note.text)])
        yield CheckpointOfPartition(
            origin=row.key, size=row.sequence, note=bytes(whole).decode(), cosigned=cosigned
        )


async def _asked(signed: Signed, query: Mapping[str, str]) -> tuple[Origin, int]:
    """The partition, and up to where it is signed."""
    partition = number(query, "partition", None, 10**6)
    origin = Origin(signed.source, signed.topic, partition)
    row = (await signed.store.get(TREES, [origin.log])).get(origin.log)
    if row is None or row.sequence == 0:
        raise Refused("not-signed", status=404, log=origin.log)
    return origin, row.sequence


def _base64(hash_: bytes) -> str:
    return b64encode(hash_).decode()


async def _witness(by: Witness, raw: bytes) -> Response:
    """https://c2sp.org/tlog-witness: cosignature lines, or why there are none."""
    head, _, note = raw.partition(b"\n\n")
    first, *proof = head.decode("ascii", "replace").split("\n")
    try:
        if not first.startswith("old ") or len(proof) > _MOST_HASHES:
            raise BadNote("the body is a line `old SIZE`, lines of hashes, a blank line, a note")
        old, hashes = read_size(first.removeprefix("old ")), [read_hash(line) for line in proof]
        opened = read_note(note)
        read_checkpoint(opened.text)
        signature = await by.add(old, hashes, opened)
    except BadNote as error:
        return PlainTextResponse(f"{error}\n", 400)
    except Declined as error:
        kind = "text/x.tlog.size" if error.status == 409 else "text/plain"
        return Response(f"{error.why}\n", error.status, {"content-type": kind})
    return PlainTextResponse(signature.line)
