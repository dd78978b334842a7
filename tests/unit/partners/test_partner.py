from typing import Any

import pytest

from services.partners.domain.partner import DECIDER, Partner, RegisterPartner
from shared.stream import Refused, Timeout
from tests.unit.given import NOW, given

from .samples import MAKASSAR_JOINED, WELDERS


def register(**changes: Any) -> RegisterPartner:
    return RegisterPartner(**{**dict(MAKASSAR_JOINED), **changes})


def test_a_partner_is_registered_once() -> None:
    given(DECIDER).when(register()).then(MAKASSAR_JOINED)
    given(DECIDER, MAKASSAR_JOINED).when(register()).refused("already-registered")


@pytest.mark.parametrize("fields", [(), ("las", "las")])
def test_fields_are_named_and_named_once(fields: tuple[str, ...]) -> None:
    given(DECIDER).when(register(fields=fields)).refused("fields", "fields", 422)


def test_an_offer_takes_a_snapshot() -> None:
    assert given(DECIDER, MAKASSAR_JOINED).state.outline("makassar") == WELDERS
    with pytest.raises(Refused, match="unknown-partner"):
        Partner().outline("makassar")


def test_a_foreign_command_is_an_illegal_step() -> None:
    given(DECIDER).when(Timeout(due=NOW)).refused("illegal-step")
