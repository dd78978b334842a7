"""The suite for adapters of the Store port."""

from shared.adapters.conformance.features import StoreFeatures
from shared.adapters.conformance.store.appending import Appending
from shared.adapters.conformance.store.lasting import Lasting
from shared.adapters.conformance.store.leases import Leases
from shared.adapters.conformance.store.models import Models
from shared.adapters.conformance.store.outages import Outages
from shared.adapters.conformance.store.private import Private
from shared.adapters.conformance.store.reading import Reading
from shared.adapters.conformance.store.rows import Rows
from shared.adapters.conformance.store.scanning import Scanning
from shared.adapters.conformance.store.sending import Sending
from shared.adapters.conformance.store.site import StoreSite

__all__ = ["StoreConformance", "StoreFeatures", "StoreSite"]


class StoreConformance(
    Appending, Reading, Sending, Rows, Scanning, Private, Leases, Lasting, Outages, Models
):
    """Every promise of the Store port.

    Subclass it as `TestMyStore` and give it a fixture `site` that returns a StoreSite.
    """
