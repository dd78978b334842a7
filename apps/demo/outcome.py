"""The state that each agency must have reached in the end, for this run alone."""

from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial

from apps.demo.answers import Parked
from apps.demo.balance import Expectation
from apps.demo.consignment import Consignment, granted_units
from apps.demo.figures import CLASSES, INSTRUCTORS, PLACES, PROGRAMMES
from apps.demo.goods import AGREED, PARTNERS
from apps.demo.graduates import Graduates
from apps.demo.intakes import Intakes
from apps.demo.network import Network
from apps.demo.programmes import Programmes
from apps.demo.proposal import Proposal
from apps.demo.support import Support
from apps.demo.year import BLK, MINISTRY, NETWORK, Year

_AGENCIES = {"registration": BLK, "equipment": MINISTRY, "partners": NETWORK}


async def parked(year: Year, service: str) -> int:
    """Count the records of this run that a service has parked."""
    rows = await year.desk.rows(Parked, "operator", service, "/v1/parked")
    return sum(year.owns(row.subject) for row in rows)


def expectations(year: Year) -> list[Expectation]:
    """Return what each agency's service must answer about what this run has made."""
    programmes, intakes, network = Programmes(year), Intakes(year), Network(year)
    proposal, consignment, support = Proposal(year), Consignment(year), Support(year)

    async def statuses(*wanted: str) -> int:
        counts = await _counts(year)
        return sum(counts[status] for status in wanted or counts)

    async def counted() -> int:
        return (await proposal.own_demand()).total()

    def of(what: str, *words: str) -> tuple[str, str, object, Callable[[], Awaitable[object]]]:
        return BLK, what, year.count(*words), partial(statuses, *words)

    everybody = sum(c.applicants for c in CLASSES)
    passed = sum(a.passed for a in year.applicants)
    rows: list[tuple[str, str, object, Callable[[], Awaitable[object]]]] = [
        (BLK, "programmes published", len(PROGRAMMES), programmes.published),
        (BLK, "instructors", len(INSTRUCTORS) + 1, programmes.appointed),
        (BLK, "classes completed", len(CLASSES), partial(intakes.with_status, "completed")),
        (BLK, "applications", everybody, statuses),
        of("declined", "declined"),
        of("waited for a seat in vain", "lost"),
        of("referred to a centre", "referred"),
        of("withdrawn", "withdrawn"),
        (BLK, "trained", PLACES * len(CLASSES), partial(statuses, "finished")),
        (BLK, "certificates", passed, Graduates(year).certified),
        (MINISTRY, "demand evidence, at least", year.standing().total(), counted),
        (MINISTRY, "proposal", "approved, in part", proposal.state),
        (
            MINISTRY,
            "consignment",
            f"commissioned, {granted_units(year.goods)} units",
            consignment.state,
        ),
        (MINISTRY, "Makassar's loan", "commissioned by support", consignment.loan_state),
        (NETWORK, "members", len(PARTNERS), network.members),
        (NETWORK, "agreements in force", len(AGREED), network.agreed),
        (NETWORK, "alignment", "aligned", programmes.alignment_state),
        *(
            (NETWORK, f"help with {kind} given", 1, partial(support.fulfilled, kind))
            for kind in year.supports
        ),
    ]
    found = [Expectation(*row) for row in rows]
    found += [
        Expectation(agency, "records parked", 0, partial(parked, year, service))
        for service, agency in _AGENCIES.items()
    ]
    return sorted(found, key=lambda e: list(_AGENCIES.values()).index(e.agency))


async def _counts(year: Year) -> Counter[str]:
    """Count the applications of all classes of each status."""
    counts: Counter[str] = Counter()
    for class_ in CLASSES:
        counts += await year.statuses(class_.kejuruan)
    return counts
