"""A key replaced by another one: what the old key has signed is sent first, so that the log tells
where its time ends."""

from apps.composition.agencies import AGENCIES, RUNS
from apps.composition.key_folder import KeyFolder
from apps.composition.keys import change, tree_sizes
from apps.composition.system import SERVICES, TOPICS, writing_log
from apps.operations.rebuild import send_pending
from shared.kernel.settings import Settings
from shared.signing.keys import BadKey


async def rotate_service(
    settings: Settings, folder: KeyFolder, name: str, revoked: str | None
) -> str:
    """Replace a stopped service's key; return the new id. Its pending commits are sent first.

    `revoked` is why the old one must not be believed any more; None: its time is over. Raises
    BadKey, Busy, Unavailable.
    """
    async with writing_log(settings) as log:
        await send_pending(settings, name, log)
        sizes = await tree_sizes(log, TOPICS)
        path = settings.key_file or folder.service(name)
        return await change(folder, log, RUNS[name], "events", sizes, path, revoked)


async def rotate_desk(
    settings: Settings, folder: KeyFolder, agency: str, revoked: str | None
) -> str:
    """Replace the key for what the agency asks of others; return the new id.

    Raises BadKey, Busy, Unavailable.

    On Kafka, the services go on meanwhile.
    """
    if agency not in AGENCIES:
        known = ", ".join((*SERVICES, *AGENCIES))
        raise BadKey(f"there is no {agency}: take one of {known}, or the id of an earlier key")
    async with writing_log(settings) as log:
        for name in SERVICES if settings.embedded_log else ():
            await send_pending(settings, name, log)
        sizes = await tree_sizes(log, TOPICS)
        urn = AGENCIES[agency]
        return await change(folder, log, urn, "acts", sizes, folder.desk(urn), revoked)
