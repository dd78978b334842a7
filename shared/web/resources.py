"""Resources: the collaborators that a service's routes and use cases may use."""

from collections.abc import Callable
from dataclasses import dataclass, field

from shared.events.base import Catalogue
from shared.eventsourcing.command_handler import CommandHandler
from shared.eventsourcing.tallies import Tallies
from shared.kernel.ports import Clock, Store
from shared.kernel.settings import Settings
from shared.privacy.pseudonyms import Pseudonyms
from shared.privacy.service_keys import ServiceKeys


@dataclass(frozen=True, kw_only=True)
class Resources:
    """The parts of one running service that answer requests.

    `source` is the URN of the agency that runs it. `ready` tells whether it serves: before and
    after, requests are answered with 503.
    """

    name: str
    source: str
    settings: Settings
    catalogue: Catalogue
    store: Store
    command_handler: CommandHandler
    keys: ServiceKeys
    pseudonyms: Pseudonyms
    clock: Clock
    ready: Callable[[], bool]
    tallies: Tallies = field(default_factory=Tallies)
