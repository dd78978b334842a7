"""The agencies that take part, by the short name of their key files, and which service each runs.

This is read from the published language alone: no service's rules are loaded.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.events import equipment, partners, registration
from shared.events.base import Event

CENTRES = ("bekasi", "bandung", "makassar", "semarang", "medan")


@dataclass(frozen=True, slots=True)
class Runner:
    """An agency (URN) that runs a service, its name for people, and what the service publishes."""

    source: str
    title: str
    events: tuple[type[Event], ...]


RUNNERS: Mapping[str, Runner] = {
    "registration": Runner(registration.OWNER, "BLK Paser", registration.EVENTS),
    "equipment": Runner(equipment.OWNER, "Kemenaker", equipment.EVENTS),
    "partners": Runner(partners.OWNER, "Jejaring BPVP", partners.EVENTS),
}
# Which agency runs which service.
RUNS: Mapping[str, str] = {name: runner.source for name, runner in RUNNERS.items()}
# Each agency has a root key; a centre of the ministry runs no service.
AGENCIES: Mapping[str, str] = {
    urn.rpartition(":")[2]: urn
    for urn in (*RUNS.values(), *(f"urn:sinergi:bpvp-{centre}" for centre in CENTRES))
}
