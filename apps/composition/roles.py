"""The one table of roles, agencies and the requests they may make, read from the routes."""

from typing import NamedTuple

from apps.composition.published import applications
from shared.web.routing import Access


class Row(NamedTuple):
    """One role's permission; `agency` is for whom officers must act, empty for any."""

    role: str
    agency: str
    service: str
    method: str
    path: str


def table() -> list[Row]:
    """Return a row for each role of each route; "anybody" where no token is needed."""
    rows = []
    for service, app in applications().items():
        accesses: list[Access] = app.state.roles
        for access in accesses:
            names = ["anybody"] if access.public else sorted(access.roles)
            rows += [
                Row(name, access.agency or "", service, access.method, access.path)
                for name in names
            ]
    return sorted(rows)
