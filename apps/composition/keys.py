"""Changes of keys, each signed by the agency's root: published, replaced, revoked."""

from pathlib import Path
from typing import TypedDict

from apps.composition.key_folder import KeyFolder, authorised, plain
from shared.events.base import Event
from shared.events.keys import TOPIC, KeyRetired, KeyRevoked, Use
from shared.kernel.clock import system_clock
from shared.kernel.ports import Log, LogRecord
from shared.signing.cloudevents import read
from shared.signing.key_history import KeyHistory, key_records
from shared.signing.keys import BadKey, Signer, make_key, read_key
from shared.signing.record_codec import unpack_records
from shared.signing.trust_store import Sizes, read_roots


class ListedKey(TypedDict):
    """A key as the log tells it: from which tree sizes of each topic to which it counts."""

    keyid: str
    agency: str
    use: Use | None
    state: str
    since: Sizes
    until: Sizes | None
    reason: str


async def publish(folder: KeyFolder, log: Log) -> int:
    """Send the announced keys that the log lacks; return their number.

    Raises BadKey, Unavailable."""
    try:
        announced = unpack_records(folder.announcements.read_bytes())
    except FileNotFoundError:
        return 0
    history = KeyHistory(read_roots(folder.trust))
    await history.refresh(log)
    ours = KeyHistory(history.roots)
    missing = []
    for offset, record in enumerate(announced):
        ours.take(LogRecord(TOPIC, 0, offset, record))
        envelope = read(record)
        if envelope.sequence > history.head(envelope.source)[0]:
            missing.append(record)
    if ours.problems:
        raise BadKey(f"{folder.announcements}: {ours.problems[0].why}")
    if missing:
        await log.send(TOPIC, missing)
    return len(missing)


async def change(
    folder: KeyFolder,
    log: Log,
    agency: str,
    use: Use,
    sizes: Sizes,
    path: Path,
    revoke: str | None = None,
) -> str:
    """Put a new key in the place of the agency's current one of this use; return its id.

    The old one ends, and the new one begins, at these tree sizes of all topics. With `revoke`, the
    reason, the old one is not retired but revoked. A change that was interrupted is finished.
    Raises BadKey, Unavailable.
    """
    history = KeyHistory(read_roots(folder.trust))
    await history.refresh(log)
    draft = path.with_name(f"{path.name}.next")
    make_key(draft)
    fresh = Signer(read_key(draft))
    if history.trust.key(fresh.keyid) is None:
        old = Signer(read_key(path)).keyid
        known = history.trust.key(old)
        if known is None or known.agency != agency or known.end == "revoked":
            raise BadKey(f"{path} holds no key of {agency} that could be replaced")
        ends: list[Event] = []
        if revoke is not None:
            ends = [KeyRevoked(keyid=old, until=plain(sizes), reason=revoke)]
        elif known.until is None:
            ends = [KeyRetired(keyid=old, until=plain(sizes))]
        await _say(folder, log, history, agency, [*ends, authorised(fresh, use, sizes)])
    draft.replace(path)
    return fresh.keyid


async def revoke(folder: KeyFolder, log: Log, keyid: str, sizes: Sizes, reason: str) -> None:
    """Revoke a key that no service uses any more, such as one that was rotated away.

    Raises BadKey, Unavailable.
    """
    history = KeyHistory(read_roots(folder.trust))
    await history.refresh(log)
    key = history.trust.key(keyid)
    if key is None:
        raise BadKey(f"no agency has a key {keyid}: `sinergi keys list` shows them")
    if key.end == "revoked":
        raise BadKey(f"the key {keyid} was revoked before: {key.reason}")
    event = KeyRevoked(keyid=keyid, until=plain(sizes), reason=reason)
    await _say(folder, log, history, key.agency, [event])


async def _say(
    folder: KeyFolder, log: Log, history: KeyHistory, agency: str, events: list[Event]
) -> None:
    root = Signer(read_key(folder.root(agency)))
    if history.roots.agency(root.keyid) != agency:
        raise BadKey(f"{folder.root(agency)} is not the root key that {folder.trust} pins")
    records = key_records(root, agency, events, history.head(agency), system_clock)
    await log.send(TOPIC, records)


async def listed(folder: KeyFolder, log: Log) -> list[ListedKey]:
    """Return every key as the log tells it. Raises BadKey when its key history does not hold."""
    history = KeyHistory(read_roots(folder.trust))
    await history.refresh(log)
    if history.problems:
        raise BadKey(f"the keys on the log do not hold: {history.problems[0].why}")
    return [
        {
            "keyid": key.keyid,
            "agency": key.agency,
            "use": key.use,
            "state": key.end or "valid",
            "since": key.since,
            "until": key.until,
            "reason": key.reason,
        }
        for key in history.trust.listed()
    ]


async def tree_sizes(log: Log, topics: tuple[str, ...]) -> Sizes:
    """Return the number of records that each partition has now."""
    ends = {topic: await log.ends(topic) for topic in topics}
    return {t: {str(p): end for p, end in partitions.items()} for t, partitions in ends.items()}
