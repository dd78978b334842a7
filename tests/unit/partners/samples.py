"""Facts to start from: partners, agreements, and a request for what the ministry did not grant."""

from datetime import UTC, date, datetime

from services.partners.domain.agreement import AgreementOutline
from services.partners.domain.partner import PartnerOutline
from services.partners.domain.support.request import OpenSupport
from shared.events.partners.agreement import AgreementProposed, AgreementSigned
from shared.events.partners.instructor import InstructorListed
from shared.events.partners.partner import PartnerRegistered
from shared.events.partners.support import SupportRequested
from shared.events.partners.values import Teacher, Visit
from shared.events.values import Certificate, Document, Item
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

PROPOSED = AgreementProposed(
    partner="makassar",
    partner_agency=MAKASSAR,
    centre=BLK,
    proposed_by=BLK,
    kinds=("equipment", "instructor"),
    fields=("las",),
    starts_on=date(2022, 1, 1),
    ends_on=date(2022, 12, 31),
    number="560/12/2022",
)
SIGNED = AgreementSigned(partner="makassar", agency=MAKASSAR, signer="officer-1")
AGREEMENT_ENDS = datetime(2022, 12, 31, 16, 0, tzinfo=UTC)


def agreement_of(partner: str) -> AgreementOutline:
    """An agreement under which the partner may give every kind of support for welders."""
    return AgreementOutline(
        agreement=f"agreement-{partner}",
        partner=partner,
        centre=BLK,
        kinds=("equipment", "instructor", "seats", "curriculum"),
        fields=("las",),
        starts_on=PROPOSED.starts_on,
        ends_on=PROPOSED.ends_on,
    )


METHODOLOGY = Certificate(number="MET.1", valid_until=date(2023, 6, 30))
COMPETENCY = Certificate(number="KOM.1", valid_until=date(2023, 6, 30))
LISTED = InstructorListed(
    partner="makassar",
    agency=MAKASSAR,
    fields=("las",),
    methodology=METHODOLOGY,
    competency=COMPETENCY,
)
TEACHER = Teacher(fields=("las",), methodology=METHODOLOGY, competency=COMPETENCY)
VISIT = Visit(instructor="makassar.1", starts_on=date(2022, 8, 1), ends_on=date(2022, 8, 31))
PAPER = Document(kind="receipt", sha256="0" * 64, media_type="application/pdf")

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
