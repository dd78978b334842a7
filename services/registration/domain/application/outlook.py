"""What an application's standing means for the applicant: what comes next, and what they can do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.registration.domain.application.state import (
    UNCHECKED,
    UNDER_WAY,
    WORDS,
    Application,
    Status,
)

_NEXT: Mapping[Status, tuple[str, str]] = {
    "registered": (
        "The officers check the file; attach your papers until then.",
        "Petugas memeriksa berkas; lampirkan berkas Anda sebelum itu.",
    ),
    "correction": (
        "Correct your data or attach the papers that were asked for.",
        "Perbaiki data atau lampirkan berkas yang diminta.",
    ),
    "declined": (
        "This application has ended; see the reasons, and apply to another class.",
        "Pendaftaran ini berakhir; baca alasannya, lalu daftar pada angkatan lain.",
    ),
    "verified": (
        "Come to the written test and the interview.",
        "Ikuti tes tulis dan wawancara.",
    ),
    "scored": ("Wait for the selection.", "Tunggu hasil seleksi."),
    "offered": (
        "Re-register before the time is over, or the seat goes to the next.",
        "Lakukan daftar ulang sebelum batas waktu, atau kursi diberikan kepada yang berikutnya.",
    ),
    "waitlisted": (
        "Wait: you are offered a seat when one becomes free.",
        "Tunggu: Anda ditawari kursi bila ada yang kosong.",
    ),
    "reserve": (
        "Wait: you move up when those before you leave.",
        "Tunggu: Anda naik bila peringkat sebelum Anda keluar.",
    ),
    "claimed": ("Wait a moment for the answer.", "Tunggu sebentar jawabannya."),
    "confirmed": ("Come to the training.", "Ikuti pelatihan."),
    "lost": (
        "This application has ended; apply to another class.",
        "Pendaftaran ini berakhir; silakan mendaftar pada angkatan lain.",
    ),
    "withdrawn": (
        "This application has ended; apply to another class when you like.",
        "Pendaftaran ini berakhir; silakan mendaftar pada angkatan lain bila berminat.",
    ),
    "cancelled": (
        "The class does not take place; apply to another one.",
        "Angkatan ini tidak jadi dilaksanakan; silakan mendaftar pada angkatan lain.",
    ),
    "referred": (
        "Train at the partner's; the office tells you when and where.",
        "Ikuti pelatihan di mitra; BLK memberi tahu waktu dan tempatnya.",
    ),
    "finished": (
        "Collect your certificate, and tell us later what work you found.",
        "Ambil sertifikat Anda, dan kabari kami pekerjaan yang Anda dapat.",
    ),
}
_FAILED = (
    "You did not pass; ask at the office about another class.",
    "Anda belum lulus; tanyakan angkatan lain ke BLK.",
)


def actions(state: Application, now: datetime) -> tuple[str, ...]:
    """What the applicant can do now: names of the commands below the application's address."""
    can = []
    if state.status in UNCHECKED:
        can += ["correction", "documents"]
    if state.status == "offered" and (state.claim_by is None or now < state.claim_by):
        can.append("seat")
    if state.open_questions(now):
        can.append("referral")
    if state.status in UNDER_WAY:
        can.append("withdrawal")
    return tuple(can)


def outlook(state: Application, now: datetime) -> dict[str, Any]:
    """The applicant's own view, as JSON: nothing in it says who they are."""
    if state.status is None:
        return {}
    words, next_ = WORDS[state.status], _NEXT[state.status]
    if state.status == "finished" and not state.passed:
        next_ = _FAILED
    shown: dict[str, Any] = {
        "status": state.status,
        "standing": {"en": words[0], "id": words[1]},
        "next": {"en": next_[0], "id": next_[1]},
        "actions": list(actions(state, now)),
        "intake": state.intake,
        "kejuruan": state.kejuruan,
    }
    if state.rank is not None and state.why is not None:
        shown |= {"rank": state.rank, "why": state.why.model_dump()}
    if state.reasons:
        shown["reasons"] = [reason.model_dump() for reason in state.reasons]
    if state.points:
        shown["points"] = list(state.points)
    if state.status == "offered" and state.claim_by is not None:
        shown["claim_by"] = state.claim_by.isoformat()
    if state.starts_on is not None and state.ends_on is not None:
        shown |= {"starts_on": str(state.starts_on), "ends_on": str(state.ends_on)}
    if questions := state.open_questions(now):
        shown["referrals"] = [
            question.model_dump(mode="json", exclude={"willing"}) for question in questions.values()
        ]
    if state.partner is not None:
        shown["partner"] = state.partner
    if state.lost is not None:
        shown["lost"] = state.lost
    if state.status == "finished":
        shown |= {"passed": state.passed, "attendance": state.attendance}
    if state.certificates:
        shown["certificates"] = dict(state.certificates)
    return shown
