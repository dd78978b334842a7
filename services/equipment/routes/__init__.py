"""Routes of the equipment service, a file each for a noun."""

from services.equipment.routes import assets, consignments, figures, proposals
from shared.web.resources import Resources
from shared.web.router import Api
from shared.web.tags import Tags

TAGS: Tags = {
    "assets": ("Equipment in the ministry's stock", "Peralatan milik kementerian"),
    "consignments": (
        "Consignments: shipment, delivery, handover (BAST), commissioning",
        "Pengiriman: pengapalan, penerimaan, serah terima (BAST), uji fungsi",
    ),
    "demand": ("Demand for training by field", "Minat pelatihan menurut kejuruan"),
    "figures": ("Figures of proposals and equipment", "Angka tentang usulan dan peralatan"),
    "proposals": (
        "Proposals for equipment, from draft to decision",
        "Usulan peralatan, dari rancangan sampai keputusan",
    ),
}


def routes(service: Resources, api: Api) -> None:
    """Add every route of the service."""
    api.tags = TAGS
    proposals.routes(service, api)
    consignments.routes(api)
    assets.routes(api)
    figures.routes(service, api)
