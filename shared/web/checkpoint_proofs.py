"""Routes by which anybody checks checkpoints, and other agencies' logs ask to be witnessed."""

from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, NamedTuple

from fastapi import FastAPI
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from shared.events.base import Count
from shared.events.described import described
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
_NOTE = (
    "urn:sinergi:blk-paser/registration.events/0\n118\n"
    "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=\n\n— urn:sinergi:blk-paser koQo...\n"
)


OriginText = Annotated[
    str,
    described(
        en="the signed log: the agency, the topic and the partition",
        id="catatan yang ditandatangani: instansi, topik dan partisi",
        example="urn:sinergi:blk-paser/registration.events/0",
    ),
]
Size = Annotated[
    Count,
    described(en="how many records the tree has", id="jumlah catatan di pohon", example=118),
]
Hash = Annotated[
    str,
    described(
        en="a hash (SHA-256), base64",
        id="hash (SHA-256), base64",
        example="n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
    ),
]
Path = Annotated[
    list[Hash],
    described(en="the hashes that prove it, in order", id="hash pembuktinya, berurutan"),
]


class CheckpointOfPartition(BaseModel):
    """The newest checkpoint of a partition, and the newest that each witness has cosigned."""

    origin: OriginText
    size: Size
    note: Annotated[
        str,
        described(
            en="the signed note with all cosignatures of this size (C2SP signed-note)",
            id="catatan bertanda tangan dengan semua tanda tangan saksi (C2SP signed-note)",
            example=_NOTE,
        ),
    ]
    cosigned: Annotated[
        dict[str, str],
        described(
            en="for each witness, the newest note that it has cosigned",
            id="untuk setiap saksi, catatan terbaru yang ditandatanganinya",
            example={"urn:sinergi:kemenaker": _NOTE},
        ),
    ]


class Checkpoints(BaseModel):
    """The newest signed checkpoint of each partition."""

    items: Annotated[
        list[CheckpointOfPartition],
        described(en="a checkpoint for each partition", id="satu untuk setiap partisi"),
    ]


class InclusionProof(BaseModel):
    """That a leaf is part of the tree (RFC 9162 section 2.1.3); hashes in base64."""

    origin: OriginText
    offset: Annotated[Count, described(en="the record's offset", id="offset catatan", example=17)]
    size: Size
    leaf: Annotated[Hash, described(en="the hash of the leaf", id="hash daun")]
    path: Path
    root: Annotated[Hash, described(en="the hash of the tree", id="hash pohon")]


class ConsistencyProof(BaseModel):
    """That a tree begins with an earlier one (RFC 9162 section 2.1.4); hashes in base64."""

    origin: OriginText
    old: Annotated[
        Count,
        described(en="the size of the earlier tree", id="ukuran pohon sebelumnya", example=97),
    ]
    size: Size
    path: Path
    old_root: Annotated[
        Hash, described(en="the hash of the earlier tree", id="hash pohon sebelumnya")
    ]
    root: Annotated[Hash, described(en="the hash of the tree", id="hash pohon")]


Partition = Annotated[
    Count, described(en="the partition of the topic", id="partisi topik", example=0)
]
_Newest = Annotated[
    Count | None,
    described(
        en="the size of the tree; the newest signed one unless given",
        id="ukuran pohon; yang terbaru bila tidak diisi",
        unit="1",
        example=118,
    ),
]


class InclusionQuery(BaseModel):
    """Of which record, in which tree."""

    partition: Partition
    offset: Annotated[Count, described(en="the record's offset", id="offset catatan", example=17)]
    size: _Newest = None


class ConsistencyQuery(BaseModel):
    """From which tree to which."""

    partition: Partition
    since: Annotated[
        Count,
        Field(alias="from"),
        described(en="the size of the earlier tree", id="ukuran pohon sebelumnya", example=97),
    ]
    to: _Newest = None


class Signed(NamedTuple):
    """The signed topic of a service: whose it is, and where its trees are kept."""

    source: str
    topic: str
    store: Store


def add_proofs(app: FastAPI, api: Api, signed: Signed, by: Witness) -> None:
    """Add the routes of proofs, open to everybody, since they show only hashes."""
    anybody = tuple(Role)

    async def checkpoints(ask: RequestContext) -> Checkpoints:
        """Return the newest checkpoint of each partition, with its witnesses' cosignatures."""
        return Checkpoints(items=[item async for item in _newest(signed.store)])

    async def inclusion(ask: RequestContext) -> InclusionProof:
        """Return a proof (RFC 9162) that a record is in the signed tree of a size."""
        origin, newest = await _asked(signed, ask.query)
        size = number(ask.query, "size", newest, newest)
        offset = number(ask.query, "offset", None, size - 1)
        tiles = Tiles(signed.store, origin.log)
        return InclusionProof(
            origin=str(origin),
            offset=offset,
            size=size,
            leaf=_base64(await tiles.leaf(offset)),
            path=[_base64(h) for h in await tiles.path(inclusion_ranges(offset, size))],
            root=_base64(await tiles.root(size)),
        )

    async def consistency(ask: RequestContext) -> ConsistencyProof:
        """Return a proof (RFC 9162) that the tree of one size begins with that of a smaller one."""
        origin, newest = await _asked(signed, ask.query)
        size = number(ask.query, "to", newest, newest)
        old = number(ask.query, "from", None, size)
        tiles = Tiles(signed.store, origin.log)
        return ConsistencyProof(
            origin=str(origin),
            old=old,
            size=size,
            path=[_base64(h) for h in await tiles.path(consistency_ranges(old, size))],
            old_root=_base64(await tiles.root(old)),
            root=_base64(await tiles.root(size)),
        )

    async def witness(request: Request) -> Response:
        return await _witness(by, await read_bytes(request, _MOST_BODY))

    api.query(
        "/v1/checkpoints", anybody, checkpoints, "How far each partition is signed",
        Checkpoints, public=True,
        indonesian="Titik periksa terbaru setiap partisi, dengan tanda tangan para saksi.",
    )  # fmt: skip
    api.query(
        "/v1/proofs/inclusion", anybody, inclusion, "That a record is in the signed tree",
        InclusionProof, public=True, parameters=InclusionQuery,
        indonesian="Bukti (RFC 9162) bahwa suatu catatan ada di pohon yang ditandatangani.",
    )  # fmt: skip
    api.query(
        "/v1/proofs/consistency", anybody, consistency, "That a signed tree only grew",
        ConsistencyProof, public=True, parameters=ConsistencyQuery,
        indonesian="Bukti (RFC 9162) bahwa suatu pohon hanya bertambah.",
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
    """Return the partition, and up to where it is signed."""
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
