"""Routes of the training centre: who may ask for what, and which use case carries it out."""

from services.registration.routes import (
    applications,
    certificates,
    figures,
    follow,
    instructors,
    intakes,
    persons,
    placements,
    programmes,
    trainings,
    workshops,
)
from shared.web.resources import Resources
from shared.web.router import Api
from shared.web.tags import Tags

TAGS: Tags = {
    "applications": ("Applications for training", "Pendaftaran peserta pelatihan"),
    "certificates": ("Certificates and their check", "Sertifikat dan pemeriksaannya"),
    "figures": ("Figures of applications and training", "Angka pendaftaran dan pelatihan"),
    "follow": (
        "An application, by its follow code and without an account",
        "Pendaftaran dengan kode pantau, tanpa akun",
    ),
    "instructors": ("Instructors of the centre", "Instruktur balai"),
    "intakes": ("Intakes: classes with seats and dates", "Angkatan: kelas dengan kursi dan jadwal"),
    "my-applications": ("The caller's own applications", "Pendaftaran milik penanya"),
    "persons": ("Persons and their rights to their data", "Orang dan hak atas data pribadinya"),
    "placements": ("Work of graduates after training", "Pekerjaan lulusan setelah pelatihan"),
    "programmes": ("Training programmes", "Program pelatihan"),
    "public": ("Registration without an account", "Pendaftaran tanpa akun"),
    "retention": (
        "Personal data that need be kept no longer",
        "Data pribadi yang tidak perlu lagi disimpan",
    ),
    "trainings": (
        "Trainings: attendance, assessment, completion",
        "Pelatihan: kehadiran, uji kompetensi, penutupan",
    ),
    "workshops": ("Workshops and their equipment", "Bengkel dan peralatannya"),
}

PARTS = (
    programmes,
    instructors,
    intakes,
    workshops,
    applications,
    follow,
    trainings,
    certificates,
    placements,
    persons,
    figures,
)


def routes(service: Resources, api: Api) -> None:
    """Add all routes of the training centre."""
    api.tags = TAGS
    for part in PARTS:
        part.routes(service, api)
