"""The parts that several policies use."""

from shared.signing.cloudevents import Envelope


def stream_id(envelope: Envelope) -> str:
    """Return the id of the stream that the event is of."""
    return envelope.subject.partition("/")[2]
