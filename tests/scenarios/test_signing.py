"""A running service accepts acts that are signed as docs/integrators.md describes."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.scenarios.paser import key, programme
from tests.scenarios.running import SINERGI, System, running
from tests.servers.unavailable import give_up

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
BODY = b'{"comment" : "Tambah jam praktik."}\n'


def sinergi(desk: Path, asked: Path, body: Path) -> list[str | Path]:
    return [SINERGI, "sign", asked, "--body", body, "--key", desk, "--signer", "desk-7"]


def python(desk: Path, asked: Path, body: Path) -> list[str | Path]:
    return [sys.executable, EXAMPLES / "sign_act.py", desk, "desk-7", body]


def node(desk: Path, asked: Path, body: Path) -> list[str | Path]:
    program = shutil.which("node")
    if program is None:
        give_up("there is no node on this machine")
    return [program, EXAMPLES / "sign_act.mjs", desk, "desk-7", body]


Sign = Callable[[Path, Path, Path], list[str | Path]]


class Curl:
    """One request after another, as an agency's officer would send them."""

    def __init__(self, system: System, account: str) -> None:
        token = httpx.post(
            f"{system.url}/issuer/token", json={"account": account}, trust_env=False
        ).json()
        self._url = f"{system.url}/partners/v1"
        self._headers = {
            "authorization": f"Bearer {token['access_token']}",
            "content-type": "application/json",
        }

    def post(self, path: str, body: bytes, **headers: str) -> httpx.Response:
        given = self._headers | {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.post(
            f"{self._url}/{path}", content=body, headers=given, trust_env=False, timeout=30
        )


def signed(command: list[str | Path], asked: bytes) -> str:
    done = subprocess.run(
        command,
        input=asked,
        capture_output=True,
        timeout=60,
        check=True,
        env={"PATH": os.environ["PATH"]},
    )
    assert json.loads(done.stderr)["stream"].startswith("alignment/")  # who signs sees what
    return done.stdout.decode().strip()


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with running(tmp_path_factory.mktemp("signing") / "data") as system:
        yield system


@pytest.mark.parametrize("sign", [sinergi, python, node])
def test_an_agency_signs_with_its_own_program(system: System, sign: Sign, tmp_path: Path) -> None:
    curl = Curl(system, "kepala-blk")
    desk = Path(system.env["SINERGI_DATA"]) / "keys" / "desks" / "blk-paser.key"
    body, asked = tmp_path / "body.json", tmp_path / "asked.json"

    def acted(path: str, raw: bytes) -> Any:
        id_ = key()
        answer = curl.post(path, raw, idempotency_key=id_)
        assert answer.status_code == 428, answer.text
        body.write_bytes(raw)
        asked.write_bytes(answer.content)
        header = signed(sign(desk, asked, body), answer.content)
        done = curl.post(path, raw, idempotency_key=id_, attestation=header)
        assert done.is_success, done.text
        return done.json()

    need = {"labour_market": "Tambang mencari juru las.", "content": programme()}
    opened = acted("alignments", json.dumps(need).encode())
    commented = acted(f"alignments/{opened['id']}/comments", BODY)
    assert commented["events"][0]["data"]["comment"] == "Tambah jam praktik."
    body.write_bytes(BODY + b" ")
    refused = subprocess.run(
        sign(desk, asked, body), input=asked.read_bytes(), capture_output=True, check=False
    )
    assert (refused.returncode != 0, refused.stdout) == (True, b"")
    verified = system.run("audit", "verify", "--log-only", "--json")
    assert json.loads(verified.stdout)["acts"] >= 2, verified.stdout
    assert verified.returncode == 0, verified.stdout
