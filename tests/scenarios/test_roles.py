"""Every route of every service, asked by every role, by nobody, and for what is another's."""

from pathlib import Path

from services.roles import table
from shared.identity import Role
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
