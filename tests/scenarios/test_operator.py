"""Commands that an operator runs, and their messages when a setting is wrong."""

import json
import os
import re
import socket
import subprocess
from pathlib import Path

import httpx
import pytest

from shared.web.throttle import ADDRESS_LIMIT
from tests.scenarios.paser import programme
from tests.scenarios.running import SINERGI, System, empty_kafka, empty_mongo, running
from tests.servers.kafka import Kafka
from tests.servers.mongo import Mongo
from tests.servers.port import free_port
from tests.servers.server import until


def sinergi(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("SINERGI_")}
    return subprocess.run(
        [SINERGI, *arguments], env=env | settings, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip


def publish(system: System, count: int) -> None:
    with httpx.Client(timeout=60, trust_env=False) as client:
        token = client.post(f"{system.url}/issuer/token", json={"account": "petugas-blk"}).json()
        for number in range(count):
            answer = client.post(
                f"{system.url}/registration/v1/programmes",
                json=programme(title=f"P{number}"),
                headers={"authorization": f"Bearer {token['access_token']}"},
            )
            assert answer.status_code == 201, answer.text


def test_a_stranger_s_first_minutes(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with running(folder) as system:
        publish(system, 5)
        second = sinergi("up", SINERGI_DATA=str(folder), SINERGI_PORT="8999")
        assert (second.returncode, second.stderr.count("\n")) == (2, 1)
        assert "stop it first" in second.stderr
        busy = sinergi("rebuild", "registration", SINERGI_DATA=str(folder))
        assert "stop it first" in busy.stderr

        def listed() -> bool:
            lines = system.run("events", "list", "--topic", "registration.events").stdout
            return lines.count("ProgrammePublished") == 5

        until(listed, 60, lambda: "five programmes on the log")
        for line in system.run("events", "list").stdout.splitlines():
            event = json.loads(line)
            assert event["specversion"] == "1.0"
            assert event["id"] == f"{event['subject']}/{event['sequence']}"
        assert system.run("parked", "list", "registration").returncode == 0
        verified = system.run("audit", "verify", "--json")
        assert verified.returncode == 0, verified.stdout
        assert json.loads(verified.stdout)["holds"] is True
        metrics = httpx.get(f"{system.url}/registration/metrics", trust_env=False).text
        assert re.search(r"sinergi_commands_total\{.*programmes.*\} 5\.0", metrics)
    rebuilt = sinergi("rebuild", "registration", SINERGI_DATA=str(folder))
    assert rebuilt.returncode == 0, rebuilt.stderr
    with running(folder) as system:
        verified = system.run("audit", "verify")
        assert verified.returncode == 0, verified.stdout


def test_a_rebuild_on_kafka_and_mongodb(
    tmp_path: Path, kafka_server: Kafka, mongo_server: Mongo
) -> None:
    empty_kafka(kafka_server.bootstrap)
    empty_mongo(mongo_server.url)
    settings = {
        "SINERGI_LOG": f"kafka://{kafka_server.bootstrap}",
        "SINERGI_STORE": mongo_server.url,
    }
    folder = tmp_path / "data"
    with running(folder, **settings) as system:
        publish(system, 3)
    rebuilt = sinergi("rebuild", "registration", SINERGI_DATA=str(folder), **settings)
    assert rebuilt.returncode == 0, rebuilt.stderr
    with running(folder, **settings) as system:
        publish(system, 1)
        verified = system.run("audit", "verify", "--json")
        assert verified.returncode == 0, verified.stdout
        assert json.loads(verified.stdout)["rows"]["registration"] >= 4


def test_the_log_alone_can_be_checked_and_a_flipped_byte_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with running(folder) as system:
        publish(system, 3)
        assert system.run("audit", "verify").returncode == 0
    settings = {"SINERGI_DATA": str(folder)}
    assert sinergi("audit", "verify", "--log-only", **settings).returncode == 0
    assert sinergi("audit", "verify", "--url", "http://127.0.0.1:1", **settings).returncode == 2
    file = folder / "log.sqlite"
    content = bytearray(file.read_bytes())
    content[content.rindex(b"Bengkel dan tambang")] ^= 1
    file.write_bytes(content)
    found = sinergi("audit", "verify", "--log-only", **settings)
    assert found.returncode == 1
    assert re.search(r"DOES NOT HOLD  registration.events partition 0 offset \d+", found.stdout)


@pytest.mark.parametrize(
    ("arguments", "settings", "named"),
    [
        (("up",), {"SINERGI_LOG": "postgres://x"}, "SINERGI_LOG"),
        (("up",), {"SINERGI_STORE": "redis://x"}, "SINERGI_STORE"),
        (("up",), {"SINERGI_PORT": "eighty"}, "SINERGI_PORT"),
        (("up",), {"SINERGI_PROT": "8000"}, "do you mean SINERGI_PORT?"),
        (("demo",), {"SINERGI_URL": "localhost:8000"}, "such as http://localhost:8000"),
        (("up",), {"SINERGI_LOG": "kafka://127.0.0.1:1"}, "does not answer at 127.0.0.1:1"),
        (
            ("audit", "verify", "--log-only", "--json"),
            {"SINERGI_PROT": "8000"},
            "do you mean SINERGI_PORT?",
        ),
        (("setup", "topics"), {"SINERGI_LOG": "kafka://127.0.0.1:1"}, "does not answer at"),
        (("up",), {"SINERGI_KEY_FILE": "/nowhere"}, "KEY_FILE"),
        (("up",), {"SINERGI_HOLIDAYS": "christmas"}, "SINERGI_HOLIDAYS"),
        (("up",), {"SINERGI_ISSUER_FILE": "/nowhere"}, "SINERGI_ISSUER_FILE"),
        (("serve", "registration"), {}, "SINERGI_LOG"),
        (("serve", "kitchen"), {}, "kitchen"),
        (("rebuild", "kitchen"), {}, "kitchen"),
        (
            ("serve", "registration"),
            {"SINERGI_LOG": "kafka://127.0.0.1:1"},
            "SINERGI_ISSUER",
        ),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_line(
    tmp_path: Path, arguments: tuple[str, ...], settings: dict[str, str], named: str
) -> None:
    stopped = sinergi(*arguments, SINERGI_DATA=str(tmp_path), **settings)
    assert stopped.returncode == 2
    assert named in stopped.stderr
    assert stopped.stderr.count("\n") == 1, stopped.stderr


def test_a_taken_port_is_named_with_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        stopped = sinergi("up", SINERGI_DATA=str(tmp_path), SINERGI_PORT=str(port))
    assert stopped.returncode == 2
    assert f"another program listens on 127.0.0.1:{port}" in stopped.stderr
    assert "--port" in stopped.stderr
    assert stopped.stderr.count("\n") == 1, stopped.stderr


def test_a_service_says_which_kafka_it_waits_for_and_goes_on_waiting(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("SINERGI_")}
    env |= {
        "SINERGI_DATA": str(tmp_path),
        "SINERGI_LOG": "kafka://127.0.0.1:1",
        "SINERGI_ISSUER": "http://issuer.invalid",
        "SINERGI_PORT": str(free_port()),
    }
    output = tmp_path / "output"
    with output.open("wb") as sink:
        process = subprocess.Popen(
            [SINERGI, "serve", "partners"], env=env, stdout=sink, stderr=subprocess.STDOUT
        )
    try:
        said = "Kafka does not answer at 127.0.0.1:1 (SINERGI_LOG): waiting for it"
        until(lambda: said in output.read_text(), 40, output.read_text)
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()


def test_commands_find_the_running_system_of_their_data_folder(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with running(folder) as system:
        said = system.output.read_text()
        assert said.index("Data folder") < said.index("registration: ") < said.index("is ready")
        found = sinergi("parked", "list", "registration", SINERGI_DATA=str(folder))
        assert found.returncode == 0, found.stderr
        assert f"on {system.url} (this folder's system)" in found.stderr
        verified = sinergi("audit", "verify", SINERGI_DATA=str(folder))
        assert verified.returncode == 0, verified.stdout
        elsewhere = sinergi("parked", "list", "registration", SINERGI_DATA=str(tmp_path / "other"))
        assert system.url not in elsewhere.stderr
    assert not (folder / "system.json").exists()


def test_help_and_version() -> None:
    assert re.fullmatch(r"sinergi \d+\.\d+\.\d+\n", sinergi("--version").stdout)
    for command in ((), ("audit",), ("events",), ("parked",), ("contracts",), ("setup",)):
        assert "Usage" in sinergi(*command, "--help").stdout


@pytest.mark.parametrize(("proxies", "answers"), [("", 429), ("127.0.0.1", 404)])
def test_a_guesser_is_known_by_the_address_that_a_trusted_proxy_passes_on(
    tmp_path: Path, proxies: str, answers: int
) -> None:
    """Without a trusted proxy the header is anybody's word, and counts for nothing."""
    with (
        running(tmp_path / "data", SINERGI_PROXIES=proxies) as system,
        httpx.Client(timeout=60, trust_env=False) as client,
    ):

        def guess(number: int, address: str) -> int:
            body = {"code": f"{number:010}", "birth_date": "1999-08-17"}
            headers = {"x-forwarded-for": address}
            url = f"{system.url}/registration/v1/follow"
            return client.post(url, json=body, headers=headers).status_code

        guesses = [guess(number, "203.0.113.1") for number in range(ADDRESS_LIMIT)]
        assert guesses == [404] * ADDRESS_LIMIT
        assert guess(ADDRESS_LIMIT, "203.0.113.1") == 429
        assert guess(ADDRESS_LIMIT, "203.0.113.2") == answers
