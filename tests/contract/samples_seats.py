"""Samples of what the training centre says about the seats of a class."""

from shared.events.registration.seats import (
    CandidateEntered,
    CandidateLeft,
    CandidatesPromoted,
    IntakeOversubscribed,
    OffersLapsed,
    SeatGranted,
    SeatRefused,
    SeatsLent,
    SelectionMade,
)
from shared.events.registration.values import Candidate
from tests.contract.sampled import (
    ANSWER_BY,
    CLAIM_BY,
    ENDS,
    OTHER,
    RANKING,
    REGISTERED,
    STARTS,
    SUPPORT,
    Sample,
    id_of,
    place,
)
from tests.contract.wire import APPLICATION, INTAKE, PROGRAMME

SAMPLES = (
    Sample(
        INTAKE,
        CandidateEntered(
            candidate=Candidate(
                application=id_of(APPLICATION),
                priority=True,
                written=83,
                interview=88,
                registered_at=REGISTERED,
            )
        ),
        sequence=10,
        by="event",
    ),
    Sample(
        INTAKE,
        CandidateLeft(application=id_of(APPLICATION), had_seat=True),
        sequence=30,
        by="event",
    ),
    Sample(
        INTAKE,
        SelectionMade(
            programme=id_of(PROGRAMME),
            kejuruan="las",
            quota=16,
            candidates=24,
            ranking=RANKING,
            offered=(place(APPLICATION, 1),),
            waitlisted=(place(OTHER, 19),),
            reserve=(place("application/5b2e7d10-66c3-8a41-9d0f-2e8b714c5a60", 33),),
            claim_by=CLAIM_BY,
        ),
        sequence=27,
    ),
    Sample(
        INTAKE,
        IntakeOversubscribed(
            programme=id_of(PROGRAMME),
            kejuruan="las",
            quota=16,
            candidates=24,
            waiting=8,
            starts_on=STARTS,
            ends_on=ENDS,
        ),
        sequence=28,
    ),
    Sample(
        INTAKE,
        OffersLapsed(kejuruan="las", applications=(id_of(APPLICATION),)),
        sequence=31,
        by="timer",
    ),
    Sample(
        INTAKE,
        CandidatesPromoted(
            kejuruan="las",
            quota=16,
            candidates=24,
            ranking=RANKING,
            offered=(place(OTHER, 17),),
            waitlisted=(place("application/5b2e7d10-66c3-8a41-9d0f-2e8b714c5a60", 33),),
            claim_by=CLAIM_BY,
        ),
        sequence=32,
        by="timer",
    ),
    Sample(
        INTAKE,
        SeatGranted(application=id_of(APPLICATION)),
        sequence=29,
        by="event",
    ),
    Sample(
        INTAKE,
        SeatRefused(application=id_of(OTHER), reason="not-offered"),
        sequence=30,
        by="event",
    ),
    Sample(
        INTAKE,
        SeatsLent(
            kejuruan="las",
            support=id_of(SUPPORT),
            offer=1,
            partner="makassar",
            seats=4,
            waiting=(place(OTHER, 19),),
            answer_by=ANSWER_BY,
        ),
        sequence=33,
        by="event",
    ),
)
