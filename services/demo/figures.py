"""The field's figures: programmes as BLK Paser names them, classes, goods and centres.

Taken from publications of 2019-2025; the people who apply are invented (people.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.events.values import Education

SENIOR: tuple[Education, ...] = ("sma", "sma", "smk", "smk", "ma")
ANY_SCHOOL: tuple[Education, ...] = ("sd", "smp", "mts", "sma", "sma", "smk", "smk", "ma", "d3")
PLACES = 16  # of a class (paket), Permenakertrans 8/2014


@dataclass(frozen=True, slots=True)
class Programme:
    """What is taught. Technical: SLTA and at most 35 years; else SD and 17 to 40 years."""

    kejuruan: str
    title: str
    skkni: str
    hours: int
    local_potential: str
    technical: bool
    equipment: Mapping[str, int] = field(default_factory=dict)

    def form(self, stock: Mapping[str, int]) -> dict[str, Any]:
        """The publication; the equipment is needed on top of what stands in the workshop."""
        return {
            "title": self.title,
            "kejuruan": self.kejuruan,
            "skkni": self.skkni,
            "hours": self.hours,
            "local_potential": self.local_potential,
            "tna_reference": f"TNA Disnakertrans Paser, kejuruan {self.kejuruan}",
            "min_education": "sma" if self.technical else "sd",
            "min_age": 17,
            "max_age": 35 if self.technical else 40,
            "equipment": [
                {"item": item, "quantity": stock.get(item, 0) + quantity}
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
    """Why some applicants are not eligible: what is wrong with them, and which rule says so."""

    rule: str
    count: int
    ages: tuple[int, int] | None = None
    education: tuple[Education, ...] | None = None
    facts: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Class:
    """An intake of 16 places and who applies to it."""

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

# Of each class: who is declined at the file check, and who does not come to the test.
FILE_CHECK = (
    ("papers-missing", "Fotokopi ijazah terakhir tidak dilampirkan."),
    ("data-untrue", "Tanggal lahir pada ijazah berbeda dengan KTP."),
)
ABSENT = 1

PARTNERS: Mapping[str, Mapping[str, Any]] = {
    "bekasi": {"city": "Bekasi", "fields": ["komputer", "elektronika"], "timezone": "WIB"},
    "bandung": {"city": "Bandung", "fields": ["otomotif"], "timezone": "WIB"},
    "makassar": {"city": "Makassar", "fields": ["las"], "timezone": "WITA"},
    "semarang": {"city": "Semarang", "fields": ["menjahit", "teknologi"], "timezone": "WIB"},
    "medan": {"city": "Medan", "fields": ["pariwisata", "kayu"], "timezone": "WIB"},
}


def partner_form(code: str) -> dict[str, Any]:
    """The registration of a centre of the ministry."""
    about = PARTNERS[code]
    return {
        **about,
        "unit": f"BPVP {about['city']}",
        "agency": f"urn:sinergi:bpvp-{code}",
        "capacity": 64,
    }


@dataclass(frozen=True, slots=True)
class Good:
    """A line of the proposal for welding, and what becomes of it."""

    item: str
    name: str
    price: int
    asked: int
    granted: int
    damaged: int = 0
    reason: str | None = None

    @property
    def good(self) -> int:
        return self.granted - self.damaged

    @property
    def missing(self) -> int:
        return self.asked - self.granted


# One machine and two helmets are asked for in reserve; what arrives in order and what the partner
# lends make up exactly the eight machines and the oven that the programme needs.
GOODS: Sequence[Good] = (
    Good(
        "mesin-las-smaw",
        "Mesin las SMAW inverter 250 A, lengkap dengan kabel dan tang massa",
        9_750_000,
        asked=9,
        granted=6,
        damaged=1,
        reason="Anggaran tahun berjalan cukup untuk enam unit.",
    ),
    Good("helm-las", "Helm las auto-darkening DIN 9-13", 685_000, asked=18, granted=18),
    Good("gerinda-tangan", "Mesin gerinda tangan 4 inci 840 W", 1_150_000, asked=4, granted=4),
    Good(
        "oven-elektroda",
        "Oven pengering elektroda 50 kg, 300 °C",
        17_400_000,
        asked=1,
        granted=0,
        reason="Belum masuk daftar prioritas hibah BMN; diusulkan pinjam dari BPVP.",
    ),
)
JUSTIFICATION = (
    "Bengkel las UPTD BLK Paser belum memiliki peralatan untuk satu kelas 16 peserta, sedangkan "
    "peminat dari seluruh kecamatan melebihi kursi. Analisis kebutuhan pelatihan menunjukkan "
    "permintaan juru las dari tambang, pabrik sawit dan galangan di Kabupaten Paser."
)
