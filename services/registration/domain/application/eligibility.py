"""Eligibility: who may apply, and why not.

The catalogue says what to mend: a rule that does not hold is there by its name, one that holds by
`<rule>:met`.

What can be mended or should not be stored is refused at once; a programme's own rules are weighed
one by one, and the answer is kept with the application. A new rule needs a new VERSION.
"""

from datetime import date
from typing import Annotated

from shared.events.base import Value
from shared.events.described import described
from shared.events.registration.values import Eligibility, LastEducation, RuleResult
from shared.events.values import (
    SCHOOLING,
    AgeBand,
    Day,
    EntryRules,
    Flag,
    Kecamatan,
    Reason,
    Sex,
)
from shared.eventsourcing.refusal import Refused

VERSION = 2
MINIMUM_AGE = 17
OLDEST = 110
PASER = "64.01"
KECAMATAN = {
    "64.01.01": "Batu Sopang",
    "64.01.02": "Tanjung Harapan",
    "64.01.03": "Paser Belengkong",
    "64.01.04": "Tanah Grogot",
    "64.01.05": "Kuaro",
    "64.01.06": "Long Ikis",
    "64.01.07": "Muara Komam",
    "64.01.08": "Long Kali",
    "64.01.09": "Batu Engau",
    "64.01.10": "Muara Samu",
}
_BANDS: tuple[tuple[int, AgeBand], ...] = (
    (20, "under-21"),
    (25, "21-25"),
    (30, "26-30"),
    (35, "31-35"),
    (40, "36-40"),
)


BirthDate = Annotated[
    Day, described(en="the day of birth", id="tanggal lahir", example="2001-02-15")
]


class ApplicantFacts(Value):
    """The facts that the rules judge. `ktp_region` is the district of the address on the KTP.

    `trained_this_year` is about other trainings, here or elsewhere, in this calendar year.
    """

    ktp_region: Annotated[
        Kecamatan,
        described(
            en="the district (kecamatan) of the address on the KTP, by its code",
            id="kode kecamatan dari alamat pada KTP",
        ),
    ]
    birth_date: BirthDate
    sex: Sex
    education: LastEducation
    in_school: Annotated[
        Flag, described(en="goes to school now", id="sedang bersekolah", example=False)
    ]
    in_training: Annotated[
        Flag,
        described(en="is in another training now", id="sedang ikut pelatihan lain", example=False),
    ]
    in_higher_education: Annotated[
        Flag, described(en="studies now", id="sedang kuliah", example=False)
    ]
    employed: Annotated[Flag, described(en="is employed now", id="sedang bekerja", example=False)]
    trained_this_year: Annotated[
        Flag,
        described(
            en="completed another training this calendar year, here or elsewhere",
            id="sudah menyelesaikan pelatihan lain tahun ini, di sini atau di tempat lain",
            example=False,
        ),
    ] = False


def age_on(day: date, birth_date: date) -> int:
    """Full years. Who was born on 29 February is a year older on 1 March of a common year."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def age_band(age: int) -> AgeBand:
    return next((band for highest, band in _BANDS if age <= highest), "over-40")


def priority(facts: ApplicantFacts) -> tuple[RuleResult, ...]:
    """Return each criterion of the priority group, and whether it holds.

    The group: graduates of SMA, SMK or MA who neither went on to higher education nor work, and
    had no other training this year.
    """
    graduate = facts.education in ("sma", "smk", "ma") and not facts.in_school
    return (
        _rule("sma-graduate", graduate),
        _rule("not-in-higher-education", not facts.in_higher_education),
        _rule("without-work", not facts.employed),
        _rule("no-training-this-year", not facts.trained_this_year),
    )


def in_priority_group(eligibility: Eligibility) -> bool:
    """Return whether every criterion of the group holds."""
    return all(criterion.passed for criterion in eligibility.priority)


def check_nik(nik: str, birth_date: date, sex: Sex) -> None:
    """Refused when the NIK can't be that of a person born then.

    Digits 7 to 12 are the birth date, DDMMYY, with 40 added to the day of a woman. The first six
    are where a person was first registered and say nothing about where they live.
    """
    if len(nik) != 16 or not (nik.isascii() and nik.isdigit()):
        raise Refused("nik-digits", field="nik", status=422)
    marked_day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    day = marked_day - 40 if marked_day > 40 else marked_day
    if not any(_is_day(century + year, month, day) for century in (1900, 2000)):
        raise Refused("nik-date", field="nik", status=422)
    if (day, month, year) != (birth_date.day, birth_date.month, birth_date.year % 100):
        raise Refused("nik-birth-date", field="nik", status=422)
    if (marked_day > 40) != (sex == "female"):
        raise Refused("nik-sex", field="nik", status=422)


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def insist(facts: ApplicantFacts, today: date) -> None:
    """The rules without which nothing is stored. `today` is the day in Paser."""
    if facts.birth_date > today:
        raise Refused("birth-date:future", field="birth_date", status=422)
    age = age_on(today, facts.birth_date)
    if age > OLDEST:
        raise Refused("birth-date:too-old", field="birth_date", status=422, age=age)
    if not facts.ktp_region.startswith(f"{PASER}."):
        raise Refused("ktp-paser:insist", field="ktp_region", status=422)
    if facts.ktp_region not in KECAMATAN:
        raise Refused("kecamatan", field="ktp_region", status=422, kecamatan=facts.ktp_region)
    if age < MINIMUM_AGE:
        raise Refused("min-age:insist", field="birth_date", status=422, least=MINIMUM_AGE)


def weigh(facts: ApplicantFacts, entry: EntryRules, today: date) -> Eligibility:
    """Return every rule for this person, and whether it holds. `insist` has passed.

    The parameters have no age: other agencies read them and know an applicant's age band only.
    """
    age = age_on(today, facts.birth_date)
    least, has = entry.min_education, facts.education
    rules = [
        _rule("ktp-paser", True),
        _rule("not-in-school", not facts.in_school),
        _rule("not-in-training", not facts.in_training),
        _rule("min-age", age >= entry.min_age, age=entry.min_age),
        _rule("education", SCHOOLING[has] >= SCHOOLING[least], least=least, has=has),
    ]
    if entry.max_age is not None:
        rules.append(_rule("max-age", age <= entry.max_age, age=entry.max_age))
    return Eligibility(version=VERSION, rules=tuple(rules), priority=priority(facts))


def _rule(rule: str, passed: bool, **params: str | int) -> RuleResult:
    return RuleResult(rule=rule, params=params, version=VERSION, passed=passed)


def failures(eligibility: Eligibility) -> tuple[Reason, ...]:
    """Return the rules that do not hold."""
    return tuple(
        Reason(rule=result.rule, params=result.params, version=result.version)
        for result in eligibility.rules
        if not result.passed
    )
