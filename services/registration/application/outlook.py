"""Outlook of an application: where it stands, what comes next, and what the applicant can do."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel

from services.registration.domain.application.standing import Status
from services.registration.domain.application.state import UNCHECKED, UNDER_WAY, Application
from services.registration.domain.intake.state import Intake
from shared.events.base import Code, Id, Instant, Positive
from shared.events.described import described
from shared.events.registration.values import Eligibility, RuleResult, RulesVersion, SeatReason
from shared.events.values import Reason
from shared.kernel.sentences import in_all


class Sentence(BaseModel):
    """One sentence for people, in both languages."""

    en: Annotated[str, described(en="in English", id="dalam bahasa Inggris", example="Pending.")]
    id: Annotated[
        str, described(en="in Indonesian", id="dalam bahasa Indonesia", example="Menunggu.")
    ]


class ToldReason(Reason):
    """A reason with its sentence in both languages."""

    en: Annotated[
        str,
        described(
            en="its sentence in English",
            id="kalimatnya dalam bahasa Inggris",
            example="Older than 45, the age limit of this programme.",
        ),
    ]
    id: Annotated[
        str,
        described(
            en="its sentence in Indonesian",
            id="kalimatnya dalam bahasa Indonesia",
            example="Berusia di atas 45 tahun, batas usia program ini.",
        ),
    ]


class ToldRule(RuleResult, ToldReason):
    """A rule, whether it holds, and its sentence in both languages."""


class ToldEligibility(BaseModel):
    """The result of every rule, each with its sentence in both languages."""

    version: RulesVersion
    rules: Annotated[
        list[ToldRule],
        described(en="each rule, and whether it holds", id="setiap aturan dan hasilnya"),
    ]
    priority: Annotated[
        list[ToldRule],
        described(
            en="each criterion of the priority group, and whether it holds",
            id="setiap kriteria kelompok prioritas dan hasilnya",
        ),
    ]


class OpenReferral(BaseModel):
    """A partner's seat about which the applicant has not answered yet."""

    support: Annotated[
        Id, described(en="the partner's support", id="dukungan mitra", example="2022-07-las")
    ]
    offer: Annotated[
        Positive, described(en="the offer's number", id="nomor tawaran", unit="1", example=1)
    ]
    partner: Annotated[Code, described(en="the partner", id="mitra", example="bpvp-makassar")]
    answer_by: Annotated[
        Instant, described(en="until when to answer, UTC", id="batas waktu menjawab, UTC")
    ]


class ApplicationOutlook(BaseModel):
    """An application as its applicant sees it. Nothing in it says who they are."""

    application: Annotated[Id, described(en="the application", id="pendaftaran")]
    title: Annotated[
        str, described(en="the class", id="nama kelas", example="Las SMAW 3G, angkatan 2")
    ]
    starts_on: Annotated[
        str | None,
        described(en="first day of the training", id="hari pertama", example="2022-07-25"),
    ] = None
    ends_on: Annotated[
        str | None,
        described(en="last day of the training", id="hari terakhir", example="2022-08-26"),
    ] = None
    status: Annotated[
        Status | None,
        described(en="where the application stands", id="status pendaftaran", example="offered"),
    ] = None
    standing: Annotated[
        Sentence | None, described(en="the status in words", id="status dalam kata-kata")
    ] = None
    next: Annotated[Sentence | None, described(en="what comes next", id="langkah berikutnya")] = (
        None
    )
    actions: Annotated[
        list[str] | None,
        described(
            en="what the applicant can do now: commands below the application's address",
            id="yang dapat dilakukan pendaftar sekarang",
            example=["seat", "withdrawal"],
        ),
    ] = None
    intake: Annotated[Id | None, described(en="the intake", id="angkatan")] = None
    kejuruan: Annotated[str | None, described(en="the field", id="kejuruan", example="las")] = None
    rank: Annotated[
        int | None, described(en="place in the ranking", id="peringkat", unit="1", example=1)
    ] = None
    why: Annotated[ToldReason | None, described(en="why this place", id="alasan peringkat ini")] = (
        None
    )
    reasons: Annotated[
        list[ToldReason] | None,
        described(en="why it was declined", id="alasan penolakan"),
    ] = None
    points: Annotated[
        list[str] | None,
        described(en="what to mend", id="yang harus diperbaiki", example=["ijazah"]),
    ] = None
    claim_by: Annotated[
        str | None,
        described(
            en="until when to re-register, UTC",
            id="batas daftar ulang, UTC",
            example="2022-07-14T08:00:00+00:00",
        ),
    ] = None
    referrals: Annotated[
        list[OpenReferral] | None,
        described(en="partners' seats to answer about", id="kursi mitra yang perlu dijawab"),
    ] = None
    partner: Annotated[
        str | None,
        described(en="the partner who trains instead", id="mitra", example="bpvp-makassar"),
    ] = None
    lost: Annotated[
        SeatReason | None,
        described(en="why the seat was lost", id="sebab kursi hilang", example="full"),
    ] = None
    passed: Annotated[
        bool | None, described(en="passed the training", id="lulus pelatihan", example=True)
    ] = None
    attendance: Annotated[
        int | None,
        described(en="share of the hours attended", id="kehadiran", unit="%", example=95),
    ] = None
    certificates: Annotated[
        dict[str, str] | None,
        described(
            en="numbers of the certificates, by kind",
            id="nomor sertifikat menurut jenisnya",
            example={"training": "2026-las-7QK2MZ5XNA"},
        ),
    ] = None


class OwnApplication(ApplicationOutlook):
    """An application of the account that asks."""

    follow_code: Annotated[
        str,
        described(
            en="the code to follow it with, without an account",
            id="kode untuk memantaunya tanpa akun",
            example="7QK2MZ5XNA",
        ),
    ]


def actions(state: Application, now: datetime) -> tuple[str, ...]:
    """Return what the applicant can do now: commands below the application's address."""
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


def outlook(
    application: str, state: Application, intake: Intake, now: datetime
) -> ApplicationOutlook:
    """Return the applicant's own view of an application to this intake.

    The days are the application's own once it has some, else the intake's.
    """
    days = state if state.starts_on is not None and state.ends_on is not None else intake
    known = days.starts_on is not None and days.ends_on is not None
    shown = ApplicationOutlook(
        application=application,
        title=intake.title,
        starts_on=str(days.starts_on) if known else None,
        ends_on=str(days.ends_on) if known else None,
    )
    if state.status is None:
        return shown
    finished = state.status == "finished"
    failed = finished and not state.passed
    offered_until = state.claim_by if state.status == "offered" else None
    ranked = state.rank is not None and state.why is not None
    questions = state.open_questions(now)
    return ApplicationOutlook(
        application=application,
        title=intake.title,
        starts_on=shown.starts_on,
        ends_on=shown.ends_on,
        status=state.status,
        standing=_sentence(f"application-status.{state.status}"),
        next=_sentence("next.failed" if failed else f"next.{state.status}"),
        actions=list(actions(state, now)),
        intake=state.intake,
        kejuruan=state.kejuruan,
        rank=state.rank if ranked else None,
        why=told_reason(state.why) if ranked and state.why is not None else None,
        reasons=[told_reason(reason) for reason in state.reasons] or None,
        points=list(state.points) or None,
        claim_by=offered_until.isoformat() if offered_until is not None else None,
        referrals=[
            OpenReferral(
                support=each.support,
                offer=each.offer,
                partner=each.partner,
                answer_by=each.answer_by,
            )
            for each in questions.values()
        ]
        or None,
        partner=state.partner,
        lost=state.lost,
        passed=state.passed if finished else None,
        attendance=state.attendance if finished else None,
        certificates=dict(state.certificates) or None,
    )


def told_reason(reason: Reason) -> ToldReason:
    """Return the reason with its sentence in both languages."""
    return ToldReason(
        rule=reason.rule,
        params=reason.params,
        version=reason.version,
        **in_all(reason.code, reason.params, reason.version),
    )


def told_eligibility(eligibility: Eligibility) -> ToldEligibility:
    """Return the result of every rule with its sentence in both languages."""
    return ToldEligibility(
        version=eligibility.version,
        rules=[_told_rule(each) for each in eligibility.rules],
        priority=[_told_rule(each) for each in eligibility.priority],
    )


def _told_rule(result: RuleResult) -> ToldRule:
    return ToldRule(passed=result.passed, **dict(told_reason(result)))


def _sentence(code: str) -> Sentence:
    return Sentence(**in_all(code, {}))
