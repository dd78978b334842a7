from datetime import date
from typing import Any

from services.registration.domain.certificate import (
    DECIDER,
    IssueCertificate,
    RecordCompetency,
    RevokeCertificate,
)
from shared.events.registration.certificate import (
    CertificateIssued,
    CertificateRevoked,
    CompetencyCertified,
)
from tests.unit.given import given

ISSUE = IssueCertificate(
    number="2022-las-abcdefghjk",
    application="a1",
    intake="i1",
    title="Las",
    skkni="C.24",
    kejuruan="las",
    hours=260,
)
ISSUED = CertificateIssued(issued_on=date(2022, 7, 5), **dict(ISSUE))
REVOKED = CertificateRevoked(reason="mistake")


def competency(**changes: Any) -> RecordCompetency:
    facts: dict[str, Any] = {
        "lsp": "LSP Las",
        "scheme": "3G",
        "number": "LSP-1",
        "issued_on": date(2022, 7, 5),
        "valid_until": date(2025, 7, 5),
    }
    return RecordCompetency(**{**facts, **changes})


RECORDED = CompetencyCertified(application="a1", intake="i1", **dict(competency()))


def test_issued_once_on_the_day_in_paser() -> None:
    given(DECIDER).when(ISSUE).then(ISSUED)
    given(DECIDER, ISSUED).when(ISSUE).refused("already-issued")


def test_an_lsp_certified_the_competency_too() -> None:
    given(DECIDER, ISSUED).when(competency()).then(RECORDED)
    given(DECIDER, ISSUED, RECORDED).when(competency()).refused("already-recorded")
    tomorrow = competency(issued_on=date(2022, 7, 6))
    given(DECIDER, ISSUED).when(tomorrow).refused("dates", "issued_on", 422)
    ended = competency(valid_until=date(2022, 7, 4))
    given(DECIDER, ISSUED).when(ended).refused("dates", "valid_until", 422)


def test_a_revoked_certificate_stays_revoked() -> None:
    revoke = RevokeCertificate(reason="mistake")
    given(DECIDER, ISSUED).when(revoke).then(REVOKED)
    given(DECIDER, ISSUED, REVOKED).when(revoke).refused("revoked")
    given(DECIDER, ISSUED, REVOKED).when(competency()).refused("revoked")
    given(DECIDER).when(revoke).refused("not-found", None, 404)
    given(DECIDER, ISSUED, REVOKED).when(ISSUE).refused("already-issued")
