"""The agencies that take part, by the short name of their key files, and which service each runs.

This is read from the published language alone: no service's rules are loaded.
"""

from collections.abc import Mapping

from shared.events import equipment, partners, registration
from shared.kernel.topology import Owner

CENTRES = ("bekasi", "bandung", "makassar", "semarang", "medan")


# Names for people of the agencies that run a service.
TITLES: Mapping[str, str] = {
    "registration": "BLK Paser",
    "equipment": "Kemenaker",
    "partners": "Jejaring BPVP",
}
OWNERS: Mapping[str, Owner] = {
    published.SERVICE: Owner(
        service=published.SERVICE,
        topic=published.TOPIC,
        source=published.OWNER,
        events=published.EVENTS,
    )
    for published in (registration, equipment, partners)
}
# Which agency runs which service.
RUNS: Mapping[str, str] = {name: owner.source for name, owner in OWNERS.items()}
# Each agency has a root key; a centre of the ministry runs no service.
AGENCIES: Mapping[str, str] = {
    urn.rpartition(":")[2]: urn
    for urn in (*RUNS.values(), *(f"urn:sinergi:bpvp-{centre}" for centre in CENTRES))
}
