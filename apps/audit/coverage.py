"""Coverage: how far each stream was followed, kept in the index."""

import orjson

from apps.audit.index import Index, Table
from shared.signing.stream_chains import Followed, Streams

_KEPT = 10_000


class IndexedStreams(Streams):
    """Streams of which those met lately are in memory."""

    def __init__(self, index: Index) -> None:
        super().__init__()
        self._table: Table[Followed] = index.table("streams", lambda _, body: _load(body), _dump)
        self._touched: set[str] = set()

    def __missing__(self, name: str) -> Followed:
        stream = self[name] = self._table.get(name) or Followed()
        return stream

    def touch(self, name: str) -> None:
        self._touched.add(name)

    def put(self) -> None:
        """Put the streams that have moved into the index."""
        for name in self._touched:
            stream = self[name]
            if stream.sequence:
                self._table.put(name, stream, stream.sequence)
        self._touched.clear()
        if len(self) > _KEPT:
            for name in [name for name, stream in self.items() if not stream.early]:
                del self[name]


def _dump(stream: Followed) -> bytes:
    return orjson.dumps([stream.sequence, stream.hash, stream.commit, stream.before])


def _load(body: bytes) -> Followed:
    sequence, hash_, (first, count, cause), before = orjson.loads(body)
    stream = Followed(sequence, hash_, (first, count, cause), before)
    stream.recent.append(hash_)
    return stream
