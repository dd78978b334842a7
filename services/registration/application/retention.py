"""Retention: how long the data of persons are kept after their last file has ended."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from services.registration.projections.retention import ENDS, FILES
from shared.events.values import wita_day
from shared.eventsourcing.projections import Part, parts_of
from shared.kernel.ports import Store
from shared.kernel.settings import BadSetting


def rules_of(text: str) -> Mapping[str, int]:
    """For how many days after each kind of end data are kept: "declined=365,completed=1825".

    Raises BadSetting.
    """
    pairs = [part.strip().partition("=") for part in text.split(",") if part.strip()]
    for end, _, days in pairs:
        if end not in ENDS.values() or not (days.isascii() and days.isdigit()):
            raise BadSetting(
                f"SINERGI_RETENTION_DAYS: write END=DAYS,..., where END is one of"
                f" {', '.join(ENDS.values())}; {end}={days} is not"
            )
    return {end: int(days) for end, _, days in pairs}


async def erasable(
    store: Store, rules: Mapping[str, int], today: date
) -> list[tuple[str, dict[str, Any]]]:
    """The persons whose data need be kept no longer, by id, with their files and the reason.

    What has no rule is kept; so is everybody with a file that has not ended.
    """
    persons: dict[str, list[dict[str, Any]]] = {}
    async for file, _, part in parts_of(store, FILES, ""):
        persons.setdefault(str(part["person"]), []).append(_file(file, part, rules))
    found = []
    for person, files in sorted(persons.items()):
        until = [file["keep_until"] for file in files]
        if all(until) and max(until) < str(today):
            kind, _, id_ = files[0]["file"].partition("/")
            found.append((person, {"whom": {kind: id_}, "kept_until": max(until), "files": files}))
    return found


def _file(file: str, part: Part, rules: Mapping[str, int]) -> dict[str, Any]:
    """A file as the list shows it; `keep_until` is empty while there is no such day."""
    ended = part.get("ended")
    if ended is None or str(ended) not in rules:
        return {"file": file, "ended": ended, "keep_until": ""}
    since, days = wita_day(datetime.fromisoformat(str(part["since"]))), rules[str(ended)]
    return {
        "file": file,
        "ended": ended,
        "ended_on": str(since),
        "keep_days": days,
        "keep_until": str(since + timedelta(days=days)),
    }
