"""Records as bytes, exactly: for stores and logs that keep them in one column."""

from collections.abc import Sequence

from shared.ports import Record


def pack_records(records: Sequence[Record]) -> bytes:
    """Length-prefixed and exact: headers may repeat and need not be text."""
    parts: list[bytes] = []

    def add(value: bytes | None) -> None:
        parts.append((0 if value is None else len(value) + 1).to_bytes(4, "big"))
        parts.append(value or b"")

    for key, value, headers in records:
        add(key)
        add(value)
        parts.append(len(headers).to_bytes(4, "big"))
        for name, content in headers:
            add(name.encode("utf-8", "surrogateescape"))
            add(content)
    return b"".join(parts)


def unpack_records(packed: bytes) -> tuple[Record, ...]:
    place = 0

    def number() -> int:
        nonlocal place
        place += 4
        return int.from_bytes(packed[place - 4 : place], "big")

    def take() -> bytes | None:
        nonlocal place
        length = number() - 1
        if length < 0:
            return None
        place += length
        return packed[place - length : place]

    records = []
    while place < len(packed):
        key, value = take(), take()
        headers = tuple(
            ((take() or b"").decode("utf-8", "surrogateescape"), take()) for _ in range(number())
        )
        records.append(Record(key, value, headers))
    return tuple(records)
