"""Records as bytes, exactly, in MessagePack: for stores and logs that keep them in one column."""

from collections.abc import Sequence

import msgpack

from shared.kernel.ports import Record


def pack_records(records: Sequence[Record]) -> bytes:
    """Byte for byte: headers may repeat, be null, and need not be text."""
    packed: bytes = msgpack.packb(list(map(tuple, records)), unicode_errors="surrogateescape")
    return packed


def unpack_records(packed: bytes) -> tuple[Record, ...]:
    unpacked = msgpack.unpackb(packed, use_list=False, unicode_errors="surrogateescape")
    return tuple(Record(*record) for record in unpacked)


def leaf_data(record: Record) -> bytes:
    """Return what a record is in its partition's tree: [key, value, [[name, value], ...]], whatever
    it holds; docs/integrators.md writes the encoding down.
    """
    packed: bytes = msgpack.packb(tuple(record), unicode_errors="surrogateescape")
    return packed
