"""Rows for queries: the demand for each field in each district, the evidence for proposals."""

from collections.abc import Iterable

from shared.envelope import Envelope
from shared.events.registration import ApplicantRegistered, ApplicationDeclined
from shared.views import Part, View


def demand_keys(
    envelope: Envelope, event: ApplicantRegistered | ApplicationDeclined
) -> Iterable[str]:
    yield f"{event.kejuruan}/{event.kecamatan}"


def fold_demand(
    part: Part | None, envelope: Envelope, event: ApplicantRegistered | ApplicationDeclined
) -> Part | None:
    """One part for each application: a declined one no longer speaks for the field."""
    declined = isinstance(event, ApplicationDeclined)
    return {"status": "declined" if declined else "counted"}


VIEWS: tuple[View, ...] = (
    View(
        "demand",
        "registration.events",
        (ApplicantRegistered, ApplicationDeclined),
        demand_keys,
        fold_demand,
    ),
)
