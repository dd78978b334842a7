"""Eligibility: who may apply, and why not. Each answer says what to mend.

What can be mended or should not be stored is refused at once; a programme's own rules are weighed
one by one, and the answer is kept with the application. A new rule needs a new VERSION.
"""

from datetime import date

from shared.events.base import Value
from shared.events.registration.values import Eligibility, RuleResult
from shared.events.values import (
    SCHOOLING,
    AgeBand,
    Day,
    Education,
    EntryRules,
    Flag,
    Kecamatan,
    Reason,
    Sex,
)
from shared.eventsourcing.decider import Refused

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


class ApplicantFacts(Value):
    """What the rules need to know. `ktp_region` is the district of the address on the KTP.

    `trained_this_year` is about other trainings, here or elsewhere, in this calendar year.
    """

    ktp_region: Kecamatan
    birth_date: Day
    sex: Sex
    education: Education
    in_school: Flag
    in_training: Flag
    in_higher_education: Flag
    employed: Flag
    trained_this_year: Flag = False


def age_on(day: date, birth_date: date) -> int:
    """Full years. Who was born on 29 February is a year older on 1 March of a common year."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def age_band(age: int) -> AgeBand:
    return next((band for highest, band in _BANDS if age <= highest), "over-40")


def priority(facts: ApplicantFacts) -> tuple[RuleResult, ...]:
    """Each criterion of the priority group, with its answer in words.

    The group: graduates of SMA, SMK or MA who neither went on to higher education nor work, and
    had no other training this year.
    """
    return (
        _rule(
            "sma-graduate",
            facts.education in ("sma", "smk", "ma") and not facts.in_school,
            ("A graduate of SMA, SMK or MA.", "Lulusan SMA, SMK atau MA."),
            ("Not a graduate of SMA, SMK or MA.", "Bukan lulusan SMA, SMK atau MA."),
        ),
        _rule(
            "not-in-higher-education",
            not facts.in_higher_education,
            ("Not in higher education.", "Tidak sedang kuliah."),
            ("In higher education.", "Sedang kuliah."),
        ),
        _rule(
            "without-work",
            not facts.employed,
            ("Without work.", "Tidak bekerja."),
            ("Has work.", "Sudah bekerja."),
        ),
        _rule(
            "no-training-this-year",
            not facts.trained_this_year,
            ("No other training this year.", "Belum mengikuti pelatihan lain tahun ini."),
            ("Had another training this year.", "Sudah mengikuti pelatihan lain tahun ini."),
        ),
    )


def in_priority_group(eligibility: Eligibility) -> bool:
    """Whether every criterion of the group holds."""
    return all(criterion.passed for criterion in eligibility.priority)


def check_nik(nik: str, birth_date: date, sex: Sex) -> None:
    """Refused when the NIK can't be that of a person born then.

    Digits 7 to 12 are the birth date, DDMMYY, with 40 added to the day of a woman. The first six
    are where a person was first registered and say nothing about where they live.
    """
    if len(nik) != 16 or not (nik.isascii() and nik.isdigit()):
        raise _bad_nik(
            "nik-digits",
            "A NIK has 16 digits and nothing else. Copy it from the KTP.",
            "NIK terdiri atas tepat 16 angka. Salin dari KTP.",
        )
    marked_day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    day = marked_day - 40 if marked_day > 40 else marked_day
    if not any(_is_day(century + year, month, day) for century in (1900, 2000)):
        raise _bad_nik(
            "nik-date",
            "Digits 7 to 12 of the NIK are not a possible birth date. Check it against the KTP.",
            "Angka ke-7 sampai ke-12 pada NIK bukan tanggal lahir yang mungkin. "
            "Periksa kembali dengan KTP.",
        )
    if (day, month, year) != (birth_date.day, birth_date.month, birth_date.year % 100):
        raise _bad_nik(
            "nik-birth-date",
            "The NIK belongs to another birth date than the one entered. Check both on the KTP.",
            "Tanggal lahir pada NIK berbeda dengan tanggal lahir yang diisi. "
            "Periksa keduanya pada KTP.",
        )
    if (marked_day > 40) != (sex == "female"):
        raise _bad_nik(
            "nik-sex",
            "The NIK and the sex entered do not fit together. Check both on the KTP.",
            "NIK tidak sesuai dengan jenis kelamin yang diisi. Periksa keduanya pada KTP.",
        )


def _bad_nik(rule: str, en: str, id_: str) -> Refused:
    return Refused(rule, en, id_, field="nik", status=422)


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def insist(facts: ApplicantFacts, today: date) -> None:
    """The rules without which nothing is stored. `today` is the day in Paser."""
    if facts.birth_date > today:
        raise Refused(
            "birth-date",
            "The birth date is in the future. Enter it as it is on the KTP.",
            "Tanggal lahir ada di masa depan. Isi sesuai KTP.",
            field="birth_date",
            status=422,
        )
    age = age_on(today, facts.birth_date)
    if age > OLDEST:
        raise Refused(
            "birth-date",
            f"This birth date makes the applicant {age} years old. Check the year.",
            f"Menurut tanggal lahir ini pelamar berusia {age} tahun. Periksa tahunnya.",
            field="birth_date",
            status=422,
        )
    if not facts.ktp_region.startswith(f"{PASER}."):
        raise Refused(
            "ktp-paser",
            "The address on the KTP must be in Kabupaten Paser. Whoever lives here may move the "
            "KTP at Disdukcapil and apply then.",
            "Alamat pada KTP harus di Kabupaten Paser. Warga yang tinggal di sini dapat mengurus "
            "pindah KTP di Disdukcapil, lalu mendaftar.",
            field="ktp_region",
            status=422,
        )
    if facts.ktp_region not in KECAMATAN:
        raise Refused(
            "kecamatan",
            f"Kabupaten Paser has no district {facts.ktp_region}. Choose one of the ten.",
            f"Kabupaten Paser tidak memiliki kecamatan {facts.ktp_region}. "
            "Pilih salah satu dari sepuluh kecamatan.",
            field="ktp_region",
            status=422,
        )
    if age < MINIMUM_AGE:
        raise Refused(
            "min-age",
            f"Applicants must be at least {MINIMUM_AGE} on the day they register. "
            "Apply to an intake after the birthday.",
            f"Pelamar harus berusia sekurangnya {MINIMUM_AGE} tahun pada hari pendaftaran. "
            "Daftar pada angkatan setelah ulang tahun.",
            field="birth_date",
            status=422,
        )


def weigh(facts: ApplicantFacts, entry: EntryRules, today: date) -> Eligibility:
    """Every rule for this person, with its answer in words. `insist` has passed.

    The words name no age: other agencies read them and know an applicant's age band only.
    """
    age = age_on(today, facts.birth_date)
    least, has = entry.min_education, facts.education
    rules = [
        RuleResult(
            rule="ktp-paser",
            passed=True,
            en="The KTP is of Kabupaten Paser.",
            id="KTP beralamat di Kabupaten Paser.",
        ),
        _rule(
            "not-in-school",
            not facts.in_school,
            ("No longer at school.", "Sudah tidak bersekolah."),
            (
                "Still at school; training is for people who have left it.",
                "Masih bersekolah; pelatihan ini untuk yang sudah tidak bersekolah.",
            ),
        ),
        _rule(
            "not-in-training",
            not facts.in_training,
            ("In no other training.", "Tidak sedang mengikuti pelatihan lain."),
            (
                "In another training now; apply again when it is finished.",
                "Sedang mengikuti pelatihan lain; daftar kembali setelah selesai.",
            ),
        ),
        _rule(
            "min-age",
            age >= entry.min_age,
            (f"At least {entry.min_age} years old.", f"Berusia sekurangnya {entry.min_age} tahun."),
            (
                f"Younger than {entry.min_age}, the least age of this programme.",
                f"Berusia di bawah {entry.min_age} tahun, usia terendah program ini.",
            ),
        ),
        _rule(
            "education",
            SCHOOLING[has] >= SCHOOLING[least],
            (f"At least {_en(least)}: {_en(has)}.", f"Sekurangnya {_id(least)}: {_id(has)}."),
            (
                f"This programme asks for {_en(least)} at least; the applicant has {_en(has)}.",
                f"Program ini mensyaratkan sekurangnya {_id(least)}; pelamar {_id(has)}.",
            ),
        ),
    ]
    if entry.max_age is not None:
        rules.append(
            _rule(
                "max-age",
                age <= entry.max_age,
                (
                    f"At most {entry.max_age} years old.",
                    f"Berusia paling tinggi {entry.max_age} tahun.",
                ),
                (
                    f"Older than {entry.max_age}, the age limit of this programme.",
                    f"Berusia di atas {entry.max_age} tahun, batas usia program ini.",
                ),
            )
        )
    return Eligibility(version=VERSION, rules=tuple(rules), priority=priority(facts))


def _rule(rule: str, passed: bool, met: tuple[str, str], failed: tuple[str, str]) -> RuleResult:
    en, id_ = met if passed else failed
    return RuleResult(rule=rule, passed=passed, en=en, id=id_)


def _en(education: Education) -> str:
    return "no school certificate" if education == "none" else education.upper()


def _id(education: Education) -> str:
    return "tanpa ijazah" if education == "none" else f"berijazah {education.upper()}"


def failures(eligibility: Eligibility) -> tuple[Reason, ...]:
    """The rules that do not hold."""
    return tuple(
        Reason(rule=result.rule, en=result.en, id=result.id)
        for result in eligibility.rules
        if not result.passed
    )
