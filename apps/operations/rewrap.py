"""Persons' keys put under the current wrapping key; events are not touched."""

from apps.composition.system import key_files
from apps.operations.stopped import stopped
from shared.kernel.ports import Store
from shared.kernel.settings import Settings
from shared.privacy.key_wrapping import Wrapping, read_wrapping, write_wrapping
from shared.privacy.vault import PERSON_KEYS, rewrapped

_PAGE = 1000


async def rewrap(settings: Settings, name: str, *, new: bool) -> int:
    """Put persons' keys under the current wrapping key; return the number of those that changed.

    With `new`, a new wrapping key is made first.

    The file holds the earlier keys until none is needed any more, so every person's key can be
    unwrapped at any time, and what was cut off is finished by calling this again. The service must
    be stopped. Raises BadKey, BadSetting, Busy, Unavailable.
    """
    async with stopped(settings, name) as store:
        path = key_files(settings, name).wrapping
        wrapping = read_wrapping(path)
        if new:
            wrapping = wrapping.with_new()
            write_wrapping(path, wrapping)
        count = await _all(store, wrapping)
        write_wrapping(path, wrapping.current())
    return count


async def _all(store: Store, wrapping: Wrapping) -> int:
    count, after = 0, ""
    while page := await store.scan_private(PERSON_KEYS, after, _PAGE):
        after = next(reversed(page))
        changed = {
            person: (kept, fresh)
            for person, kept in page.items()
            if (fresh := rewrapped(kept, wrapping)) is not None
        }
        await store.replace_private(PERSON_KEYS, changed)
        count += len(changed)
    return count
