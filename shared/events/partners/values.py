"""Values that the partners' events share: visits and teachers."""

from typing import Annotated, Literal

from pydantic import Field

from shared.events.base import Id, Value
from shared.events.values import Certificate, Day, Kejuruan

OfferDays = Annotated[int, Field(strict=True, ge=1, le=366, description="days for offers")]


Zone = Literal["WIB", "WITA", "WIT"]


class Visit(Value):
    """A partner's instructor and the days on which they would come."""

    instructor: Annotated[Id, Field(description="`<partner>.<number>`, as the partner lists them")]
    starts_on: Day
    ends_on: Day


class Teacher(Value):
    """The facts that another centre needs of a visiting instructor."""

    fields: tuple[Kejuruan, ...]
    methodology: Certificate
    competency: Certificate
