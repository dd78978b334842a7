"""Signed events as the agencies publish them, on a log of their own."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from apps.composition.system import SERVICES, TOPOLOGY
from shared.adapters.sqlite_log import EmbeddedLog
from shared.events.base import Event
from shared.events.equipment.proposal import ProposalApproved, ReviewOverdue
from shared.events.partners.support import SupportRequested
from shared.events.registration.application import ApplicantRegistered, ApplicationVerified
from shared.kernel.ports import Record
from shared.signing.cloudevents import GENESIS, Draft, freeze, sign_group
from shared.signing.keys import Signer, read_key

NOON = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)  # 12:00 in Paser


@dataclass
class Desk:
    """Publishes signed events, each a second after the one before."""

    log: EmbeddedLog
    folder: Path
    heads: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    ticks: int = 0

    def record(
        self,
        service: str,
        event: type[Event],
        subject: str,
        cause: str = "request/r1",
        chain: str = "0199aaaa-0000-7000-8000-00000000c0de",
        signer: Signer | None = None,
    ) -> tuple[Record, str]:
        sequence, before = self.heads.get((service, subject), (0, GENESIS))
        self.ticks += 1
        key = signer or Signer(read_key(self.folder / "keys" / service / "agency.key"))
        source = SERVICES[service].source
        draft = Draft(
            source=source,
            type=TOPOLOGY.catalogue.type_of(service, event),
            subject=subject,
            time=NOON + timedelta(seconds=self.ticks),
            sequence=sequence + 1,
            first=sequence + 1,
            count=1,
            cause=cause,
            fingerprint="",
            correlation=chain,
            causation=cause,
            actor="someone",
            prevhash=before,
            data=b'{"sealed":"private-data"}',
        )
        record, digest = freeze(draft, key.keyid)
        if signer is None:
            self.heads[service, subject] = sequence + 1, digest
        (signed,) = sign_group(key, [record], [digest])
        return signed, f"{source}/{subject}/{sequence + 1}"

    async def publish(self, service: str, event: type[Event], subject: str, **more: Any) -> str:
        """The event's name across agencies."""
        record, ref = self.record(service, event, subject, **more)
        await self.log.send(SERVICES[service].topic, [record])
        return ref


async def publish_story(desk: Desk) -> None:
    """A proposal half granted, and what follows from it in another agency."""
    await desk.publish("registration", ApplicantRegistered, "application/1")
    await desk.publish("registration", ApplicationVerified, "application/1")
    await desk.publish("registration", ApplicantRegistered, "application/2")
    approved = await desk.publish("equipment", ProposalApproved, "proposal/p1")
    await desk.publish("partners", SupportRequested, "support/s1", cause=approved)
    await desk.publish(
        "equipment", ReviewOverdue, "proposal/p2", cause="timer/proposal/p2/x", chain="t"
    )
