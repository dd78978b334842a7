"""A growing tree in a store: the roots of its complete subtrees, 256 a row, as C2SP tlog-tiles."""

from collections.abc import Iterable, Sequence

from shared.kernel.ports import Row, Store
from shared.signing.merkle import Frontier, Node, Range, join, path_of

TILES = "tiles"
_BITS = 8
_FULL = 32 << _BITS


def _key(log: str, level: int, index: int) -> str:
    return f"{log}/{level:02d}/{index:012d}"


def _place(level: int, index: int) -> tuple[int, int, int]:
    """Return the tile below a subtree: its level, its index, and where in it the subtree begins."""
    start = index << level % _BITS
    return level // _BITS, start >> _BITS, start % (1 << _BITS)


class LostTile(Exception):
    """A row of the tree is not there: it must be made from the log again."""


class Tiles:
    """The tree of one log, named <topic>/<partition>; only its owner lets it grow."""

    def __init__(self, store: Store, log: str) -> None:
        self._store, self._log = store, log
        self._open: dict[int, bytearray] = {}

    async def load(self, size: int) -> None:
        """Go on from a tree of this size. Raises LostTile."""
        counts = {level: size >> level * _BITS for level in range(8)}
        keys = {level: _key(self._log, level, n >> _BITS) for level, n in counts.items() if n}
        rows = await self._store.get(TILES, list(keys.values()))
        self._open = {}
        for level, key in keys.items():
            length = counts[level] % (1 << _BITS) * 32
            body = rows[key].body or b"" if key in rows else b""
            if len(body) < length:
                raise LostTile(key)
            self._open[level] = bytearray(body[:length])

    def grow(self, frontier: Frontier, leaves: Iterable[bytes]) -> list[Row]:
        """Add leaves' hashes to the frontier; the rows that this changes."""
        rows, touched = [], set()
        for leaf in leaves:
            for level, node in enumerate(frontier.append(leaf)[::_BITS]):
                tile = self._open.setdefault(level, bytearray())
                tile += node
                touched.add(level)
                if len(tile) == _FULL:
                    rows.append(self._row(level, frontier.size))
                    tile.clear()
        return [*rows, *(self._row(level, frontier.size) for level in touched if self._open[level])]

    def _row(self, level: int, size: int) -> Row:
        body = bytes(self._open[level])
        # A full tile is written at the very moment that it becomes full.
        index = ((size >> level * _BITS) - 1) >> _BITS
        return Row(TILES, _key(self._log, level, index), len(body) // 32, body)

    def newest_leaves(self) -> Sequence[bytes]:
        """Return the hashes of the leaves in the last tile that is not full."""
        tile = bytes(self._open.get(0, b""))
        return [tile[at : at + 32] for at in range(0, len(tile), 32)]

    async def path(self, ranges: Sequence[Range]) -> list[bytes]:
        """Return a proof's hashes. Raises LostTile."""
        return path_of(ranges, await self._nodes(ranges))

    async def root(self, size: int) -> bytes:
        """Return the root that the tree had when it had this size. Raises LostTile."""
        whole = Range(0, size)
        node = await self._nodes([whole])
        return join([node(*place) for place in whole.nodes()])

    async def leaf(self, index: int) -> bytes:
        """Return a leaf's hash. Raises LostTile."""
        return (await self._nodes([Range(index, index + 1)]))(0, index)

    async def _nodes(self, ranges: Sequence[Range]) -> Node:
        places = {_place(*node)[:2] for part in ranges for node in part.nodes()}
        keys = {place: _key(self._log, *place) for place in places}
        rows = await self._store.get(TILES, list(keys.values()))

        def node(level: int, index: int) -> bytes:
            tile, number, start = _place(level, index)
            row = rows.get(keys[tile, number])
            width = 1 << level % _BITS
            if row is None or row.sequence < start + width:
                raise LostTile(keys[tile, number])
            subtree = Frontier()
            for at in range(start, start + width):
                subtree.append((row.body or b"")[at * 32 : at * 32 + 32])
            return subtree.root

        return node
