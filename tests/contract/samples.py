"""One realistic, invented event of every type, from which its golden record is made.

A new event needs a line in one of the files imported here; then
`python -m tests.contract.make_golden` makes its record.
"""

from shared.events import delivery
from tests.contract import (
    samples_applicants,
    samples_classes,
    samples_equipment,
    samples_keys,
    samples_partners,
    samples_persons,
    samples_seats,
    samples_trainees,
)
from tests.contract.sampled import CONSIGNMENT, Sample
from tests.contract.wire import APPLICATION, BLK, MINISTRY, NETWORK, PROPOSAL


def _delivery(source: str, subject: str, topic: str, reaction: str) -> tuple[Sample, ...]:
    """Return a sample of each event with which a service reports on a topic it follows."""
    parked = f"parked/{source}/{subject}"
    offsets = {"0": 118, "1": 97, "2": 131}
    return (
        Sample(
            f"consumer/{topic}",
            delivery.ReactionsActivated(
                topic=topic,
                activations=(delivery.Activation(reaction=reaction, version=1, offsets=offsets),),
            ),
            by="event",
        ),
        Sample(
            f"consumer/{topic}",
            delivery.EventsAcknowledged(
                topic=topic, offsets=offsets, reactions={reaction: 1}, parked=1
            ),
            sequence=2,
            by="event",
        ),
        Sample(
            parked,
            delivery.RecordParked(
                source=source,
                subject=subject,
                sequence=3,
                topic=topic,
                partition=2,
                offset=130,
                reason=f"refused: {reaction}",
            ),
            by="event",
        ),
        Sample(
            parked,
            delivery.RecordRedriven(source=source, subject=subject, sequence=3),
            sequence=2,
        ),
        Sample(
            parked,
            delivery.RecordDiscarded(
                source=source,
                subject=subject,
                sequence=3,
                reason="Entered twice by mistake; agreed with the agency on the telephone.",
            ),
            sequence=3,
        ),
    )


SAMPLES: dict[str, tuple[str, Sample]] = {
    f"sinergi.{service}.{sample.event.name}.v{sample.event.version}": (source, sample)
    for service, source, samples in (
        ("registration", BLK, (*samples_classes.SAMPLES, *samples_seats.SAMPLES)),
        ("registration", BLK, (*samples_applicants.SAMPLES, *samples_trainees.SAMPLES)),
        ("registration", BLK, samples_persons.SAMPLES),
        ("registration", BLK, _delivery(MINISTRY, CONSIGNMENT, "equipment.events", "equip")),
        ("equipment", MINISTRY, samples_equipment.SAMPLES),
        ("equipment", MINISTRY, _delivery(BLK, APPLICATION, "registration.events", "allocate")),
        ("partners", NETWORK, samples_partners.SAMPLES),
        ("keys", BLK, samples_keys.SAMPLES),
        ("partners", NETWORK, _delivery(MINISTRY, PROPOSAL, "equipment.events", "ask-support")),
    )
    for sample in samples
}
