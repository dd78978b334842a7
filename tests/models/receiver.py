"""Two partitions are applied by two replicas: positions, dead letters, rebalance, crash.

Stream s is in partition s. A record is (stream, sequence); its effect has a unique cause. Work is
computed at one moment and written later, rows before positions: in between its replica may pause,
lose the partition, and wake up. Without rules it is today's protocol.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.models.checker import Step, put

Items = tuple[tuple[int, int], ...]
# The owner retries; one lock; the stored mark decides; the owner looks at its parked rows again.
RULES = frozenset({"owner", "lock", "stored", "scan"})


class Work(NamedTuple):
    stream: int
    mark: int
    parks: Items
    drops: Items
    end: int = 0  # of a batch
    written: bool = False


class Replica(NamedTuple):
    at: tuple[int, ...]  # per partition where it reads on; -1: another's
    cache: tuple[int, ...] = (-1, -1)
    held: frozenset[int] = frozenset()
    batch: Work | None = None
    retry: Work | None = None


class State(NamedTuple):
    marks: tuple[int, ...]
    parked: frozenset[tuple[int, int]]
    ends: tuple[int, ...]
    effects: tuple[int, ...]
    replicas: tuple[Replica, ...]
    lease: int
    faults: int
    problem: str | None = None


class Receiver(NamedTuple):
    topic: tuple[Items, Items]
    rules: frozenset[str] = RULES
    faults: int = 0
    poison: Items = ()

    def initial(self) -> State:
        replicas = (Replica((0, -1)), Replica((-1, 0)))
        return State((0, 0), frozenset(), (0, 0), (0, 0), replicas, -1, self.faults)

    def broken(self, s: State) -> str | None:
        return s.problem

    def repeats(self, s: State) -> int:
        return 0

    def settled(self, s: State) -> bool:
        well = {0, 1} - {st for st, _ in self.poison}
        done = all(s.marks[st] == max((n for _, n in self.topic[st]), default=0) for st in well)
        idle = not any(r.batch or r.retry for r in s.replicas) and not any(
            st in well for st, _ in s.parked)  # fmt: skip
        return done and idle and s.ends == tuple(map(len, self.topic))

    def steps(self, s: State) -> Iterator[Step]:
        for number, r in enumerate(s.replicas):
            for label, after in self._steps(s, number, r):
                yield Step(f"{'AB'[number]} {label}", after)
            after = s
            for p in (p for p in (0, 1) if s.faults and r.at[p] >= 0):
                yield Step(f"{'AB'[number]} loses {p}", self._move(s, number, p), True)
                after = self._move(after, number, p)._replace(faults=s.faults - 1)
            if s.faults:
                held = set() if "owner" in self.rules else {st for st, _ in s.parked}
                fresh = Replica((-1, -1), held=frozenset(held))
                yield Step(f"{'AB'[number]} crashes", after._replace(
                    replicas=put(after.replicas, number, fresh), faults=s.faults - 1,
                    lease=-1 if s.lease == number else s.lease), True)  # fmt: skip

    def _move(self, s: State, number: int, p: int) -> State:
        old, new = s.replicas[number], s.replicas[1 - number]
        if "owner" in self.rules:  # loads what is parked in its partitions
            old = old._replace(held=old.held - {p})
            new = new._replace(held=new.held | {st for st, _ in s.parked if st == p})
        new = new._replace(at=put(new.at, p, s.ends[p]), cache=(-1, -1))
        pair = (old._replace(at=put(old.at, p, -1)), new)
        return s._replace(replicas=pair[:: 1 - 2 * number], faults=s.faults - 1)

    def _steps(self, s: State, number: int, r: Replica) -> Iterator[tuple[str, State]]:
        def to(r: Replica, **more: Any) -> State:
            return s._replace(replicas=put(s.replicas, number, r), **more)

        lock = "lock" in self.rules
        for kind, w in (("batch", r.batch), ("retry", r.retry)):
            if w and not w.written:
                marks = put(s.marks, w.stream, max(s.marks[w.stream], w.mark))
                written: dict[str, Any] = {kind: w._replace(written=True)}
                yield f"writes mark {w.mark}", to(r._replace(**written),
                    marks=marks, parked=s.parked | set(w.parks))  # fmt: skip
            elif w:
                over: dict[str, Any] = {kind: None}
                done = r._replace(**over, cache=put(r.cache, w.stream, w.mark),
                                  held=r.held | {st for st, _ in w.parks})  # fmt: skip
                ends = put(s.ends, w.stream, max(s.ends[w.stream], w.end))
                yield f"ends its {kind}", to(done, parked=s.parked - set(w.drops), ends=ends)
        for p in (0, 1):
            if 0 <= r.at[p] < len(self.topic[p]) and not r.batch and not (lock and r.retry):
                known = s.marks[p] if r.cache[p] < 0 else r.cache[p]
                record = self.topic[p][r.at[p] : r.at[p] + 1]
                mark, parks, after = self._apply(s, record, known, p in r.held)
                w = Work(p, mark, parks, (), r.at[p] + 1)
                yield f"gets {record}", after._replace(replicas=put(
                    s.replicas, number, r._replace(batch=w, at=put(r.at, p, w.end))))  # fmt: skip
        if "owner" in self.rules:
            found = {st for st, _ in s.parked if r.at[st] >= 0 and "scan" in self.rules}
            yield "finds what the store holds", to(r._replace(held=r.held | found))
        elif s.lease != number:
            if r.held and s.lease < 0:
                yield "takes the lease", to(r, lease=number)
            return
        elif not r.held:
            yield "gives the lease up", to(r, lease=-1)
        for st in r.held if not r.retry and not (lock and r.batch) else ():
            rows = tuple(sorted(item for item in s.parked if item[0] == st))
            known = s.marks[st] if "stored" in self.rules or r.cache[st] < 0 else r.cache[st]
            if not rows:
                yield f"lets go of {st}", to(r._replace(held=r.held - {st}))
            elif rows[0][1] <= known + 1 and rows[0] not in self.poison:
                mark, left, after = self._apply(s, rows, s.marks[st], False)
                w = Work(st, mark, (), tuple(item for item in rows if item not in left))
                yield f"tries {rows} again", after._replace(
                    replicas=put(s.replicas, number, r._replace(retry=w)))  # fmt: skip

    def _apply(self, s: State, records: Items, mark: int, held: bool) -> tuple[int, Items, State]:
        parks: Items = ()
        for st, n in records:
            if held or n > mark + 1 or (n > mark and (st, n) in self.poison):
                parks, held = (*parks, (st, n)), True
            elif n > mark:
                if n > s.effects[st] + 1:
                    s = s._replace(problem=f"{(st, n)} took effect before its predecessor")
                mark, s = n, s._replace(effects=put(s.effects, st, max(n, s.effects[st])))
        return mark, parks, s


GAP: tuple[Items, Items] = ((), ((1, 2), (1, 1), (1, 3)))
BOTH: tuple[Items, Items] = (((0, 1), (0, 2)), ((1, 2), (1, 1), (1, 2)))
