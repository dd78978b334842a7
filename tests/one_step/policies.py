"""The library's policies."""

from shared.eventsourcing.policies import AnyPolicy

POLICIES: tuple[AnyPolicy, ...] = ()
