"""A key replaced by another one: the agency's service is drained first, so that the log tells what
the old key has signed."""

from contextlib import ExitStack

from services.agencies import AGENCIES
from services.key_folder import KeyFolder
from services.keys import change, tree_sizes
from services.rebuild import send_pending
from services.system import SERVICES, TOPICS, data_lock, make_log
from shared.keys import BadKey
from shared.settings import Settings


async def rotate_service(
    settings: Settings, folder: KeyFolder, name: str, revoked: str | None
) -> str:
    """The new key's id. The service must be stopped; its pending commits are sent first.

    `revoked` is why the old one must not be believed any more; None: its time is over. Raises
    BadKey, Busy, Unavailable.
    """
    with ExitStack() as stack:
        if settings.embedded_log or settings.embedded_stores:
            stack.enter_context(data_lock(settings.data))
        log = make_log(settings)
        await log.open()
        try:
            path = settings.key_file or folder.service(name)
            if not path.with_name(f"{path.name}.next").exists():
                await send_pending(settings, name, log)
            sizes = await tree_sizes(log, TOPICS)
            return await change(folder, log, SERVICES[name].source, "events", sizes, path, revoked)
        finally:
            await log.close()


async def rotate_desk(
    settings: Settings, folder: KeyFolder, agency: str, revoked: str | None
) -> str:
    """The id of the new key for what the agency asks of others. Raises BadKey, Unavailable."""
    if agency not in AGENCIES:
        known = ", ".join((*SERVICES, *AGENCIES))
        raise BadKey(f"there is no {agency}: take one of {known}, or the id of an earlier key")
    log = make_log(settings)
    await log.open()
    try:
        urn = AGENCIES[agency]
        sizes = await tree_sizes(log, TOPICS)
        return await change(folder, log, urn, "acts", sizes, folder.desk(urn), revoked)
    finally:
        await log.close()
