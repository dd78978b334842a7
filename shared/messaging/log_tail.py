"""The tail of a service's own topic: what of its commits has landed there without a word."""

from collections.abc import Iterable, Mapping

from shared.kernel.ports import Commit, Log, Place, Position, Store

# Marks of several replicas come in any order: so far below the highest mark may one be missing.
_BACK = 1_000


async def landed(
    topic: str, store: Store, log_: Log, commits: Iterable[Commit]
) -> dict[Place, Position]:
    """Return which of these commits the newest records of the log hold, and where they end.

    A commit's records come in order, so its last one tells of all. Raises Unavailable.
    """
    wanted = {commit.records[-1]: commit.place for commit in commits}
    marked = await store.sent_ends()
    found: dict[Place, Position] = {}
    for partition, end in (await log_.ends(topic)).items():
        start = max(marked.get(partition, -1) + 1 - _BACK, 0)
        async for batch in log_.read(topic, partition, start, end):
            for each in batch:
                if each.record in wanted:
                    found[wanted[each.record]] = Position(partition, each.offset)
    return found


async def take_back(
    topic: str, store: Store, log_: Log, given: Mapping[int, int] | None = None
) -> list[Commit]:
    """Take the marks from commits that the log no longer holds, since it became shorter.

    `given` has, per partition, the first place that the log has given again since. Return the
    commits, in order per stream. Raises Unavailable.
    """
    lost: list[Commit] = []
    ends = await log_.ends(topic)
    for partition, again in (given or {}).items():
        ends[partition] = min(again, ends[partition])
    for partition, last in (await store.sent_ends()).items():
        if (end := ends.get(partition, 0)) <= last:
            lost += await store.sent_from(partition, end)
    await store.mark_pending([commit.place for commit in lost])
    return lost
