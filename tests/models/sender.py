"""Commits reach the log: replicas on one store; crashes, lost replies, pauses, lost marks.

A pause is no step of its own: a replica may stand still for any number of others' steps. Nothing
rests on a lease: anybody may sweep. A range read may miss (`torn`) what is inserted behind its
cursor. `rule`: today | local (no commit before its predecessor is known to be on the log) | relay
(commits are sent from sweeps only, by one or, while a lease changes hands, by two) | relay+local.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tests.models.checker import Step, put

Items = tuple[tuple[int, int], ...]  # (stream, sequence): commits of one event


class Replica(NamedTuple):
    heads: tuple[int, ...]  # -1: not loaded
    known: tuple[int, ...]  # up to where the log is known to hold each stream
    queue: Items = ()
    batch: Items = ()
    appended: int = 0


class State(NamedTuple):
    sent: tuple[tuple[bool, ...], ...]  # the store's commits per stream
    rows: tuple[int, ...]  # the store's state rows
    log: Items
    replicas: tuple[Replica, ...]
    late: tuple[Items, ...]  # requests given up by their sender, which may still land
    left: int  # commands
    faults: int


class Sender(NamedTuple):
    rule: str
    commands: int = 3
    faults: int = 0
    replicas: int = 2
    streams: int = 1
    torn: bool = True

    def initial(self) -> State:
        none: tuple[tuple[bool, ...], ...] = ((),) * self.streams
        fresh = Replica((-1,) * self.streams, (0,) * self.streams)
        rows = (0,) * self.streams
        return State(none, rows, (), (fresh,) * self.replicas, (), self.commands, self.faults)

    def broken(self, s: State) -> str | None:
        for stream in range(self.streams):
            first = list(dict.fromkeys(n for st, n in s.log if st == stream))
            if first != list(range(1, len(first) + 1)):
                return f"first arrivals {first}"
        return None

    def settled(self, s: State) -> bool:
        sent = {(st, n) for st, marks in enumerate(s.sent) for n in range(1, len(marks) + 1)}
        return not s.left and sent == set(s.log) and all(all(marks) for marks in s.sent)

    def repeats(self, s: State) -> int:
        return len(s.log) - len(set(s.log))

    def steps(self, s: State) -> Iterator[Step]:
        for number, r in enumerate(s.replicas):

            def to(label: str, r: Replica, fault: int = 0, n: int = number, **more: Any) -> Step:
                after = s._replace(replicas=put(s.replicas, n, r), faults=s.faults - fault)
                return Step(f"{'ABC'[n]} {label}", after._replace(**more), bool(fault))

            yield from self._command(s, r, to)
            yield from self._sending(s, r, to) if r.batch else self._choosing(s, r, to)
            if s.faults:
                late = (*s.late, r.batch[r.appended :])
                yield to("crashes", self.initial().replicas[0], 1, late=late)
        for st, marks in enumerate(s.sent if s.faults else ()):
            if any(marks):
                sent = put(s.sent, st, put(marks, max(n for n, m in enumerate(marks) if m), False))
                yield Step("a mark is lost", s._replace(sent=sent, faults=s.faults - 1), True)
        for place, items in enumerate(s.late):
            landed = s._replace(log=s.log + items[:1], late=put(s.late, place, items[1:]))
            yield Step(f"{items[:1]} lands late", landed)

    def _command(self, s: State, r: Replica, to: Callable[..., Step]) -> Iterator[Step]:
        for st, (head, marks) in enumerate(zip(r.heads, s.sent, strict=True)):
            end = len(marks)
            if head < end and s.left:
                unsent = self._pending(s, st, s.rows[st], r) if self.rule == "today" else ()
                heads = put(r.heads, st, end)
                yield to(f"loads stream {st}", r._replace(heads=heads, queue=r.queue + unsent))
            elif head == end and s.left:
                new = () if self.rule.startswith("relay") else ((st, end + 1),)
                yield to(f"commits {(st, end + 1)}", r._replace(
                    heads=put(r.heads, st, end + 1), queue=r.queue + new),
                    sent=put(s.sent, st, (*marks, False)), left=s.left - 1)  # fmt: skip
            if head > s.rows[st] and self.rule == "today":
                yield to(f"writes the state row {head}", r, rows=put(s.rows, st, head))

    def _pending(self, s: State, st: int, above: int, r: Replica) -> Items:
        unsent = [(st, n) for n, sent in enumerate(s.sent[st], 1) if n > above and not sent]
        return tuple(item for item in unsent if item not in r.queue)

    def _choosing(self, s: State, r: Replica, to: Callable[..., Step]) -> Iterator[Step]:
        def others(items: Items) -> bool:  # have them and are well: patience ends by a fault only
            have = (set(items) & {*o.queue, *o.batch} for o in s.replicas if o is not r)
            return any(have) and not self.rule.startswith("relay")

        for st in range(self.streams):
            for found in [self._pending(s, st, 0, r)[skip:] for skip in range(1 + self.torn)]:
                if found and others(found) <= s.faults:
                    yield to(f"sweeps {found}", r._replace(queue=r.queue + found), others(found))
        if "local" not in self.rule and r.queue:
            yield to(f"sends {r.queue}", r._replace(batch=r.queue, queue=()))
        for st, n in dict.fromkeys(r.queue) if "local" in self.rule else ():
            if n <= r.known[st]:  # its mark was lost, or another's sweep was late: mark, don't send
                marks = put(s.sent, st, put(s.sent[st], n - 1, True))
                queue = tuple(item for item in r.queue if item != (st, n))
                yield to(f"knows {(st, n)}", r._replace(queue=queue), sent=marks)
                continue
            marked = max((m for m in range(1, n) if s.sent[st][m - 1]), default=0)
            batch = tuple((st, m) for m in range(max(r.known[st], marked) + 1, n + 1))
            rest = tuple(item for item in r.queue if item not in batch)
            if (slow := others(batch[:-1])) <= s.faults:
                yield to(f"sends {batch}", r._replace(batch=batch, queue=rest), slow)

    def _sending(self, s: State, r: Replica, to: Callable[..., Step]) -> Iterator[Step]:
        if item := r.batch[r.appended : r.appended + 1]:
            log = s.log + item
            yield to(f"has {item} on the log", r._replace(appended=r.appended + 1), log=log)
            if s.faults:
                again = r._replace(queue=r.batch + r.queue, batch=(), appended=0)
                yield to("gives up", again, 1, late=(*s.late, r.batch[r.appended :]))
            return
        known, sent = r.known, s.sent
        for st, n in r.batch:
            known = put(known, st, max(known[st], n))
            sent = put(sent, st, put(sent[st], n - 1, True))
        yield to(f"marks {r.batch}", r._replace(batch=(), appended=0, known=known), sent=sent)
