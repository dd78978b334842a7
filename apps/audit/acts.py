"""Acts of other agencies in a service's events, held against what those agencies signed."""

from apps.audit.index import Index, Table
from shared.events.acts import ACTS
from shared.events.base import Event
from shared.kernel.ports import LogRecord
from shared.signing.attestation import BadAct, check_event, check_signature
from shared.signing.cloudevents import Envelope
from shared.signing.trust_store import TrustStore, Untrusted


class Acts:
    """Checks each; an act counts once at the place that it was signed for."""

    def __init__(self, trust: TrustStore, index: Index) -> None:
        self._trust = trust
        self._ids: Table[bytes] = index.table("acts", lambda _, body: body, bytes)
        self.count = 0

    def check(self, place: LogRecord, envelope: Envelope, event: Event, prevhash: str) -> None:
        """Check the act that the event holds, if it holds one. Raises BadAct.

        `prevhash` is that of the first event of the commit."""
        rule = ACTS.get(type(event))
        if rule is None:
            return
        act = check_event(envelope, event, prevhash, rule)
        attestation = event.attestation  # type: ignore[attr-defined]
        check_signature(attestation, act, self._trust)
        try:
            keyid = attestation.signatures[0].keyid
            self._trust.speaker(keyid, "acts", place.topic, place.partition, place.offset)
        except Untrusted as error:
            raise BadAct(error.code, str(error)) from error
        name = f"{act.agency} {act.id} {act.act} {act.stream}/{act.expected}"
        if (earlier := self._ids.get(name)) is not None:
            raise BadAct("reused", f"{act.id} was used before, by {earlier.decode()}")
        self._ids.put(name, envelope.id.encode())
        self.count += 1
