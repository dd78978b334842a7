"""Retention: how long the data of persons are kept after their last file has ended."""

from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime, timedelta
from typing import Annotated

import orjson
from pydantic import BaseModel

from services.registration.projections.retention import ENDS, FILES, PERSON_FILES
from shared.events.described import described
from shared.events.values import wita_day
from shared.eventsourcing.projections import Part, ordered_parts, part_key
from shared.kernel.ports import Store, in_turns
from shared.kernel.settings import BadSetting

# Ended files that are looked at for one page, and read at once.
_LOOK, _READ = 500, 50


class EndedFile(BaseModel):
    """A file that has ended, and until when its data are kept."""

    file: Annotated[
        str,
        described(
            en="the file's stream",
            id="aliran berkas",
            example="application/0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
        ),
    ]
    ended: Annotated[str, described(en="how it ended", id="cara berakhir", example="declined")]
    ended_on: Annotated[
        str, described(en="the day it ended", id="hari berakhir", example="2022-07-05")
    ]
    keep_days: Annotated[
        int, described(en="for how long it is kept", id="lama disimpan", unit="d", example=365)
    ]
    keep_until: Annotated[
        str,
        described(en="the last day it is kept", id="hari terakhir disimpan", example="2023-07-05"),
    ]


class ErasablePerson(BaseModel):
    """A person whose data need be kept no longer."""

    whom: Annotated[
        dict[str, str],
        described(
            en="one of their files, as a request to erase names it",
            id="salah satu berkasnya, untuk permintaan penghapusan",
            example={"application": "0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05"},
        ),
    ]
    kept_until: Annotated[
        str,
        described(
            en="the last day that any is kept", id="hari terakhir disimpan", example="2023-07-05"
        ),
    ]
    files: Annotated[list[EndedFile], described(en="all of their files", id="semua berkasnya")]


def rules_of(text: str) -> Mapping[str, int]:
    """Return the days that data are kept after each kind of end.

    The text is as in "declined=365,completed=1825". Raises BadSetting.
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
    store: Store, rules: Mapping[str, int], today: date, limit: int, after: str = ""
) -> tuple[list[ErasablePerson], str | None]:
    """Return a page of the persons whose data need be kept no longer, and the next one's `after`.

    They come in the order of how and when their last file to be kept ended. What has no rule is
    kept; so is everybody with a file that has not ended. Only so many ended files are looked at:
    a page may have fewer persons, or none, and yet a next one.
    """
    found: list[ErasablePerson] = []
    seen = 0
    for end in sorted(rules):
        if f"{end} " < after and not after.startswith(f"{end} "):
            continue
        async for order, person, last in _past(store, end, rules, today, after):
            seen += 1
            each = await _person(store, person, last, rules)
            if each is not None:
                found.append(each)
            if len(found) == limit or seen == _LOOK:
                return found, order
    return found, None


async def _past(
    store: Store, end: str, rules: Mapping[str, int], today: date, after: str
) -> AsyncIterator[tuple[str, str, EndedFile]]:
    """Yield order, person and file of those that ended so and need be kept no longer."""
    while page := await ordered_parts(store, FILES, f"{end} ", after, _READ):
        async for order, file, _, part in in_turns(page):
            ended = _ended(file, part, rules)
            if ended is None or ended.keep_until >= str(today):
                return  # as all that ended later
            yield order, str(part["person"]), ended
        after = page[-1].order


async def _person(
    store: Store, person: str, last: EndedFile, rules: Mapping[str, int]
) -> ErasablePerson | None:
    """Return the person if this is the one of their files that is kept longest, and all ended."""
    rows = await store.scan(PERSON_FILES.table, f"{person}/")
    files = [row.key.rpartition(" ")[2] for row in rows if row.body is not None]
    parts = await store.get(FILES.table, [part_key(file, file) for file in files])
    ended = []
    for file in files:
        row = parts.get(part_key(file, file))
        each = _ended(file, orjson.loads(row.body), rules) if row and row.body else None
        if each is None or (each.keep_until, each.file) > (last.keep_until, last.file):
            return None
        ended.append(each)
    kind, _, id_ = last.file.partition("/")
    return ErasablePerson(whom={kind: id_}, kept_until=last.keep_until, files=ended)


def _ended(file: str, part: Part, rules: Mapping[str, int]) -> EndedFile | None:
    """Return the file and the day until which it is kept; None while there is no such day."""
    ended = part.get("ended")
    if ended is None or str(ended) not in rules:
        return None
    since, days = wita_day(datetime.fromisoformat(str(part["since"]))), rules[str(ended)]
    return EndedFile(
        file=file,
        ended=str(ended),
        ended_on=str(since),
        keep_days=days,
        keep_until=str(since + timedelta(days=days)),
    )
