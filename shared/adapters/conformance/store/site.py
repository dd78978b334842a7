"""The place of one test's database, and the fixtures that every theme of the suite uses."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path

import pytest
import pytest_asyncio

from shared.adapters.conformance.features import StoreFeatures, skip_without
from shared.adapters.conformance.server import Server
from shared.kernel.ports import Store


class StoreSite(ABC):
    """An empty database of the adapter's own; make a new one for every test.

    `features` are the adapter's; `server` is what a `remote` adapter's test may stop and start.
    """

    features: StoreFeatures
    server: Server | None = None

    @abstractmethod
    def maker(self) -> Callable[[], Store]:
        """Return a function that makes a store on this database, not open.

        Each call makes a connection of its own. For `survives_kill` it must be picklable.
        """

    def store(self) -> Store:
        return self.maker()()

    def unreachable(self) -> Store:
        """Return a store that cannot be opened, for `persistent` adapters."""
        raise NotImplementedError

    def files(self) -> Iterable[Path]:
        """Yield all files of the database, for adapters that `forget`."""
        raise NotImplementedError


@pytest.mark.asyncio
class StoreSuite:
    """Fixtures over `site`, which the adapter's test class or module must provide."""

    @pytest.fixture(autouse=True)
    def _skip_what_the_adapter_lacks(self, request: pytest.FixtureRequest, site: StoreSite) -> None:
        skip_without(request, site.features)

    @pytest_asyncio.fixture
    async def store(self, site: StoreSite) -> AsyncIterator[Store]:
        """Yield an open store."""
        store = site.store()
        await store.open()
        yield store
        await store.close()

    @pytest_asyncio.fixture
    async def other(self, site: StoreSite, store: Store) -> AsyncIterator[Store]:
        """Yield a second connection, as another replica has; the same one where it is
        not `shared`.
        """
        if not site.features.shared:
            yield store
            return
        other = site.store()
        await other.open()
        yield other
        await other.close()
