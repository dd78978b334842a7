"""The place of one test's log, and the fixtures that every theme of the suite uses."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import uuid4

import pytest
import pytest_asyncio

from shared.adapters.conformance.features import LogFeatures, skip_without
from shared.adapters.conformance.server import Server
from shared.kernel.ports import Log

Opener = Callable[[], Awaitable[Log]]


class LogSite(ABC):
    """A log of the adapter's own. It may hold other tests' topics; each test makes its own.

    `features` are the adapter's; `server` is what a `remote` adapter's test may kill and start.
    """

    features: LogFeatures
    server: Server | None = None

    @abstractmethod
    def maker(self) -> Callable[[], Log]:
        """Return a function that makes a log, not open.

        Each call makes a connection of its own. For `survives_kill` it must be picklable.
        """

    def log(self) -> Log:
        return self.maker()()


@pytest.mark.asyncio
class LogSuite:
    """Fixtures over `site`, which the adapter's test class or module must provide."""

    @pytest.fixture(autouse=True)
    def _skip_what_the_adapter_lacks(self, request: pytest.FixtureRequest, site: LogSite) -> None:
        skip_without(request, site.features)

    @pytest.fixture
    def features(self, site: LogSite) -> LogFeatures:
        return site.features

    @pytest_asyncio.fixture
    async def another(self, site: LogSite) -> AsyncIterator[Opener]:
        """Open the log once more, as another process would; the same where it is not `shared`."""
        opened: list[Log] = []

        async def make() -> Log:
            if opened and not site.features.shared:
                return opened[0]
            log = site.log()
            await log.open()
            opened.append(log)
            return log

        yield make
        for log in opened:
            await log.close()

    @pytest_asyncio.fixture
    async def log(self, another: Opener) -> Log:
        """Return an open log."""
        return await another()

    @pytest_asyncio.fixture
    async def topic(self, log: Log) -> str:
        """Return an empty topic."""
        topic = f"topic-{uuid4().hex}"
        await log.create_topics([topic])
        return topic
