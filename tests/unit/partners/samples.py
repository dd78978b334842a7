"""Facts to start from: a partner, and a request for what the ministry did not grant."""

from datetime import UTC, datetime

from services.partners.domain.partner import PartnerOutline
from services.partners.domain.support import OpenSupport
from shared.events.partners import PartnerRegistered, SupportRequested
from shared.events.values import Item
from tests.unit.given import BLK, MAKASSAR

NEEDED = (Item(item="smaw-machine", quantity=3), Item(item="helmet", quantity=4))
MAKASSAR_JOINED = PartnerRegistered(
    unit="BPVP Makassar",
    city="Makassar",
    agency=MAKASSAR,
    fields=("las",),
    capacity=64,
    timezone="WITA",
)
WELDERS = PartnerOutline(partner="makassar", agency=MAKASSAR, fields=("las",))
SEMARANG = PartnerOutline(
    partner="semarang", agency="urn:sinergi:bpvp-semarang", fields=("las", "menjahit")
)
OPEN = OpenSupport(
    kind="equipment", kejuruan="las", items=NEEDED, proposal="p1", for_agency=BLK, days=14
)
EXPIRES = datetime(2022, 7, 19, 16, 0, tzinfo=UTC)
REQUESTED = SupportRequested(
    kind="equipment",
    kejuruan="las",
    for_agency=BLK,
    proposal="p1",
    items=NEEDED,
    expires=EXPIRES,
)
