"""The ledger of seats: who is offered one, who waits, who has one. Pure; an intake keeps it.

`ranked` is the ranking, best first, as the selection drew it up; everybody in it is in exactly one
of: offered (with a deadline), seated, waiting, reserve, gone.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from shared.events.base import Value
from shared.events.registration.values import Place


class Ledger(Value):
    quota: int = 0
    waiting_list: int = 0
    ranked: tuple[Place, ...] = ()
    offered: Mapping[str, datetime] = {}
    seated: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    reserve: tuple[str, ...] = ()

    def free(self) -> int:
        """Seats that nobody has or is offered."""
        return self.quota - len(self.seated) - len(self.offered)

    def places(self, applications: Sequence[str]) -> tuple[Place, ...]:
        """Their places, best first."""
        wanted = set(applications)
        return tuple(place for place in self.ranked if place.application in wanted)

    def next_lapse(self) -> datetime | None:
        """Return when the first offer that nobody has claimed ends."""
        return min(self.offered.values(), default=None)

    def lapsed(self, now: datetime) -> tuple[str, ...]:
        return tuple(name for name, claim_by in self.offered.items() if claim_by <= now)


def divide(
    ranked: Sequence[Place], quota: int, waiting_list: int
) -> tuple[tuple[Place, ...], tuple[Place, ...], tuple[Place, ...]]:
    """Return who is offered a seat, who is on the waiting list, who is in reserve."""
    waits = quota + waiting_list
    return tuple(ranked[:quota]), tuple(ranked[quota:waits]), tuple(ranked[waits:])


def promotion(ledger: Ledger) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return whom the free seats are offered to, and who moves up to the waiting list,
    best first. Whoever waits without a place in the ranking is passed over.
    """
    placed = {place.application for place in ledger.ranked}
    queue = tuple(name for name in (*ledger.waiting, *ledger.reserve) if name in placed)
    promoted = queue[: max(ledger.free(), 0)]
    left = queue[len(promoted) :]
    waits = left[: ledger.waiting_list]
    return promoted, tuple(name for name in waits if name in ledger.reserve)


# What each event does to it.


def selected(
    ledger: Ledger,
    offered: Sequence[Place],
    waiting: Sequence[Place],
    reserve: Sequence[Place],
    claim_by: datetime,
) -> Ledger:
    return ledger.model_copy(
        update={
            "ranked": (*offered, *waiting, *reserve),
            "offered": {place.application: claim_by for place in offered},
            "waiting": tuple(place.application for place in waiting),
            "reserve": tuple(place.application for place in reserve),
        }
    )


def without(ledger: Ledger, applications: Sequence[str]) -> Ledger:
    """They have no seat, no offer and no place in the queue any more."""
    gone = set(applications)
    return ledger.model_copy(
        update={
            "offered": {name: by for name, by in ledger.offered.items() if name not in gone},
            "seated": tuple(name for name in ledger.seated if name not in gone),
            "waiting": tuple(name for name in ledger.waiting if name not in gone),
            "reserve": tuple(name for name in ledger.reserve if name not in gone),
        }
    )


def promoted(
    ledger: Ledger, offered: Sequence[Place], waiting: Sequence[Place], claim_by: datetime
) -> Ledger:
    names = [place.application for place in offered]
    rising = [place.application for place in waiting]
    queue = {*names, *rising}
    return ledger.model_copy(
        update={
            "offered": {**ledger.offered, **dict.fromkeys(names, claim_by)},
            "waiting": tuple(name for name in (*ledger.waiting, *rising) if name not in names),
            "reserve": tuple(name for name in ledger.reserve if name not in queue),
        }
    )


def granted(ledger: Ledger, application: str) -> Ledger:
    return ledger.model_copy(
        update={
            "offered": {name: by for name, by in ledger.offered.items() if name != application},
            "seated": (*ledger.seated, application),
        }
    )
