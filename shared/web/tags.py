"""Tags of the document: the rooms of a service's routes, for people."""

from collections.abc import Iterable

from shared.events.described import INDONESIAN

_TAGS = {
    "inbox": ("What waits for whoever asks", "Tugas yang menunggu penanya"),
    "parked": ("Records that could not be applied", "Catatan yang belum dapat diterapkan"),
    "digests": ("Digests of rows, for auditors", "Hash baris data, untuk auditor"),
    "summary": ("What there is", "Ringkasan isi layanan"),
    "checkpoints": ("How far the log is signed", "Sampai mana catatan ditandatangani"),
    "proofs": ("Proofs over the signed log", "Bukti atas catatan yang ditandatangani"),
    "imports": ("Many commands from one table", "Banyak permintaan dari satu tabel"),
}


def described_tags(used: Iterable[str]) -> list[dict[str, str]]:
    """Return the document's tags in order; a room of the service's own is told by its name."""
    return [_tag(name) for name in sorted(set(used))]


def _tag(name: str) -> dict[str, str]:
    words = name.replace("-", " ")
    en, id_ = _TAGS.get(name, (f"All about {words}", f"Semua tentang {words}"))
    return {"name": name, "description": en, INDONESIAN: id_}
