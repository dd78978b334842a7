from typing import Any

import pytest

from services.partners.domain.partner import (
    DECIDER,
    ListSpareEquipment,
    Partner,
    RegisterPartner,
    UpdatePartner,
)
from shared.events.partners.partner import PartnerUpdated, SpareEquipmentListed
from shared.eventsourcing.decider import Command
from shared.eventsourcing.refusal import Refused
from tests.unit.given import BLK, MAKASSAR, given
from tests.unit.partners.samples import MAKASSAR_JOINED, NEEDED, WELDERS

UPDATE = UpdatePartner(fields=("las", "listrik"), capacity=80)
UPDATED = PartnerUpdated(fields=("las", "listrik"), capacity=80)
SPARE = ListSpareEquipment(items=NEEDED)
LISTED = SpareEquipmentListed(items=NEEDED)


def register(**changes: Any) -> RegisterPartner:
    return RegisterPartner(**{**dict(MAKASSAR_JOINED), **changes})


def test_a_partner_is_registered_once() -> None:
    given(DECIDER).when(register()).then(MAKASSAR_JOINED)
    given(DECIDER, MAKASSAR_JOINED).when(register()).refused("already-registered")


@pytest.mark.parametrize("fields", [(), ("las", "las")])
def test_fields_are_named_and_named_once(fields: tuple[str, ...]) -> None:
    given(DECIDER).when(register(fields=fields)).refused("fields", "fields", 422)
    update = UpdatePartner(fields=fields, capacity=1)
    given(DECIDER, MAKASSAR_JOINED).when(update, agency=MAKASSAR).refused("fields", "fields", 422)


def test_a_partner_says_what_it_can_help_with() -> None:
    outcome = given(DECIDER, MAKASSAR_JOINED).when(UPDATE, agency=MAKASSAR).then(UPDATED)
    assert (outcome.state.fields, outcome.state.capacity) == (UPDATED.fields, 80)
    given(DECIDER, MAKASSAR_JOINED, UPDATED).when(UPDATE, agency=MAKASSAR).refused("unchanged")


def test_a_later_list_of_spare_equipment_replaces_an_earlier_one() -> None:
    given(DECIDER, MAKASSAR_JOINED).when(SPARE, agency=MAKASSAR).then(LISTED)
    again = given(DECIDER, MAKASSAR_JOINED, LISTED)
    again.when(SPARE, agency=MAKASSAR).refused("unchanged")
    none_left = again.when(ListSpareEquipment(items=()), agency=MAKASSAR)
    assert none_left.then(SpareEquipmentListed(items=())).state.spare == ()
    twice = ListSpareEquipment(items=(NEEDED[0], NEEDED[0]))
    again.when(twice, agency=MAKASSAR).refused("repeated-item", "items.1.item", 422)


@pytest.mark.parametrize("command", [UPDATE, SPARE])
def test_only_for_oneself_and_only_when_registered(command: Command) -> None:
    given(DECIDER, MAKASSAR_JOINED).when(command, agency=BLK).refused("not-yours", status=403)
    given(DECIDER).when(command, agency=MAKASSAR).refused("not-found", status=404)


def test_an_offer_takes_a_snapshot() -> None:
    assert given(DECIDER, MAKASSAR_JOINED).state.outline("makassar") == WELDERS
    with pytest.raises(Refused, match="unknown-partner"):
        Partner().outline("makassar")
