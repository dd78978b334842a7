"""Application (pendaftaran): one person and one intake, from registering to the seat."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from shared.events.base import Count, Event, Id
from shared.events.registration import (
    ApplicantRegistered,
    ApplicantScored,
    ApplicantWaitlisted,
    ApplicationDeclined,
    ApplicationVerified,
    Eligibility,
    Place,
    Quota,
    Score,
    SeatClaimed,
    SeatConfirmed,
    SeatLost,
    SeatOffered,
    SeatReason,
)
from shared.events.values import AgeBand, Education, Flag, Reason, Sealed, Sex, wita_day
from shared.stream import Command, Context, Decider, Refused, State, unexpected

from .eligibility import (
    ApplicantFacts,
    age_band,
    age_on,
    failures,
    in_priority_group,
    insist,
    weigh,
)
from .intake import IntakeOutline
from .selection import explain

DeclineReason = Literal["papers-missing", "papers-invalid", "data-untrue", "absent", "other"]

_DECLINED: dict[DeclineReason, tuple[str, str]] = {
    "papers-missing": ("Papers are missing.", "Berkas belum lengkap."),
    "papers-invalid": ("A paper is not valid.", "Ada berkas yang tidak sah."),
    "data-untrue": (
        "What was entered differs from the papers.",
        "Data yang diisi berbeda dengan berkas.",
    ),
    "absent": ("The applicant did not come.", "Pelamar tidak hadir."),
    "other": ("Declined by the officer; ask at the office.", "Ditolak petugas; tanyakan ke BLK."),
}


class RegisterApplicant(ApplicantFacts, Command):
    """Register a person for an intake, kept as it is now. What identifies them is in `sealed`."""

    intake: Id
    opened: IntakeOutline
    person: Id
    sealed: Sealed
    registered_by: Literal["applicant", "officer"] = "applicant"


class VerifyApplication(Command):
    """The papers are in order."""


class DeclineApplication(Command):
    """The application can't go on. An officer's own words are in `sealed`."""

    reason: DeclineReason
    sealed: Sealed | None = None


class ScoreApplicant(Command):
    """Marks of the written test and the interview, 0 to 100."""

    written: Score
    interview: Score


class NoteSelection(Command):
    """The selection gave this application a place."""

    place: Place
    offered: Flag
    quota: Quota
    candidates: Count


class ConfirmSeat(Command):
    """Re-register (daftar ulang) for the seat that was offered."""


class NoteSeat(Command):
    """The intake's ledger granted the seat, or did not for this reason."""

    lost: SeatReason | None = None


Status = Literal[
    "registered",
    "declined",
    "verified",
    "scored",
    "offered",
    "waitlisted",
    "claimed",
    "confirmed",
    "lost",
]
_WORDS: dict[Status, tuple[str, str]] = {
    "registered": ("registered", "terdaftar"),
    "declined": ("declined", "ditolak"),
    "verified": ("verified", "lolos pemeriksaan berkas"),
    "scored": ("scored", "sudah dinilai"),
    "offered": ("offered a seat", "ditawari kursi"),
    "waitlisted": ("on the waiting list", "dalam daftar tunggu"),
    "claimed": ("re-registering", "sedang daftar ulang"),
    "confirmed": ("in possession of a seat", "sudah mendapat kursi"),
    "lost": ("without a seat", "tidak mendapat kursi"),
}


class Application(State):
    status: Status | None = None
    intake: str = ""
    programme: str = ""
    kejuruan: str = ""
    person: str | None = None
    sealed: str | None = None
    kecamatan: str = ""
    sex: Sex | None = None
    age_band: AgeBand | None = None
    education: Education | None = None
    priority: bool = False
    eligibility: Eligibility | None = None
    registered_at: datetime | None = None
    registered_by: Literal["applicant", "officer"] | None = None
    reasons: tuple[Reason, ...] = ()
    written: int | None = None
    interview: int | None = None
    rank: int | None = None
    why: Reason | None = None


def decide(state: Application, command: Command, context: Context) -> Sequence[Event]:
    match command:
        case RegisterApplicant():
            return register(state, command, context)
        case VerifyApplication():
            _expect(state, "registered")
            return [ApplicationVerified(intake=state.intake)]
        case DeclineApplication():
            return decline(state, command)
        case ScoreApplicant():
            return score(state, command)
        case NoteSelection():
            return note_selection(state, command)
        case ConfirmSeat():
            _expect(state, "offered")
            return [SeatClaimed(intake=state.intake)]
        case NoteSeat():
            return note_seat(state, command)
        case _:
            raise unexpected(command)


def register(state: Application, command: RegisterApplicant, context: Context) -> Sequence[Event]:
    if state.status is not None:
        raise Refused(
            "already-applied",
            "This person has already applied to this intake. Follow that application instead.",
            "Orang ini sudah mendaftar pada angkatan ini. Ikuti pendaftaran yang sudah ada.",
        )
    today = wita_day(context.now)
    window_open(command.opened, today)
    insist(command, today)
    eligibility = weigh(command, command.opened.entry, today)
    registered = ApplicantRegistered(
        intake=command.intake,
        programme=command.opened.programme,
        kejuruan=command.opened.kejuruan,
        person=command.person,
        sealed=command.sealed,
        kecamatan=command.ktp_region,
        sex=command.sex,
        age_band=age_band(age_on(today, command.birth_date)),
        education=command.education,
        priority=in_priority_group(command),
        eligibility=eligibility,
        registered_at=context.now,
        registered_by=command.registered_by,
    )
    reasons = failures(eligibility)
    if not reasons:
        return [registered]
    return [
        registered,
        ApplicationDeclined(
            intake=command.intake,
            kejuruan=command.opened.kejuruan,
            kecamatan=command.ktp_region,
            reasons=reasons,
        ),
    ]


def window_open(opened: IntakeOutline, today: date) -> None:
    """Refused outside the days of registration, both ends included."""
    if today < opened.registration_opens:
        raise Refused(
            "registration-not-open",
            f"Registration for this intake opens on {opened.registration_opens}.",
            f"Pendaftaran angkatan ini dibuka pada {opened.registration_opens}.",
            field="intake",
        )
    if today > opened.registration_closes:
        raise Refused(
            "registration-closed",
            f"Registration for this intake closed on {opened.registration_closes}. "
            "Choose another intake.",
            f"Pendaftaran angkatan ini ditutup pada {opened.registration_closes}. "
            "Pilih angkatan lain.",
            field="intake",
        )


def decline(state: Application, command: DeclineApplication) -> Sequence[Event]:
    _expect(state, "registered", "verified")
    en, id_ = _DECLINED[command.reason]
    return [
        ApplicationDeclined(
            intake=state.intake,
            kejuruan=state.kejuruan,
            kecamatan=state.kecamatan,
            reasons=(Reason(rule=command.reason, en=en, id=id_),),
            sealed=command.sealed,
        )
    ]


def score(state: Application, command: ScoreApplicant) -> Sequence[Event]:
    _expect(state, "verified")
    assert state.registered_at is not None  # noqa: S101 - a verified application was registered
    return [
        ApplicantScored(
            intake=state.intake,
            priority=state.priority,
            written=command.written,
            interview=command.interview,
            registered_at=state.registered_at,
        )
    ]


def note_selection(state: Application, command: NoteSelection) -> Sequence[Event]:
    if state.status != "scored":
        return []
    why = explain(
        command.place,
        offered=command.offered,
        quota=command.quota,
        candidates=command.candidates,
    )
    noted = SeatOffered if command.offered else ApplicantWaitlisted
    return [noted(intake=state.intake, rank=command.place.rank, why=why)]


def note_seat(state: Application, command: NoteSeat) -> Sequence[Event]:
    if state.status != "claimed":
        return []
    if command.lost is None:
        return [SeatConfirmed(intake=state.intake)]
    return [SeatLost(intake=state.intake, reason=command.lost)]


def _expect(state: Application, *statuses: Status) -> None:
    if state.status is None:
        raise Refused(
            "not-found",
            "There is no such application.",
            "Pendaftaran ini tidak ada.",
            status=404,
        )
    if state.status not in statuses:
        is_en, is_id = _WORDS[state.status]
        must_en = " or ".join(_WORDS[status][0] for status in statuses)
        must_id = " atau ".join(_WORDS[status][1] for status in statuses)
        raise Refused(
            "illegal-step",
            f"The applicant is {is_en}; for this step they must be {must_en}.",
            f"Pelamar {is_id}; untuk langkah ini pelamar harus {must_id}.",
        )


def evolve(state: Application, event: Event) -> Application:
    match event:
        case ApplicantRegistered():
            return Application(
                status="registered",
                intake=event.intake,
                programme=event.programme,
                kejuruan=event.kejuruan,
                person=event.person,
                sealed=event.sealed,
                kecamatan=event.kecamatan,
                sex=event.sex,
                age_band=event.age_band,
                education=event.education,
                priority=event.priority,
                eligibility=event.eligibility,
                registered_at=event.registered_at,
                registered_by=event.registered_by,
            )
        case ApplicationDeclined():
            return state.model_copy(update={"status": "declined", "reasons": event.reasons})
        case ApplicationVerified():
            return state.model_copy(update={"status": "verified"})
        case ApplicantScored():
            return state.model_copy(
                update={
                    "status": "scored",
                    "written": event.written,
                    "interview": event.interview,
                }
            )
        case SeatOffered():
            return state.model_copy(
                update={"status": "offered", "rank": event.rank, "why": event.why}
            )
        case ApplicantWaitlisted():
            return state.model_copy(
                update={"status": "waitlisted", "rank": event.rank, "why": event.why}
            )
        case SeatClaimed():
            return state.model_copy(update={"status": "claimed"})
        case SeatConfirmed():
            return state.model_copy(update={"status": "confirmed"})
        case SeatLost():
            return state.model_copy(update={"status": "lost"})
        case _:
            return state


DECIDER = Decider(kind="application", initial=Application(), decide=decide, evolve=evolve)
