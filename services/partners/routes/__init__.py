"""Routes of the partners service, a file each for a noun."""

from services.partners.routes import agreements, alignments, partners, support
from shared.web.resources import Resources
from shared.web.router import Api
from shared.web.tags import Tags

TAGS: Tags = {
    "agreements": (
        "Agreements between the region and a training centre",
        "Perjanjian kerja sama antara daerah dan balai",
    ),
    "alignments": (
        "Alignment of a programme between region and centres",
        "Penyelarasan program antara daerah dan balai",
    ),
    "instructors": ("Instructors that centres lend", "Instruktur yang dipinjamkan balai"),
    "partners": (
        "Training centres and their spare equipment",
        "Balai pelatihan dan peralatan cadangannya",
    ),
    "support": (
        "Requests for support, offers and loans",
        "Permintaan dukungan, tawaran, dan peminjaman",
    ),
    "support-by-field": (
        "Requests for support by field of training",
        "Permintaan dukungan menurut kejuruan",
    ),
}


def routes(service: Resources, api: Api) -> None:
    """Add every route of the service."""
    api.tags = TAGS
    partners.routes(api)
    agreements.routes(api)
    support.routes(service, api)
    alignments.routes(api)
