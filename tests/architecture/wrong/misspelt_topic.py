"""Put a policy on a topic that nobody declared."""

from services.registration.policies.applications import note_lapse
from shared.eventsourcing.policies import policy

WRONG = policy(topic="registration.event")(note_lapse.react)  # error: call-overload
