"""Numbers by which the state knows a person: NIK of a resident, NIP of an official."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.events.described import described

Nik = Annotated[
    str,
    Field(max_length=32),
    described(
        en="NIK, 16 digits: the number on the identity card",
        id="NIK, 16 angka, seperti pada KTP",
        example="6401045502010001",
    ),
]
Nip = Annotated[
    str,
    StringConstraints(pattern=r"^\d{18}$"),
    described(
        en="NIP, 18 digits: the number of an official",
        id="NIP, 18 angka: nomor induk pegawai",
        example="198503152010011001",
    ),
]
