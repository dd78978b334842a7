"""The agencies that take part, by the short name of their key files; each has a root key."""

from collections.abc import Mapping

from services.equipment.agency import MINISTRY
from services.partners.agency import NETWORK
from services.registration.agency import BLK_PASER

CENTRES = ("bekasi", "bandung", "makassar", "semarang", "medan")
AGENCIES: Mapping[str, str] = {
    urn.rpartition(":")[2]: urn
    for urn in (BLK_PASER, MINISTRY, NETWORK, *(f"urn:sinergi:bpvp-{c}" for c in CENTRES))
}
# Which agency runs which service.
RUNS: Mapping[str, str] = {
    "registration": BLK_PASER,
    "equipment": MINISTRY,
    "partners": NETWORK,
}
