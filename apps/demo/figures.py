"""The field's figures: programmes as BLK Paser names them, and who applies to its classes.

Taken from publications of 2019-2025; the people who apply are invented (people.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from apps.demo.goods import item_of
from shared.events.values import Education

SENIOR: tuple[Education, ...] = ("sma", "sma", "smk", "smk", "ma")
ANY_SCHOOL: tuple[Education, ...] = ("sd", "smp", "mts", "sma", "sma", "smk", "smk", "ma", "d3")
PLACES = 16  # of a class (paket), Permenakertrans 8/2014


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme. Technical: SLTA and at most 35 years; else SD and 17 to 40 years."""

    kejuruan: str
    title: str
    skkni: str
    hours: int
    local_potential: str
    technical: bool
    equipment: Mapping[str, int] = field(default_factory=dict)

    def content(self, run: str, hours: int | None = None) -> dict[str, object]:
        """Return the form that is published; the equipment is of the run's own kinds."""
        return {
            "title": self.title,
            "kejuruan": self.kejuruan,
            "skkni": self.skkni,
            "hours": hours or self.hours,
            "local_potential": self.local_potential,
            "tna_reference": f"TNA Disnakertrans Paser, kejuruan {self.kejuruan}",
            "entry": {
                "min_education": "sma" if self.technical else "sd",
                "min_age": 17,
                "max_age": 35 if self.technical else 40,
            },
            "equipment": [
                {"item": item_of(item, run), "quantity": quantity}
                for item, quantity in self.equipment.items()
            ],
        }


PROGRAMMES = (
    Programme(
        "listrik",
        "Pemasangan Instalasi Listrik Bangunan Sederhana",
        "SKKNI Ketenagalistrikan, instalasi pemanfaatan tegangan rendah",
        240,
        "Perumahan baru di Tanah Grogot dan Kuaro membutuhkan pemasang instalasi bersertifikat.",
        technical=True,
        equipment={"papan-praktik-instalasi": 8, "multimeter-digital": 16},
    ),
    Programme(
        "otomotif",
        "Pemeliharaan Kendaraan Ringan Sistem Konvensional",
        "SKKNI Otomotif, kendaraan ringan",
        240,
        "Angkutan kebun dan tambang di Batu Sopang dan Long Ikis kekurangan mekanik.",
        technical=True,
    ),
    Programme(
        "las",
        "Plate Welder SMAW 3G UP/PF",
        "SKKNI Pengelasan, SMAW posisi 3G",
        480,
        "Tambang batu bara, pabrik sawit dan galangan di Paser mencari juru las pelat.",
        technical=True,
        equipment={
            "mesin-las-smaw": 8,
            "helm-las": 16,
            "gerinda-tangan": 4,
            "oven-elektroda": 1,
        },
    ),
    Programme(
        "menjahit",
        "Menjahit Pakaian Wanita Dewasa",
        "SKKNI Garmen, custom made wanita",
        240,
        "Pesanan seragam sekolah dan instansi sekarang dijahit di luar daerah.",
        technical=False,
    ),
    Programme(
        "roti-kue",
        "Pembuatan Roti dan Kue",
        "SKKNI Jasa boga, roti dan kue",
        240,
        "Warung, kantin kebun dan hotel di Tanah Grogot membeli roti dari Balikpapan.",
        technical=False,
    ),
    Programme(
        "komputer",
        "Operator Komputer",
        "SKKNI Operator komputer",
        240,
        "Kantor desa dan koperasi kebun membutuhkan operator administrasi.",
        technical=False,
        equipment={"komputer-meja": 16, "printer": 2},
    ),
)

# The three certified instructors, each certified for more than one field.
INSTRUCTORS = (("roti-kue", "menjahit"), ("otomotif", "listrik"), ("las", "listrik"))


@dataclass(frozen=True, slots=True)
class Flaw:
    """A fault for which some applicants are not eligible, and the rule that says so."""

    rule: str
    count: int
    ages: tuple[int, int] | None = None
    education: tuple[Education, ...] | None = None
    facts: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Class:
    """An intake of 16 places and the people who apply to it."""

    kejuruan: str
    funding: str
    days: int
    women: float
    eligible: int
    flaws: tuple[Flaw, ...]

    @property
    def applicants(self) -> int:
        return self.eligible + sum(flaw.count for flaw in self.flaws)


_SCHOOL = Flaw("not-in-school", 1, ages=(17, 18), facts={"in_school": True})
_TRAINING = Flaw("not-in-training", 1, facts={"in_training": True})

# As in 2023: 157 applicants for four classes.
CLASSES = (
    Class(
        "roti-kue",
        "APBN",
        33,
        women=0.85,
        eligible=42,
        flaws=(
            Flaw("max-age", 2, ages=(41, 48)),
            Flaw("education", 1, education=("none",)),
            _TRAINING,
        ),
    ),
    Class(
        "menjahit",
        "APBN",
        33,
        women=0.95,
        eligible=31,
        flaws=(Flaw("max-age", 1, ages=(41, 45)), _SCHOOL, _TRAINING),
    ),
    Class(
        "otomotif",
        "APBD",
        33,
        women=0.1,
        eligible=37,
        flaws=(
            Flaw("max-age", 3, ages=(36, 44)),
            Flaw("education", 1, education=("smp", "mts")),
            _SCHOOL,
        ),
    ),
    Class(
        "las",
        "APBN",
        90,
        women=0.08,
        eligible=32,
        flaws=(
            Flaw("max-age", 2, ages=(36, 42)),
            Flaw("education", 1, education=("smp",)),
        ),
    ),
)

PROGRAMME = {programme.kejuruan: programme for programme in PROGRAMMES}
ALIGNED = "las"  # whose programme region and centre agree on; it needs a workshop, too

# Of each class: who is declined at the file check, and who does not come to the test.
FILE_CHECK = (
    ("papers-missing", "Fotokopi ijazah terakhir tidak dilampirkan."),
    ("data-untrue", "Tanggal lahir pada ijazah berbeda dengan KTP."),
)
ABSENT = 1

SESSION = 12  # hours of a session in the demo: fewer of them, so that it ends in time

EXTENSION = (
    "menjahit",
    "Warga tanpa internet datang ke BLK dan didaftarkan dengan bantuan petugas.",
)
VISITED = "menjahit"  # taught by a visiting instructor: our own teaches roti-kue on these days
REFERRED = "otomotif"  # where a centre of the ministry lends seats
WILLING = 2  # every second of the waiting would go there
LENT = 6
WITHDRAWN = "roti-kue"  # where one gives the seat up
NEEDED = "kurang " + ", ".join(
    f"{quantity} {item}" for item, quantity in PROGRAMME[ALIGNED].equipment.items()
)
