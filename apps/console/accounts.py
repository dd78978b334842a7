"""The development issuer's demo accounts: invented people, one or more for each role and agency."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.web.authentication import Role


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in without a password, and for which agency (URN) they act."""

    role: Role
    agency: str
    name: str


def _centre(city: str, name: str) -> Account:
    return Account(
        Role.BPVP_OFFICER, f"urn:sinergi:bpvp-{city}", f"{name}, Petugas BPVP {city.title()}"
    )


def _citizen(name: str) -> Account:
    return Account(Role.CITIZEN, "urn:sinergi:citizen", name)


_BLK, _MINISTRY = "urn:sinergi:blk-paser", "urn:sinergi:kemenaker"

ACCOUNTS: Mapping[str, Account] = {
    "petugas-blk": Account(Role.BLK_OFFICER, _BLK, "Nurhayati, Petugas BLK Paser"),
    "kepala-blk": Account(Role.BLK_OFFICER, _BLK, "Syahrani, Kepala BLK Paser"),
    "peninjau-kemenaker": Account(
        Role.MINISTRY_REVIEWER, _MINISTRY, "Dewi Anggraini, Peninjau Kemenaker"
    ),
    "gudang-kemenaker": Account(
        Role.MINISTRY_REVIEWER, _MINISTRY, "Bambang Suryadi, Petugas Gudang Kemenaker"
    ),
    "bpvp-bekasi": _centre("bekasi", "Fitri Handayani"),
    "bpvp-bandung": _centre("bandung", "Asep Kurniawan"),
    "bpvp-makassar": _centre("makassar", "Andi Baso"),
    "bpvp-semarang": _centre("semarang", "Sri Wahyuni"),
    "bpvp-medan": _centre("medan", "Togar Simanjuntak"),
    "sekretariat-bpvp": Account(
        Role.BPVP_OFFICER, "urn:sinergi:bpvp-network", "Maya Lestari, Sekretariat Jejaring BPVP"
    ),
    "warga-1": _citizen("Siti Aminah"),
    "warga-2": _citizen("Rudi Hartono"),
    "warga-3": _citizen("Yuliana Pasaribu"),
    "auditor": Account(Role.AUDITOR, "urn:sinergi:auditor", "Hendra Wijaya, Auditor"),
    "operator": Account(Role.OPERATOR, "urn:sinergi:operator", "Agus Salim, Operator Sistem"),
}
