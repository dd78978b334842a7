"""Every route of every service, asked by every role, by nobody, and for what is another's."""

from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

import pytest

from apps.composition.roles import table
from shared.web.authentication import Authenticator, Identity, Role
from shared.web.problems import ProblemError
from shared.web.routing import Access
from tests.scenarios.paser import Paser, applicant, partner, paser

ACCOUNTS = {
    Role.CITIZEN: "warga-1",
    Role.BLK_OFFICER: "petugas-blk",
    Role.MINISTRY_REVIEWER: "peninjau-kemenaker",
    Role.BPVP_OFFICER: "bpvp-medan",
    Role.AUDITOR: "auditor",
    Role.OPERATOR: "operator",
}


async def test_each_route_serves_its_roles_and_nobody_else(tmp_path: Path) -> None:
    async with paser(tmp_path) as system:
        walked = 0
        for service, routes in system.routes.items():
            sizes = await system.size(service)
            for access in routes:
                method, path = access.method, access.path
                address = path.replace("{id}", "nothing")
                nobody = await system.clients[service].request(method, address, json={"nothing": 1})
                if access.public:
                    # There is nothing to find; what is open to all may be read without asking.
                    open_ = (200, 404, 422) if method == "GET" else (400, 404, 422)
                    assert nobody.status_code in open_, f"{method} {path}: {nobody.text}"
                    continue
                assert nobody.status_code == 401, f"{method} {path}"
                for role, account in ACCOUNTS.items():
                    # What is allowed is asked for with a body that fits no command.
                    answer = await system.call(
                        account, method, f"{service}{address}", {"nothing": 1}
                    )
                    forbidden = answer.status_code == 403
                    walked += 1
                    if role not in access.roles:
                        assert forbidden, f"{role} {method} {path}: {answer.status_code}"
                    else:
                        assert answer.status_code not in (401, 500), f"{role} {method} {path}"
                        other = forbidden and answer.json()["rule"] == "other-agency"
                        assert other or not forbidden, f"{role} {method} {path}: {answer.text}"
            assert await system.size(service) == sizes
        assert walked > 600


# Who a person with several roles acts for: one of these, whatever their roles.
AGENCIES = (
    "urn:sinergi:blk-paser",
    "urn:sinergi:kemenaker",
    "urn:sinergi:bpvp-medan",
    "urn:sinergi:citizen",
)
SETS_OF_ROLES = [frozenset(c) for n in range(len(Role) + 1) for c in combinations(Role, n)]


def lawful(access: Access, roles: Iterable[Role], agency: str) -> str | None:
    """As what the person may be served: "staff", "citizen" or not at all."""
    staff = {role for role in roles if role is not Role.CITIZEN and role in access.roles}
    if staff and access.agency in (None, agency):
        return "staff"
    return "citizen" if Role.CITIZEN in roles and Role.CITIZEN in access.roles else None


async def test_no_role_lends_another_its_rights(tmp_path: Path) -> None:
    """Every route, every set of roles, every agency: a role counts for its own agency only."""
    judged = 0
    async with paser(tmp_path) as system:
        accesses = [access for routes in system.routes.values() for access in routes]
    for access in accesses:
        if access.public:
            continue
        for roles in SETS_OF_ROLES:
            for agency in AGENCIES:
                identity = Identity("somebody", roles, agency, "Somebody")
                judged += 1
                expected = lawful(access, roles, agency)
                if expected is None:
                    with pytest.raises(ProblemError):
                        identity.narrowed(access.roles, access.agency)
                    continue
                used = identity.narrowed(access.roles, access.agency)
                if expected == "citizen":
                    assert used.roles == {Role.CITIZEN}
                    assert used.agency == "urn:sinergi:citizen"
                else:
                    assert used.agency == agency
                    assert used.roles == (roles & access.roles) - {Role.CITIZEN}
    assert judged > 20_000


async def test_the_role_of_a_citizen_opens_no_door_of_another_agency(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every route bound to an agency, asked over HTTP by others who are also citizens."""

    async def identify(self: Authenticator, authorization: str | None) -> Identity:
        _, role, agency = (authorization or "").split(" ")
        return Identity("double", frozenset({Role(role), Role.CITIZEN}), agency, "Double")

    walked = 0
    async with paser(tmp_path) as system:
        monkeypatch.setattr(Authenticator, "identify", identify)
        for service, routes in system.routes.items():
            for access in routes:
                if access.public or access.agency is None:
                    continue
                for role in access.roles - {Role.CITIZEN}:
                    other = next(each for each in AGENCIES if each != access.agency)
                    answer = await system.clients[service].request(
                        access.method,
                        access.path.replace("{id}", "nothing"),
                        json={"nothing": 1},
                        headers={"authorization": f"Bearer {role} {other}"},
                    )
                    walked += 1
                    where = f"{role} of {other}: {access.method} {access.path}: {answer.text}"
                    if Role.CITIZEN in access.roles:
                        assert answer.status_code not in (200, 201, 500), where
                    else:
                        assert answer.status_code == 403, where
                        assert answer.json()["rule"] == "other-agency", where
    assert walked > 50


def test_the_table_of_roles_lists_every_permission() -> None:
    rows = table()
    assert ("blk-officer", "urn:sinergi:blk-paser", "registration", "POST", "/v1/intakes") in rows
    assert ("anybody", "", "registration", "GET", "/v1/certificates/{id}") in rows
    assert not [row for row in rows if row.role == "citizen" and row.service != "registration"
                and row.path != "/v1/summary"]  # fmt: skip


async def test_another_citizens_application_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    async with paser(tmp_path) as system:
        intake = await system.opened("petugas-blk")
        mine = await system.said("warga-1", "registration/v1/applications", applicant(intake, 1))
        at = f"registration/v1/applications/{mine['id']}"
        asked = {
            "withdrawal": {"reason": "found-work"},
            "documents": {"kind": "ijazah", "sha256": "0" * 64, "media_type": "image/jpeg"},
            "seat": None,
            "referral": {"willing": True},
        }
        for path, body in asked.items():
            await system.refused("warga-2", f"{at}/{path}", body, 404, "unknown-application")
        await _lists_nothing(system, "warga-2")
        await system.said("warga-1", f"{at}/withdrawal", asked["withdrawal"])


async def _lists_nothing(system: Paser, account: str) -> None:
    found = await system.call(account, "GET", "registration/v1/my-applications")
    assert found.json()["items"] == []


async def test_another_agencys_partner_instructor_and_agreement_are_its_own(tmp_path: Path) -> None:
    async with paser(tmp_path) as system:
        at = "partners/v1/partners/bandung"
        await system.said("sekretariat-bpvp", at, partner("bandung", "otomotif"))
        update = {"fields": ["otomotif", "las"], "capacity": 3}
        await system.refused("bpvp-medan", f"{at}/update", update, 403, "not-yours")
        spare = {"items": [{"item": "dongkrak", "quantity": 1}]}
        await system.refused("bpvp-medan", f"{at}/spare-equipment", spare, 403, "not-yours")
        valid = {"number": "1", "valid_until": "2099-01-01"}
        listing = {"fields": ["otomotif"], "methodology": valid, "competency": valid}
        path = "partners/v1/instructors/bandung.1"
        await system.refused("bpvp-medan", path, listing, 403, "not-yours")
