"""Numbers by which the state knows a person: NIK of a resident, NIP of an official."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.events.described import described

Nik = Annotated[str, Field(description="NIK, 16 digits", max_length=32)]
Nip = Annotated[
    str,
    StringConstraints(pattern=r"^\d{18}$"),
    described(
        en="the number of a civil servant (NIP), 18 digits",
        id="NIP, 18 angka",
        example="198503152010011004",
    ),
]
