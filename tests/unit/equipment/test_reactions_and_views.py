from services.equipment.domain.consignment import ReceiveSupport
from services.equipment.reactions import REACTIONS
from services.equipment.views import VIEWS
from shared.events.partners import SupportFulfilled
from shared.events.registration import ApplicationDeclined
from shared.events.values import Item
from shared.reactions import Do
from tests.unit.given import BLK, MINISTRY, envelope
from tests.unit.registration.samples import REGISTERED

FULFILLED = SupportFulfilled(
    offer=2,
    kind="equipment",
    kejuruan="las",
    partner="makassar",
    for_agency=BLK,
    proposal="p1",
    items=(Item(item="smaw-machine", quantity=3),),
)


def test_each_fulfilled_offer_of_equipment_is_a_consignment() -> None:
    (reaction,) = REACTIONS
    command = ReceiveSupport(
        kejuruan="las",
        receiver=BLK,
        items=FULFILLED.items,
        partner="makassar",
        proposal="p1",
        offer=2,
    )
    assert list(reaction.do(envelope("support/p1", MINISTRY), FULFILLED)) == [
        Do("consignment/p1.2", command)
    ]


def test_other_support_is_not() -> None:
    (reaction,) = REACTIONS
    seats = FULFILLED.model_copy(update={"kind": "seats"})
    assert list(reaction.do(envelope("support/p1"), seats)) == []


def test_demand_counts_each_application_in_its_field_and_district_until_declined() -> None:
    (demand,) = VIEWS
    declined = ApplicationDeclined(intake="i1", kejuruan="las", kecamatan="64.01.04", reasons=())
    place = envelope("application/a1")
    assert list(demand.keys(place, REGISTERED)) == ["las/64.01.04"]
    assert list(demand.keys(place, declined)) == ["las/64.01.04"]
    counted = demand.fold(None, place, REGISTERED)
    assert counted == {"status": "counted"}
    assert demand.fold(counted, place, declined) == {"status": "declined"}
