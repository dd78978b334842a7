"""Events of a partner: a ministry training centre (BPVP) that lends."""

from shared.events.base import Count, Text
from shared.events.partners.owner import PartnersEvent
from shared.events.partners.values import Zone
from shared.events.values import Agency, Item, Kejuruan


class PartnerRegistered(PartnersEvent):
    """A centre joined the network, with the fields (kejuruan) in which it can help."""

    unit: Text
    city: Text
    agency: Agency
    fields: tuple[Kejuruan, ...]
    capacity: Count
    timezone: Zone


class PartnerUpdated(PartnersEvent):
    """The centre's fields or capacity have changed."""

    fields: tuple[Kejuruan, ...]
    capacity: Count


class SpareEquipmentListed(PartnersEvent):
    """The equipment that the centre could lend now; this replaces an earlier list."""

    items: tuple[Item, ...]
