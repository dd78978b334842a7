"""Merkle trees as RFC 9162 section 2.1 hashes them."""

from collections.abc import Sequence
from hashlib import sha256


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree over the given leaf data, at least one."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        if not leaves:
            raise ValueError("a tree needs a leaf")
        level = [leaf_hash(leaf) for leaf in leaves]
        self._levels = [level]
        while len(level) > 1:
            # A last node without a sibling moves up unchanged: the same tree as the RFC's split
            # at the largest power of two.
            pairs = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
            level = pairs + level[len(pairs) * 2 :]
            self._levels.append(level)

    @property
    def root(self) -> bytes:
        return self._levels[-1][0]

    def path(self, index: int) -> list[bytes]:
        """The inclusion proof of one leaf, from its sibling upwards."""
        path = []
        for level in self._levels[:-1]:
            sibling = index ^ 1
            if sibling < len(level):
                path.append(level[sibling])
            index >>= 1
        return path


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that an inclusion proof leads to (RFC 9162 section 2.1.3.2).

    None when the proof does not have the form that this index and size demand.
    """
    if not 0 <= index < size:
        return None
    first, second, result = index, size - 1, leaf_hash(leaf)
    for sibling in path:
        if second == 0:
            return None
        if first & 1 or first == second:
            result = node_hash(sibling, result)
            while not first & 1 and first:
                first >>= 1
                second >>= 1
        else:
            result = node_hash(result, sibling)
        first >>= 1
        second >>= 1
    return result if second == 0 else None
