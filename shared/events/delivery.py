"""Events about delivery itself; every service publishes them on its own topic."""

from shared.events.base import Code, Count, Event, Positive, Subject, Text, Value


class Activation(Value):
    """From which offset of each partition a reaction (in this version) runs."""

    reaction: Code
    version: Positive
    offsets: dict[str, Count]


class ReactionsActivated(Event):
    """A service began to run these reactions on a topic; earlier records only fold into views."""

    topic: Text
    activations: tuple[Activation, ...]


class EventsAcknowledged(Event):
    """A receipt: everything below these offsets has been applied, or is named as parked."""

    topic: Text
    offsets: dict[str, Count]
    reactions: dict[str, Positive]
    parked: Count


class RecordParked(Event):
    """A record could not be applied; it and every later one of its stream wait."""

    source: Text
    subject: Subject
    sequence: Positive
    topic: Text
    partition: Count
    offset: Count
    reason: Text


class RecordRedriven(Event):
    """An operator asked to apply the stream's waiting records again, in order."""

    source: Text
    subject: Subject
    sequence: Positive


class RecordDiscarded(Event):
    """An operator gave one record up: it is skipped here, live and in replay alike."""

    source: Text
    subject: Subject
    sequence: Positive
    reason: Text


EVENTS: tuple[type[Event], ...] = (
    ReactionsActivated,
    EventsAcknowledged,
    RecordParked,
    RecordRedriven,
    RecordDiscarded,
)
