from services.equipment.domain.asset import DECIDER, RegisterAsset, ReleaseAsset
from shared.events.equipment.asset import AssetRegistered, AssetReleased
from tests.unit.given import given

REGISTER = RegisterAsset(consignment="c1", item="helmet")
REGISTERED = AssetRegistered(consignment="c1", item="helmet")
RELEASE = ReleaseAsset(consignment="c1")
RELEASED = AssetReleased(consignment="c1")


def test_a_number_belongs_to_one_unit() -> None:
    given(DECIDER).when(REGISTER).then(REGISTERED)
    given(DECIDER, REGISTERED).when(REGISTER).refused("asset-taken", "number")
    other = RegisterAsset(consignment="c2", item="helmet")
    given(DECIDER, REGISTERED).when(other).refused("asset-taken", "number")


def test_a_released_number_is_free_again() -> None:
    given(DECIDER, REGISTERED).when(RELEASE, agency="system").then(RELEASED)
    given(DECIDER, REGISTERED, RELEASED).when(REGISTER).then(REGISTERED)


def test_only_the_consignment_that_has_it_releases_it() -> None:
    given(DECIDER, REGISTERED).when(ReleaseAsset(consignment="c2")).then_nothing()
    given(DECIDER, REGISTERED, RELEASED).when(RELEASE).then_nothing()
    given(DECIDER).when(RELEASE).then_nothing()
