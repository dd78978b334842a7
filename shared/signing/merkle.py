"""Merkle trees as RFC 9162 section 2.1 hashes them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

EMPTY = sha256(b"").digest()


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
        """Return the inclusion proof of one leaf, from its sibling upwards."""
        path = []
        for level in self._levels[:-1]:
            sibling = index ^ 1
            if sibling < len(level):
                path.append(level[sibling])
            index >>= 1
        return path


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that an inclusion proof leads to (RFC 9162 section 2.1.3.2).

    None when the proof does not have the form that this index and size demand.
    """
    return root_from_leaf_hash(leaf_hash(leaf), index, size, path)


def root_from_leaf_hash(hash_: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """As `root_from_path`, for whoever has hashed the leaf's data: a hash that came from elsewhere
    may be an inner node's."""
    if not 0 <= index < size:
        return None
    first, second, result = index, size - 1, hash_
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


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Return whether the new tree begins with the leaves of the old one (RFC 9162 section 2.1.4.2).

    Every tree begins with the empty one, whose root is `EMPTY`.
    """
    if not 0 <= old_size <= new_size:
        return False
    if old_size in (0, new_size):
        root = new_root if old_size else EMPTY
        return not path and old_root == root
    nodes = list(path)
    if old_size & (old_size - 1) == 0:
        nodes.insert(0, old_root)
    if not nodes:
        return False
    first, second = old_size - 1, new_size - 1
    while first & 1:
        first >>= 1
        second >>= 1
    old = new = nodes[0]
    for node in nodes[1:]:
        if second == 0:
            return False
        if first & 1 or first == second:
            old, new = node_hash(node, old), node_hash(node, new)
            while not first & 1 and first:
                first >>= 1
                second >>= 1
        else:
            new = node_hash(new, node)
        first >>= 1
        second >>= 1
    return second == 0 and old == old_root and new == new_root


class Range(NamedTuple):
    """The leaves at start <= index < end: a subtree of a proof."""

    start: int
    end: int

    def nodes(self) -> Iterator[tuple[int, int]]:
        """Yield the complete subtrees that it is made of, as (level, index), the largest first."""
        start = self.start
        while start < self.end:
            level = (self.end - start).bit_length() - 1
            yield level, start >> level
            start += 1 << level


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Return the subtrees whose roots prove one leaf of a tree, from the leaf upwards."""
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    found: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            found.append(Range(middle, end))
            end = middle
        else:
            found.append(Range(start, middle))
            start = middle
    return found[::-1]


def consistency_ranges(old: int, size: int) -> list[Range]:
    """Return the subtrees whose roots prove that a tree begins with the first `old` of
    its leaves.
    """
    if not 0 <= old <= size:
        raise ValueError(f"a tree of {size} has no earlier tree of {old}")
    if old in (0, size):
        return []
    found: list[Range] = []
    start, end = 0, size
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            found.append(Range(middle, end))
            end = middle
        else:
            found.append(Range(start, middle))
            start = middle
    # Who verifies holds the root of the whole old tree, but not of a part of it.
    if start:
        found.append(Range(start, end))
    return found[::-1]


def _split(size: int) -> int:
    """Return the largest power of two below the size."""
    return 1 << ((size - 1).bit_length() - 1)


def join(subtrees: Sequence[bytes]) -> bytes:
    """Return the root over complete subtrees, the largest and leftmost first; `EMPTY` over none."""
    if not subtrees:
        return EMPTY
    result = subtrees[-1]
    for left in subtrees[-2::-1]:
        result = node_hash(left, result)
    return result


Node = Callable[[int, int], bytes]


def path_of(ranges: Iterable[Range], node: Node) -> list[bytes]:
    """Return a proof's hashes, made of complete subtrees' roots by (level, index)."""
    return [join([node(level, index) for level, index in part.nodes()]) for part in ranges]


class Frontier:
    """A tree that only grows, kept as the roots of its complete subtrees, the largest first."""

    def __init__(self, state: bytes = bytes(8)) -> None:
        self.size = int.from_bytes(state[:8], "big")
        self._subtrees = [state[at : at + 32] for at in range(8, len(state), 32)]
        if len(self._subtrees) != self.size.bit_count():
            raise ValueError(f"not the state of a tree of {self.size}")

    @property
    def state(self) -> bytes:
        """The bytes from which a new Frontier goes on."""
        return b"".join((self.size.to_bytes(8, "big"), *self._subtrees))

    @property
    def root(self) -> bytes:
        return join(self._subtrees)

    def append(self, hash_: bytes) -> Sequence[bytes]:
        """Add a leaf's hash; the subtrees that it completes, level by level, itself the first."""
        completed = [hash_]
        size = self.size
        while size & 1:
            hash_ = node_hash(self._subtrees.pop(), hash_)
            completed.append(hash_)
            size >>= 1
        self._subtrees.append(hash_)
        self.size += 1
        return completed


class Levels:
    """A tree that only grows, with all its complete subtrees in memory: 64 bytes a leaf."""

    def __init__(self) -> None:
        self._frontier = Frontier()
        self._levels: list[bytearray] = []

    @property
    def size(self) -> int:
        return self._frontier.size

    def append(self, hash_: bytes) -> None:
        for level, node in enumerate(self._frontier.append(hash_)):
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += node

    def node(self, level: int, index: int) -> bytes:
        """Return the root of a complete subtree. Raises IndexError for one that is not complete."""
        found = bytes(self._levels[level][index * 32 : index * 32 + 32])
        if not found:
            raise IndexError(f"there is no node {index} at level {level}")
        return found

    def root(self, size: int) -> bytes:
        """Return the root of the tree when it had this size."""
        return join([self.node(*place) for place in Range(0, size).nodes()])

    def inclusion(self, index: int, size: int) -> list[bytes]:
        return path_of(inclusion_ranges(index, size), self.node)

    def consistency(self, old: int, size: int) -> list[bytes]:
        return path_of(consistency_ranges(old, size), self.node)
