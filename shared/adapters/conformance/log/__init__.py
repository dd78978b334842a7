"""The suite for adapters of the Log port."""

from shared.adapters.conformance.features import LogFeatures
from shared.adapters.conformance.log.failing import Failing
from shared.adapters.conformance.log.outages import Outages
from shared.adapters.conformance.log.reading import Reading
from shared.adapters.conformance.log.rebalancing import Rebalancing
from shared.adapters.conformance.log.sending import Sending
from shared.adapters.conformance.log.site import LogSite
from shared.adapters.conformance.log.subscribing import Subscribing

__all__ = ["LogConformance", "LogFeatures", "LogSite"]


class LogConformance(Sending, Reading, Subscribing, Failing, Rebalancing, Outages):
    """Every promise of the Log port.

    Subclass it as `TestMyLog` and give it a fixture `site` that returns a LogSite.
    """
