"""All streams of all services in memory; every reaction runs as soon as it can."""

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from apps.composition.system import SERVICES
from shared.events.base import Event
from shared.eventsourcing.decider import AnyDecider, Input
from shared.eventsourcing.policies import AnyPolicy
from shared.eventsourcing.refusal import NotYet
from tests.unit.given import BLK, NOW, Given, envelope

E = TypeVar("E", bound=Event)


@dataclass
class World:
    """The states of all services; `happened` lists the events of each command and its reactions."""

    states: dict[tuple[str, str], Any] = field(default_factory=dict)
    sequences: Counter[tuple[str, str]] = field(default_factory=Counter)
    happened: list[tuple[str, Event]] = field(default_factory=list)

    def decider(self, service: str, stream: str) -> AnyDecider:
        kind = stream.partition("/")[0]
        return next(noun for noun in SERVICES[service].deciders if noun.kind == kind)

    def state(self, service: str, stream: str) -> Any:
        return self.states.get((service, stream), self.decider(service, stream).initial)

    def all_of(self, kind: type[E]) -> list[E]:
        """Every event of this kind, in the order in which they happened."""
        return [event for _, event in self.happened if isinstance(event, kind)]

    def do(
        self,
        service: str,
        stream: str,
        command: Input,
        *,
        agency: str = BLK,
        actor: str = "somebody",
        now: datetime = NOW,
    ) -> None:
        """The command must be decided, and so must all that follows from it."""
        todo = deque([(service, stream, command, agency, actor)])
        put_off = 0
        while todo:
            service, stream, command, agency, actor = task = todo.popleft()
            before = Given(self.decider(service, stream), self.state(service, stream))
            try:
                outcome = before.when(command, agency=agency, actor=actor, now=now)
            except NotYet:
                put_off += 1
                assert put_off <= len(todo), f"{stream} waits for ever"
                todo.append(task)
                continue
            put_off = 0
            assert outcome.refusal is None, f"{stream}: {outcome.refusal}"
            self.states[service, stream] = outcome.state
            for event in outcome.events:
                todo += self._follows(service, stream, event)

    def _follows(
        self, service: str, stream: str, event: Event
    ) -> list[tuple[str, str, Input, str, str]]:
        self.sequences[service, stream] += 1
        self.happened.append((stream, event))
        source = SERVICES[service].source
        about = envelope(stream, source, self.sequences[service, stream])
        return [
            (other.name, str(then.stream), then.command, "system", "system")
            for other in SERVICES.values()
            for reaction in other.policies
            if _hears(reaction, service, event)
            for then in reaction.react(about, event)
        ]


def _hears(reaction: AnyPolicy, service: str, event: Event) -> bool:
    return reaction.topic == SERVICES[service].topic and type(event) in reaction.on
