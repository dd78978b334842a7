"""The log as CloudEvents in JSON, for people with grep and for other programs."""

import asyncio
import sys

import orjson

from apps.composition.system import TOPICS, reading_log
from shared.kernel.ports import Log, LogRecord
from shared.kernel.settings import Settings
from shared.transparency.checkpoints import TOPIC as CHECKPOINTS

_PAUSE = 0.2


def cloudevent(place: LogRecord) -> dict[str, object]:
    """Return the record as a structured CloudEvents 1.0 JSON event, with its place on the log.

    Nothing is checked: what is malformed is shown as it is, in `data_base64` where it is no JSON.
    """
    shown: dict[str, object] = {}
    for name, value in place.record.headers:
        text = None if value is None else value.decode("utf-8", "backslashreplace")
        if name == "content-type":
            shown["datacontenttype"] = text
        elif name.startswith("ce_"):
            shown[name.removeprefix("ce_")] = text
    try:
        shown["data"] = orjson.loads(place.record.value or b"null")
    except orjson.JSONDecodeError:
        import base64

        shown["data_base64"] = base64.b64encode(place.record.value or b"").decode()
    shown |= {
        "kafkatopic": place.topic,
        "kafkapartition": place.partition,
        "kafkaoffset": place.offset,
    }
    return shown


async def show(settings: Settings, topic: str | None, subject: str | None, *, follow: bool) -> None:
    """Print the log, or from now on what is added to it, until interrupted."""
    async with reading_log(settings) as log:
        topics = [topic] if topic else [t for t in TOPICS if t != CHECKPOINTS]
        ends = {t: await log.ends(t) for t in topics}
        starts = ends if follow else {t: dict.fromkeys(ends[t], 0) for t in topics}
        while True:
            for name in topics:
                await _print(log, name, starts[name], ends[name], subject)
            if not follow:
                return
            await asyncio.sleep(_PAUSE)
            starts, ends = ends, {t: await log.ends(t) for t in topics}


async def _print(
    log: Log, topic: str, starts: dict[int, int], ends: dict[int, int], subject: str | None
) -> None:
    for partition, end in ends.items():
        async for batch in log.read(topic, partition, starts.get(partition, 0), end):
            for place in batch:
                shown = cloudevent(place)
                if subject in (None, shown.get("subject")):
                    sys.stdout.buffer.write(orjson.dumps(shown, option=orjson.OPT_APPEND_NEWLINE))
            sys.stdout.flush()
