"""Every route of every service, asked by every role and by nobody."""

from pathlib import Path

from shared.identity import Role
from tests.scenarios.paser import paser

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
            for method, path, allowed in routes:
                address = path.replace("{id}", "nothing")
                nobody = await system.clients[service].request(method, address)
                assert nobody.status_code == 401, f"{method} {path}"
                for role, account in ACCOUNTS.items():
                    # What is allowed is asked for with a body that fits no command.
                    answer = await system.call(
                        account, method, f"{service}{address}", {"nothing": 1}
                    )
                    forbidden = answer.status_code == 403
                    walked += 1
                    if role not in allowed:
                        assert forbidden, f"{role} {method} {path}: {answer.status_code}"
                    else:
                        assert answer.status_code not in (401, 500), f"{role} {method} {path}"
                        other = forbidden and answer.json()["rule"] == "other-agency"
                        assert other or not forbidden, f"{role} {method} {path}: {answer.text}"
            assert await system.size(service) == sizes
        assert walked > 200
