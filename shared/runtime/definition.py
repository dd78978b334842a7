"""The definition of a service: its parts, before it runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shared.events.base import Event, Topic
from shared.eventsourcing.decider import AnyDecider
from shared.eventsourcing.policies import AnyPolicy
from shared.eventsourcing.projections import AnyProjection
from shared.kernel.topology import Owner
from shared.privacy.erasure import Erasure
from shared.web.resources import Resources
from shared.web.router import Api
from shared.web.worklist import Task


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One service: aggregates, policies, projections, worklist, routes.

    `source` is the URN of the agency that runs it, `title` its name for people.
    """

    name: str
    topic: Topic
    source: str
    title: str
    events: Sequence[type[Event]]
    deciders: Sequence[AnyDecider]
    policies: Sequence[AnyPolicy]
    projections: Sequence[AnyProjection]
    routes: Callable[[Resources, Api], None]
    worklist: Sequence[Task] = ()
    erasure: Callable[[Resources], Erasure] | None = None

    @property
    def all_projections(self) -> tuple[AnyProjection, ...]:
        """The service's own projections, and one for each task of its worklist."""
        return (*self.projections, *(task.projection(self.topic) for task in self.worklist))

    @property
    def owner(self) -> Owner:
        """The service as others see it."""
        return Owner(service=self.name, topic=self.topic, source=self.source, events=self.events)
