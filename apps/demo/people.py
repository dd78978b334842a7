"""Invented people: applicants with a valid NIK and KTP, and certified instructors."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Self, TypedDict, TypeVar, Unpack

from shared.events.values import Education, Sex

# Code, name and how many of a hundred applicants live there; the regency's capital is Tanah Grogot.
KECAMATAN = {
    "64.01.01": ("Batu Sopang", 10),
    "64.01.02": ("Tanjung Harapan", 5),
    "64.01.03": ("Paser Belengkong", 12),
    "64.01.04": ("Tanah Grogot", 29),
    "64.01.05": ("Kuaro", 10),
    "64.01.06": ("Long Ikis", 13),
    "64.01.07": ("Muara Komam", 6),
    "64.01.08": ("Long Kali", 9),
    "64.01.09": ("Batu Engau", 4),
    "64.01.10": ("Muara Samu", 2),
}
ELSEWHERE = "64.09.01"  # Penajam, in Kabupaten Penajam Paser Utara

# Where people were first registered: in Paser, and before they or their parents moved there.
_FIRST_REGISTERED = ("640101", "640104", "640104", "640106", "640107", "640108")
_MOVED_FROM = ("640901", "647103", "647204", "630906", "631004", "730802", "737111", "352008")
_MOVED = 0.2

_WOMEN = (
    "Siti", "Nur", "Dewi", "Rina", "Sri", "Fitriani", "Rahmawati", "Mariani", "Yuliana", "Hasnah",
    "Noorhayati", "Wulandari", "Kartini", "Rosmiati", "Anita", "Juwita", "Halimah", "Marlina",
)  # fmt: skip
_MEN = (
    "Muhammad", "Ahmad", "Andi", "Rahmat", "Syahrul", "Budi", "Eko", "Ardiansyah", "Supriyadi",
    "Yusran", "Hairul", "Rudi", "Fajar", "Jumadi", "Agus", "Daeng", "Norman", "Riduan",
)  # fmt: skip
_WOMENS_SECOND = (
    "Aminah", "Lestari", "Handayani", "Aisyah", "Safitri", "Wahyuni", "Norlaila", "Pertiwi",
    "Azizah", "Puspita", "Rahmi", "Susanti", "Hidayah", "Maulida", "Sarinah",
)  # fmt: skip
_MENS_SECOND = (
    "Rizki", "Saputra", "Hidayat", "Fadli", "Anwar", "Pratama", "Nugroho", "Syahputra", "Gunawan",
    "Maulana", "Kurniawan", "Effendi", "Noor", "Basri", "Setiawan", "Arifin", "Rahman",
)  # fmt: skip
_STREETS = (
    "Jl. Jenderal Sudirman", "Jl. Yos Sudarso", "Jl. Kesuma Bangsa", "Jl. Noto Sunardi",
    "Jl. Gajah Mada", "Jl. Pangeran Menteri", "Gg. Amanah", "Jl. Poros Desa",
)  # fmt: skip

T = TypeVar("T")


class Facts(TypedDict, total=False):
    """Answers of the form that some rule looks at; false unless said."""

    in_school: bool
    in_training: bool
    in_higher_education: bool
    employed: bool


class Changes(Facts, total=False):
    """Fields of a form that are written otherwise."""

    nik: str
    birth_date: date
    ktp_region: str
    address: str
    phone: str
    education: Education


@dataclass(frozen=True, slots=True)
class Person:
    """An applicant, as on the KTP."""

    nik: str
    name: str
    sex: Sex
    birth_date: date
    ktp_region: str
    address: str
    phone: str
    education: Education
    in_school: bool = False
    in_training: bool = False
    in_higher_education: bool = False
    employed: bool = False

    def form(self, intake: str) -> dict[str, object]:
        """The application to an intake."""
        return {"intake": intake, "nik": self.nik, **self.correction()}

    def correction(self) -> dict[str, object]:
        """All but the NIK, which can't change."""
        return {
            "name": self.name,
            "sex": self.sex,
            "birth_date": self.birth_date.isoformat(),
            "ktp_region": self.ktp_region,
            "address": self.address,
            "phone": self.phone,
            "education": self.education,
            "in_school": self.in_school,
            "in_training": self.in_training,
            "in_higher_education": self.in_higher_education,
            "employed": self.employed,
        }

    def but(self, **changes: Unpack[Changes]) -> Self:
        """The same person with something else on the form."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Trainer:
    """An instructor with both certificates."""

    nip: str
    name: str
    fields: Sequence[str]
    methodology: str
    competency: str

    def form(self, valid_until: date) -> dict[str, object]:
        """The appointment."""
        return {
            "nip": self.nip,
            "name": self.name,
            "fields": list(self.fields),
            "methodology": {"number": self.methodology, "valid_until": valid_until.isoformat()},
            "competency": {"number": self.competency, "valid_until": valid_until.isoformat()},
        }


class Population:
    """Makes people up, the same ones from the same seed and day."""

    def __init__(self, seed: str, today: date) -> None:
        self._random = Random(seed)  # noqa: S311 - invented people are no secret
        self._today = today
        self._niks: set[str] = set()
        self._homes = 0

    def person(
        self,
        ages: tuple[int, int],
        education: Sequence[Education],
        women: float,
        **facts: Unpack[Facts],
    ) -> Person:
        """A person of an age between these and with one of these certificates.

        `women` is their share.
        """
        chance = self._random
        sex: Sex = "female" if chance.random() < women else "male"
        birth_date = self.born(chance.randint(*ages))
        home = self._home()
        street = f"{chance.choice(_STREETS)} RT {chance.randint(1, 24):03}"
        return Person(
            nik=self._nik(birth_date, sex),
            name=self._name(sex),
            sex=sex,
            birth_date=birth_date,
            ktp_region=home,
            address=f"{street}, {KECAMATAN[home][0]}",
            phone=f"08{chance.choice(('12', '13', '52', '53'))}{chance.randint(10**7, 10**8 - 1)}",
            education=chance.choice(education),
            **facts,
        )

    def trainer(self, fields: Sequence[str]) -> Trainer:
        """An instructor; the NIP holds birth date, month of appointment, sex and a number."""
        chance = self._random
        sex: Sex = chance.choice(("female", "male"))
        birth_date = self.born(chance.randint(32, 52))
        since = f"{birth_date.year + 25}{chance.randint(1, 12):02}"
        digit = 2 if sex == "female" else 1
        return Trainer(
            nip=f"{birth_date:%Y%m%d}{since}{digit}{chance.randint(1, 999):03}",
            name=self._name(sex),
            fields=fields,
            methodology=f"MET.000.{chance.randint(1000, 9999):06}.{self._today.year - 1}",
            competency=f"KOM.{chance.randint(1000, 9999):06}.{self._today.year - 1}",
        )

    def born(self, age: int) -> date:
        """A birth date that makes somebody so old today and for some days more."""
        return years_before(self._today, age) - timedelta(days=self._random.randrange(355))

    def nik_of(self, birth_date: date, sex: Sex) -> str:
        return self._nik(birth_date, sex)

    def mark(self) -> int:
        """A mark of a test, out of 100."""
        return self._random.randint(38, 97)

    def pick(self, people: Sequence[Person]) -> Person:
        return self._random.choice(people)

    def mixed(self, people: Sequence[T]) -> list[T]:
        """In the order in which they happen to come."""
        return self._random.sample(people, len(people))

    def _home(self) -> str:
        """From all ten districts first, then as people are spread over them."""
        codes = list(KECAMATAN)
        self._homes += 1
        if self._homes <= len(codes):
            return codes[self._homes - 1]
        weights = [weight for _, weight in KECAMATAN.values()]
        return self._random.choices(codes, weights)[0]

    def _nik(self, birth_date: date, sex: Sex) -> str:
        day = birth_date.day + (40 if sex == "female" else 0)
        while True:
            moved = self._random.random() < _MOVED
            region = self._random.choice(_MOVED_FROM if moved else _FIRST_REGISTERED)
            number = self._random.randint(1, 9999)
            nik = f"{region}{day:02}{birth_date:%m%y}{number:04}"
            if nik not in self._niks:
                self._niks.add(nik)
                return nik

    def _name(self, sex: Sex) -> str:
        first, second = (
            (_WOMEN, _WOMENS_SECOND) if sex == "female" else (_MEN, _MENS_SECOND)
        )  # fmt: skip
        return f"{self._random.choice(first)} {self._random.choice(second)}"


def years_before(day: date, years: int) -> date:
    """The same day so many years ago; for 29 February the day before it in a common year."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
