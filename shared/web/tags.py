"""Tags of the OpenAPI document: the groups of a service's routes, described for people."""

from collections.abc import Iterable, Mapping

from shared.events.described import INDONESIAN

# A tag's description in English and in Indonesian, by its name.
Tags = Mapping[str, tuple[str, str]]

_COMMON: Tags = {
    "inbox": ("What waits for whoever asks", "Tugas yang menunggu penanya"),
    "parked": ("Records that could not be applied", "Catatan yang belum dapat diterapkan"),
    "digests": ("Digests of rows, for auditors", "Hash baris data, untuk auditor"),
    "summary": ("What there is", "Ringkasan isi layanan"),
    "checkpoints": ("How far the log is signed", "Sampai mana catatan ditandatangani"),
    "proofs": ("Proofs over the signed log", "Bukti atas catatan yang ditandatangani"),
    "imports": ("Many commands from one table", "Banyak permintaan dari satu tabel"),
}


def described_tags(own: Tags, used: Iterable[str]) -> list[dict[str, str]]:
    """Return the document's tags in order, described by the service's own words or the common ones.

    A tag that neither describes has only its name.
    """
    known = {**_COMMON, **own}
    return [_described(name, known) for name in sorted(set(used))]


def _described(name: str, known: Tags) -> dict[str, str]:
    if name not in known:
        return {"name": name}
    english, indonesian = known[name]
    return {"name": name, "description": english, INDONESIAN: indonesian}
