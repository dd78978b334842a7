"""Give a policy an event that it does not handle."""

from services.registration.policies.applications import note_lapse
from shared.events.registration.seats import SeatGranted
from shared.signing.cloudevents import Envelope


def run(envelope: Envelope, granted: SeatGranted) -> None:
    note_lapse(envelope, granted)  # error: arg-type
