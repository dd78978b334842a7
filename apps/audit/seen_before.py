"""Topics that no checkpoint covers must not be shorter than an earlier verification found them."""

from apps.audit.index import Index, Table
from shared.events.keys import TOPIC as KEYS
from shared.kernel.ports import Log
from shared.signing.stream_chains import Problem
from shared.transparency.checkpoints import TOPIC as CHECKPOINTS

_TOPICS = (KEYS, CHECKPOINTS)


class SeenBefore:
    """The numbers of records of keys and checkpoints that an earlier verification has found.

    Whoever hides a revocation hides its record."""

    def __init__(self, log: Log, index: Index) -> None:
        self._log = log
        self._sizes: Table[int] = index.table(
            "known", lambda _, body: int(body), lambda size: str(size).encode()
        )

    async def problems(self) -> list[Problem]:
        """Return a problem for each partition that is shorter now, and note the present sizes.

        Raises Unavailable.
        """
        found = []
        for topic in _TOPICS:
            for partition, end in (await self._log.ends(topic)).items():
                before = self._sizes.get(f"{topic}/{partition}") or 0
                if end < before:
                    why = f"an earlier verification has found {before} records, and there are {end}"
                    found.append(Problem(topic, partition, end, "truncated", why))
                self._sizes.put(f"{topic}/{partition}", max(end, before))
        return found
