"""Retention: how long the data of persons are kept after their last file has ended."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import BaseModel

from services.registration.projections.retention import ENDS, FILES
from shared.events.described import described
from shared.events.values import wita_day
from shared.eventsourcing.projections import Part, parts_of
from shared.kernel.ports import Store
from shared.kernel.settings import BadSetting


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
    store: Store, rules: Mapping[str, int], today: date
) -> list[tuple[str, ErasablePerson]]:
    """Return the persons whose data need be kept no longer, by id.

    What has no rule is kept; so is everybody with a file that has not ended.
    """
    persons: dict[str, list[EndedFile | None]] = {}
    async for file, _, part in parts_of(store, FILES, ""):
        persons.setdefault(str(part["person"]), []).append(_ended(file, part, rules))
    found = []
    for person, files in sorted(persons.items()):
        ended = [file for file in files if file is not None]
        until = max((file.keep_until for file in ended), default="")
        if len(ended) == len(files) and until < str(today):
            kind, _, id_ = ended[0].file.partition("/")
            found.append((person, ErasablePerson(whom={kind: id_}, kept_until=until, files=ended)))
    return found


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
