"""Numbers by which the state knows a person: NIK of a resident, NIP of an official."""

from typing import Annotated

from pydantic import Field, StringConstraints

Nik = Annotated[str, Field(description="NIK, 16 digits", max_length=32)]
Nip = Annotated[str, StringConstraints(pattern=r"^\d{18}$"), Field(description="NIP, 18 digits")]
