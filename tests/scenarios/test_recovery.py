"""Recovery by an operator when something is lost: backup, restore, rebuild and rewrap."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import bson
import httpx
import pytest
from pymongo import MongoClient

from tests.scenarios.paser import applicant, plan, programme
from tests.scenarios.running import System, empty_kafka, empty_mongo, running
from tests.servers.server import until

BLK = "petugas-blk"
SERVICE = "registration"
WAIT = 120.0


class Office:
    """Officers of a running system, and what its auditors see."""

    def __init__(self, system: System, client: httpx.Client) -> None:
        self.system, self._client = system, client
        self._tokens: dict[str, str] = {}

    def call(self, account: str, method: str, path: str, body: Any = None) -> httpx.Response:
        if account not in self._tokens:
            given = self._client.post(
                f"{self.system.url}/issuer/token", json={"account": account}
            ).json()
            self._tokens[account] = given["access_token"]
        headers = {"authorization": f"Bearer {self._tokens[account]}", "accept-language": "en"}
        url = f"{self.system.url}/{SERVICE}/v1/{path}"
        return self._client.request(method, url, json=body, headers=headers)

    def said(self, path: str, body: Any = None) -> Any:
        answer = self.call(BLK, "POST", path, body)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def intake(self) -> str:
        content = programme(title="Juru las")
        drafted = self.said("intakes", plan(self.said("programmes", content)["id"], quota=20))
        self.said(f"intakes/{drafted['id']}/opening")
        return str(drafted["id"])

    def register(self, intake: str, *serials: int) -> list[str]:
        bodies = [applicant(intake, serial) for serial in serials]
        return [str(self.said("applications", body)["id"]) for body in bodies]

    def correct(self, application: str) -> httpx.Response:
        """A correction reads the NIK that was sealed at registration."""
        body = applicant("", 0, address="Jl. Yos Sudarso RT 003")
        del body["intake"], body["nik"]
        return self.call(BLK, "POST", f"applications/{application}/correction", body)

    def read(self, application: str) -> httpx.Response:
        """The applicant's data, as an officer reads them."""
        path = f"applications/{application}/personal-data"
        return self.call(BLK, "POST", path, {"purpose": "contact"})

    def rows(self) -> list[str]:
        """The digests of all rows, once nothing moves any more, but for those of receipts: a
        stopping service writes one."""
        seen: list[str] = []

        def still() -> bool:
            before = list(seen)
            seen[:] = self.call("auditor", "GET", "digests").text.splitlines()
            return bool(before) and before == seen

        until(still, WAIT, lambda: "rows go on changing")
        return [line for line in seen[1:] if '"key":"consumer/' not in line]


@dataclass(frozen=True)
class Site:
    """Where a system keeps its data."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Path:
        return self.folder / "stores" / f"{SERVICE}.sqlite"

    @property
    def wrapping(self) -> Path:
        return self.folder / "keys" / SERVICE / "wrap.key"

    def drop(self) -> None:
        """Loses the service's database, private collections and all."""
        if url := self.settings.get("SINERGI_STORE"):
            with MongoClient[dict[str, Any]](url) as client:
                client.drop_database(SERVICE)
        else:
            for file in self.store.parent.glob(f"{self.store.name}*"):
                file.unlink()

    @contextmanager
    def running(self) -> Iterator[Office]:
        # Receipts would change rows by themselves.
        settings = {"SINERGI_RECEIPT_SECONDS": "3600", **self.settings}
        with (
            running(self.folder, **settings) as system,
            httpx.Client(timeout=20, trust_env=False) as client,
        ):
            yield Office(system, client)


@pytest.fixture
def embedded(tmp_path: Path) -> Site:
    return Site(tmp_path / "data")


@pytest.fixture(params=["embedded", "kafka+mongo"])
def site(request: pytest.FixtureRequest, embedded: Site) -> Iterator[Site]:
    if request.param == "embedded":
        yield embedded
        return
    kafka = request.getfixturevalue("kafka_server").bootstrap
    mongo = request.getfixturevalue("mongo_server").url
    empty_kafka(kafka)
    empty_mongo(mongo)
    yield Site(embedded.folder, {"SINERGI_LOG": f"kafka://{kafka}", "SINERGI_STORE": mongo})
    empty_kafka(kafka)
    empty_mongo(mongo)


def did(system: System, *arguments: str) -> str:
    """Run a command that must succeed, and return its messages."""
    told = system.run(*arguments)
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stderr


def refused(system: System, *arguments: str) -> str:
    """The one line of a command that must not succeed."""
    told = system.run(*arguments)
    assert told.returncode == 2, told.stdout + told.stderr
    assert told.stderr.count("\n") == 1, told.stderr
    return told.stderr


@pytest.mark.timeout(300)
def test_a_dropped_database_comes_back_identical(site: Site, tmp_path: Path) -> None:
    backup = str(tmp_path / "backup")
    with site.running() as office:
        intake = office.intake()
        first, *_, last = office.register(intake, *range(1, 9))
        assert office.correct(first).is_success
        did(office.system, "backup", SERVICE, backup)
        before = office.rows()
        assert len(before) > 20
    site.drop()
    did(office.system, "rebuild", SERVICE)
    with site.running() as office:
        assert office.rows() == before
        # The log alone does not give personal data back.
        assert office.correct(last).status_code == 410
    did(office.system, "restore", SERVICE, backup, "--keys-only")
    with site.running() as office:
        assert office.rows() == before
        assert office.correct(last).is_success
        again = office.call(BLK, "POST", "applications", applicant(intake, 8))
        assert again.json()["rule"] == "already-applied"
        did(office.system, "audit", "verify", "--url", office.system.url)


@pytest.mark.timeout(300)
def test_an_old_backup_is_folded_forward(site: Site, tmp_path: Path) -> None:
    backup = str(tmp_path / "backup")
    with site.running() as office:
        intake = office.intake()
        first, *_ = office.register(intake, 1, 2, 3)
        did(office.system, "backup", SERVICE, backup)
        office.said(f"applications/{first}/verification")
        later = office.register(intake, 4, 5, 6)
        before = office.rows()
    assert "--replace" in refused(office.system, "restore", SERVICE, backup)
    did(office.system, "restore", SERVICE, backup, "--replace")
    with site.running() as office:
        assert "commits restored from the log" in office.system.output.read_text()
        assert office.rows() == before
        assert office.correct(later[0]).is_success
        did(office.system, "audit", "verify", "--url", office.system.url)


@pytest.mark.timeout(300)
def test_a_backup_brings_back_a_log_that_was_lost(embedded: Site, tmp_path: Path) -> None:
    backup = str(tmp_path / "backup")
    with embedded.running() as office:
        office.register(office.intake(), 1, 2, 3)
        did(office.system, "backup", SERVICE, backup)
        before = office.system.run("events", "list", "--topic", f"{SERVICE}.events").stdout
    embedded.drop()
    for file in embedded.folder.glob("log.sqlite*"):
        file.unlink()
    did(office.system, "restore", SERVICE, backup)
    with embedded.running() as office:

        def back() -> bool:
            listed = office.system.run("events", "list", "--topic", f"{SERVICE}.events").stdout
            return _hashes(before) <= _hashes(listed)

        until(back, WAIT, lambda: "the log has not come back")


def _hashes(listed: str) -> set[tuple[str, str]]:
    events = [json.loads(line) for line in listed.splitlines()]
    return {(event["id"], event["signature"]) for event in events}


@pytest.mark.timeout(300)
def test_a_backup_that_would_fork_a_stream_is_refused_by_name(
    embedded: Site, tmp_path: Path
) -> None:
    backup = str(tmp_path / "backup")
    with embedded.running() as office:
        (application,) = office.register(office.intake(), 1)
        did(office.system, "backup", SERVICE, backup)
        office.said(f"applications/{application}/verification")
        office.rows()
    # A twin goes on from the old backup with a log of its own.
    twin = Site(tmp_path / "twin")
    shutil.copytree(embedded.folder / "keys", twin.folder / "keys")
    there = replace(office.system, env={**office.system.env, "SINERGI_DATA": str(twin.folder)})
    did(there, "restore", SERVICE, backup)
    with twin.running() as elsewhere:
        elsewhere.said(f"applications/{application}/decline", {"reason": "absent"})
        did(there, "backup", SERVICE, str(tmp_path / "twin.backup"))
    did(office.system, "restore", SERVICE, str(tmp_path / "twin.backup"), "--replace")
    assert f"another application/{application}/2 than the store" in refuses_to_start(embedded)
    # With the twin's own marks, as a copied file has them.
    shutil.copy(twin.store, embedded.store)
    assert "another log, or another store" in refuses_to_start(embedded)


def refuses_to_start(site: Site) -> str:
    """Start a system that must end with code 2, and return its messages."""
    with pytest.raises(AssertionError) as failed, site.running():
        pass
    said = str(failed.value)
    assert "it ended with 2" in said
    return said


@pytest.mark.timeout(300)
def test_what_is_no_backup_of_this_service_is_refused(embedded: Site, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    backup = str(folder)
    with embedded.running() as office:
        did(office.system, "backup", SERVICE, backup)
        assert "stop it first" in refused(office.system, "restore", SERVICE, backup)
        assert "already" in refused(office.system, "backup", SERVICE, backup)
        assert "no service" in refused(office.system, "backup", "nobody", backup)
    for part in (folder / "store", folder / "keys"):
        assert part.stat().st_mode & 0o777 == 0o700
        assert {file.stat().st_mode & 0o777 for file in part.iterdir()} == {0o600}
    assert "not of partners" in refused(office.system, "restore", "partners", backup)
    assert "no finished backup" in refused(
        office.system, "restore", SERVICE, str(tmp_path / "none")
    )

    commits = folder / "store" / "commits.bson"
    whole = commits.read_bytes()
    commits.write_bytes(whole[:-1] + b"\1")
    assert "commits.bson is not the file" in refused(office.system, "restore", SERVICE, backup)
    commits.write_bytes(whole)

    secret = embedded.wrapping.with_name("secret")
    kept = secret.read_text()
    secret.write_text("00" * 32)
    assert "another secret" in refused(office.system, "restore", SERVICE, backup, "--replace")
    secret.write_text(kept)
    # Nothing was deleted by that.
    assert "has commits" in refused(office.system, "restore", SERVICE, backup)

    manifest = folder / "keys" / "manifest.json"
    said = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(said | {"expires": said["made"]}))
    assert "expired" in refused(office.system, "restore", SERVICE, backup, "--keys-only")


@pytest.mark.timeout(300)
def test_lost_key_files_come_back_and_present_ones_stay(embedded: Site, tmp_path: Path) -> None:
    backup = str(tmp_path / "backup")
    home = embedded.wrapping.parent
    with embedded.running() as office:
        (application,) = office.register(office.intake(), 1)
        did(office.system, "backup", SERVICE, backup)
    before = {file.name: file.read_bytes() for file in home.iterdir()}
    (home / "agency.key").unlink()
    (home / "secret").unlink()
    embedded.wrapping.write_text("11" * 32 + "\n")
    did(office.system, "restore", SERVICE, backup, "--keys-only")
    both = embedded.wrapping.read_bytes()
    assert both == b"11" * 32 + b"\n" + before["wrap.key"]
    assert (home / "agency.key").read_bytes() == before["agency.key"]
    with embedded.running() as office:
        assert office.correct(application).is_success


@pytest.mark.timeout(300)
def test_a_new_wrapping_key_takes_over_and_no_event_changes(site: Site) -> None:
    old = ""
    with site.running() as office:
        intake = office.intake()
        first, second = office.register(intake, 1, 2)
        old = site.wrapping.read_text()
        before = office.rows()
        log = office.system.run("events", "list").stdout
        if not site.settings:
            assert "stop it first" in refused(office.system, "rewrap", SERVICE, "--new")
    assert "2 persons' keys" in did(office.system, "rewrap", SERVICE, "--new")
    assert len(site.wrapping.read_text().split()) == 1
    assert site.wrapping.read_text() != old
    with site.running() as office:
        assert office.rows() == before
        assert _hashes(log) <= _hashes(office.system.run("events", "list").stdout)
        assert office.correct(first).is_success
        office.register(intake, 3)
    # Cut off after the new key was written: the old one still opens, and the rest follows.
    current = site.wrapping.read_text()
    site.wrapping.write_text("22" * 32 + "\n" + current)
    with site.running() as office:
        assert office.correct(second).is_success
    assert "3 persons' keys" in did(office.system, "rewrap", SERVICE)
    assert site.wrapping.read_text() == "22" * 32 + "\n"
    assert "0 persons' keys" in did(office.system, "rewrap", SERVICE)
    with site.running() as office:
        assert office.correct(second).is_success


@pytest.mark.timeout(300)
@pytest.mark.parametrize("arguments", [["--keys-only"], ["--replace"]])
def test_keys_from_before_an_erasure_do_not_bring_the_person_back(
    site: Site, tmp_path: Path, arguments: list[str]
) -> None:
    backup = str(tmp_path / "backup")
    with site.running() as office:
        gone, stays = office.register(office.intake(), 1, 2)
        did(office.system, "backup", SERVICE, backup)
        whom = {"application": gone, "reason": "person-request", "on_running": "withdraw"}
        office.said("persons/erasure", whom)
        assert office.read(gone).status_code == 410
    did(office.system, "restore", SERVICE, backup, *arguments)
    with site.running() as office:
        assert office.read(gone).status_code == 410
        assert office.read(stays).is_success
        did(office.system, "backup", SERVICE, str(tmp_path / "again"))
        assert persons(tmp_path / "again") < persons(tmp_path / "backup")
        assert len(persons(tmp_path / "again")) == 1
        did(office.system, "audit", "verify", "--url", office.system.url)


def persons(backup: Path) -> set[str]:
    """Whose keys are in a backup."""
    kept = bson.decode_all((backup / "keys" / "private.bson").read_bytes())
    return {each["key"] for each in kept if each["collection"] == "person-keys"}
