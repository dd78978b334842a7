"""Invented people, places and papers that the samples of all agencies are made of."""

from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256, shake_256
from typing import Literal

from shared.events.base import Event
from shared.events.registration.values import Place
from shared.events.values import (
    Attestation,
    Certificate,
    Document,
    EntryRules,
    Item,
    ProgrammeContent,
    Ranking,
    Reason,
    Signature,
)


@dataclass(frozen=True)
class Sample:
    """An event, the stream it belongs to, and what kind of cause led to it."""

    subject: str
    event: Event
    sequence: int = 1
    by: Literal["request", "event", "timer", "root"] = "request"


# As an act's is: nobody has signed this one.
ATTESTATION = Attestation(
    payload=b64encode(b'{"act":"invented"}').decode(),
    payloadType="application/vnd.sinergi.act.v1+json",
    signatures=(Signature(keyid="0" * 32, sig=b64encode(bytes(64)).decode()),),
    body=b64encode(b"{}").decode(),
)


def id_of(subject: str) -> str:
    return subject.partition("/")[2]


def sealed(what: str) -> str:
    """As long and as unreadable as the real thing; there is nobody behind it."""
    return urlsafe_b64encode(shake_256(what.encode()).digest(220)).rstrip(b"=").decode()


def paper(kind: str) -> Document:
    digest = sha256(f"sample of {kind}".encode()).hexdigest()
    return Document(kind=kind, sha256=digest, media_type="application/pdf")


OTHER = "application/3f1b0c44-8a5e-8f19-b6d2-71c09e4a5d38"
INSTRUCTOR = "instructor/01890a5f-4d2b-7e90-8c17-b3a65f0d9e21"
CONSIGNMENT = "consignment/018b6a90-3c5d-7f12-9e84-2d7b0a1c6f53"
HOME = "64.01.04"
CERTIFICATE = "BLK-PSR-2023-LAS-7K3Q9D"
SUPPORT = "support/5a0e7c31-94bd-8d26-a1f8-6c3e9b7d2045"
AGREEMENT = "agreement/018a11c2-5d0e-7a94-b3f6-80c47e21d95b"
ALIGNMENT = "alignment/01890a59-2e77-7c08-9b41-5fd3a6e80c12"
PERSON = "01890a60-7b1c-7d33-9f52-e4c8a06b1d97"
MAKASSAR = "urn:sinergi:bpvp-makassar"
TITLE, SKKNI = "Plate welder SMAW 3G UP/PF", "SKKNI 98-2018"
WELDER = Item(item="mesin-las-smaw", quantity=8)
HELMET = Item(item="helm-las", quantity=16)
ENTRY = EntryRules(min_education="smp", max_age=35)
RANKING: Ranking = ("priority", "score", "written", "registration")
CONTENT = ProgrammeContent(
    title=TITLE,
    kejuruan="las",
    skkni=SKKNI,
    hours=480,
    local_potential="Workshops of the palm oil mills and the coal terminals hire welders.",
    tna_reference="TNA-2023-07",
    entry=ENTRY,
    equipment=(WELDER, HELMET),
    instructors=1,
    ranking=RANKING,
    min_attendance=80,
)
METHODOLOGY = Certificate(number="MET.000.004213 2021", valid_until=date(2024, 11, 30))
COMPETENCY = Certificate(number="C 24029 7212 4 0001874 2022", valid_until=date(2025, 3, 31))
REGISTERED = datetime(2023, 7, 3, 1, 42, 7, 250_000, tzinfo=UTC)
CLAIM_BY = datetime(2023, 7, 18, 16, 0, tzinfo=UTC)
ANSWER_BY = datetime(2023, 7, 21, 16, 0, tzinfo=UTC)
STARTS, ENDS = date(2023, 7, 21), date(2023, 9, 29)
GOOD = Reason(
    rule="selected",
    params={"rank": 1, "priority": True, "ranking": ("priority", "score")},
    version=1,
)
WAIT = Reason(
    rule="waiting-list", params={"rank": 19, "priority": False, "ranking": ("score",)}, version=1
)


def place(subject: str, rank: int) -> Place:
    return Place(
        application=id_of(subject), rank=rank, priority=True, score=171, registered_at=REGISTERED
    )
