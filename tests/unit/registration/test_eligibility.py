from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registration.domain.application.eligibility import (
    KECAMATAN,
    age_band,
    age_on,
    check_nik,
    failures,
    in_priority_group,
    insist,
    weigh,
)
from shared.events.values import EntryRules
from shared.eventsourcing.refusal import Refused
from shared.kernel.sentences import in_all, sentence
from tests.unit.registration.applicants import SITI, WELDING

TODAY = date(2022, 7, 5)


def nik(birth_date: date, *, female: bool, region: str = "640104") -> str:
    day = birth_date.day + (40 if female else 0)
    return f"{region}{day:02}{birth_date:%m%y}0001"


@pytest.mark.parametrize(
    ("birth_date", "day", "age"),
    [
        (date(2005, 7, 5), date(2022, 7, 5), 17),
        (date(2005, 7, 6), date(2022, 7, 5), 16),
        (date(2004, 2, 29), date(2021, 2, 28), 16),
        (date(2004, 2, 29), date(2021, 3, 1), 17),
        (date(2004, 2, 29), date(2024, 2, 28), 19),
        (date(2004, 2, 29), date(2024, 2, 29), 20),
    ],
)
def test_age_in_full_years(birth_date: date, day: date, age: int) -> None:
    assert age_on(day, birth_date) == age


def test_age_bands_meet() -> None:
    bands = [age_band(age) for age in (17, 20, 21, 25, 26, 30, 31, 35, 36, 40, 41, 80)]
    assert bands == [
        "under-21",
        "under-21",
        "21-25",
        "21-25",
        "26-30",
        "26-30",
        "31-35",
        "31-35",
        "36-40",
        "36-40",
        "over-40",
        "over-40",
    ]


@settings(deadline=None)
@given(st.dates(date(1930, 1, 1), date(2029, 12, 31)), st.booleans(), st.integers(110101, 999999))
def test_the_nik_of_a_person_fits_wherever_first_registered(
    birth_date: date, female: bool, region: int
) -> None:
    sex, other = ("female", "male") if female else ("male", "female")
    good = nik(birth_date, female=female, region=str(region))
    check_nik(good, birth_date, sex)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="nik-sex"):
        check_nik(good, birth_date, other)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="nik-birth-date"):
        check_nik(good, birth_date + timedelta(days=1), sex)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        ("640104540302000", "nik-digits"),
        ("64010454030200011", "nik-digits"),
        ("64010454030200O1", "nik-digits"),
        ("6401045403020٠01", "nik-digits"),
        (" 640104540302001", "nik-digits"),
        ("", "nik-digits"),
        ("6401040003020001", "nik-date"),
        ("6401043203020001", "nik-date"),
        ("6401047203020001", "nik-date"),
        ("6401044003020001", "nik-date"),
        ("6401045413020001", "nik-date"),
        ("6401045400020001", "nik-date"),
        ("6401047002020001", "nik-date"),
        ("6401046902010001", "nik-date"),
        ("6401045503020001", "nik-birth-date"),
        ("6401041403020001", "nik-sex"),
    ],
)
def test_an_impossible_nik_is_refused_and_not_repeated(number: str, rule: str) -> None:
    with pytest.raises(Refused) as refused:
        check_nik(number, SITI.birth_date, "female")
    assert (refused.value.rule, refused.value.field, refused.value.status) == (rule, "nik", 422)
    assert not number or number not in str(refused.value)


def test_a_leap_day_of_2000_is_possible() -> None:
    check_nik("6401046902000001", date(2000, 2, 29), "female")


def refusal(**changes: object) -> tuple[str, str | None, int] | None:
    try:
        insist(SITI.model_copy(update=changes), TODAY)
    except Refused as refused:
        return refused.rule, refused.field, refused.status
    return None


def test_seventeen_today_may_apply_and_a_day_younger_may_not() -> None:
    assert refusal(birth_date=date(2005, 7, 5)) is None
    assert refusal(birth_date=date(2005, 7, 6)) == ("min-age", "birth_date", 422)


def test_a_birth_date_is_possible() -> None:
    assert refusal(birth_date=TODAY) == ("min-age", "birth_date", 422)
    assert refusal(birth_date=TODAY + timedelta(days=1)) == ("birth-date", "birth_date", 422)
    assert refusal(birth_date=date(1022, 3, 14)) == ("birth-date", "birth_date", 422)


@pytest.mark.parametrize("kecamatan", KECAMATAN)
def test_all_ten_districts_may_apply(kecamatan: str) -> None:
    assert refusal(ktp_region=kecamatan) is None


@pytest.mark.parametrize("region", ["64.09.01", "64.02.04", "63.01.04", "64.10.01"])
def test_the_ktp_of_another_regency_may_not(region: str) -> None:
    assert refusal(ktp_region=region) == ("ktp-paser", "ktp_region", 422)


def test_a_district_exists() -> None:
    assert refusal(ktp_region="64.01.11") == ("kecamatan", "ktp_region", 422)


def failed(entry: EntryRules, **changes: object) -> list[str]:
    eligibility = weigh(SITI.model_copy(update=changes), entry, TODAY)
    for rule in (*eligibility.rules, *eligibility.priority):
        en, id_ = (sentence(rule.code, rule.params, language) for language in ("en", "id"))
        assert en != id_
    assert [r.rule for r in failures(eligibility)] == [
        r.rule for r in eligibility.rules if not r.passed
    ]
    return [reason.rule for reason in failures(eligibility)]


def test_a_programmes_rules_and_their_edges() -> None:
    technical = EntryRules(min_education="sma", max_age=35)
    assert failed(technical) == []
    assert failed(technical, birth_date=date(1986, 7, 6)) == []
    assert failed(technical, birth_date=date(1986, 7, 5)) == ["max-age"]
    assert failed(technical, education="mts") == ["education"]
    assert failed(technical, education="ma") == []
    assert failed(technical, in_school=True, in_training=True) == [
        "not-in-school",
        "not-in-training",
    ]
    assert failed(technical, employed=True) == []
    grown_up = EntryRules(min_education="none", min_age=21)
    assert failed(grown_up, education="none") == ["min-age"]
    assert failed(grown_up, birth_date=date(2001, 7, 5)) == []


def test_the_explanation_names_no_age() -> None:
    rules = weigh(SITI, EntryRules(min_education="sma", max_age=35), TODAY).rules
    said = [text for rule in rules for text in in_all(rule.code, rule.params).values()]
    assert len(said) == 12
    assert not any("20" in text for text in said)


@pytest.mark.parametrize(
    ("changes", "priority"),
    [
        ({}, True),
        ({"education": "ma"}, True),
        ({"education": "smp"}, False),
        ({"education": "s1"}, False),
        ({"employed": True}, False),
        ({"in_higher_education": True}, False),
        ({"in_school": True}, False),
        ({"trained_this_year": True}, False),
    ],
)
def test_the_priority_group(changes: dict[str, object], priority: bool) -> None:
    eligibility = weigh(SITI.model_copy(update=changes), WELDING, TODAY)
    assert in_priority_group(eligibility) is priority
    failed = [criterion for criterion in eligibility.priority if not criterion.passed]
    assert len(failed) == (0 if priority else 1)
    assert len({criterion.rule for criterion in eligibility.priority}) == 4
