"""The rights of the person: what is erased is gone, and stays so."""

import asyncio
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo import MongoClient

from services.registration.application.erasure import PersonErasure
from shared.eventsourcing.decider import AnyStream
from shared.kernel.ports import Unavailable
from shared.privacy.vault import PERSON_KEYS, PERSONS
from tests.scenarios.paser import Paser, applicant, paser, plan, programme
from tests.scenarios.rights import (
    AT,
    BLK,
    CITIZEN,
    ERASURE,
    NIK,
    PRIVATE,
    REPORT,
    SITI,
    erased,
    found_in,
    history,
    private,
    put_back,
    registered,
    withdraw,
)
from tests.scenarios.running import SINERGI, empty_mongo, running
from tests.servers.mongo import Mongo
from tests.servers.server import until as server_until
from tests.toy import until


async def test_what_is_under_way_is_a_reason_to_refuse_or_is_withdrawn(tmp_path: Path) -> None:
    async with paser(tmp_path) as system:
        application, _ = await registered(system)
        asked = withdraw(application, on_running="refuse")
        await system.refused(BLK, ERASURE, asked, 409, "still-running")
        assert (await system.said(BLK, REPORT, {"nik": NIK}))["files"]
        done = await system.said(BLK, ERASURE, withdraw(application))
        assert done["events"][0]["data"]["withdrawn"] == [application]
        state = await erased(system, application)
        assert state["status"] == "withdrawn"
        assert not {"sex", "age_band", "account", "documents"} & {k for k, v in state.items() if v}


async def test_nothing_is_left_and_every_door_says_so(tmp_path: Path) -> None:
    async with paser(tmp_path) as system:
        before = private(tmp_path, *PRIVATE)
        application, code = await registered(system, CITIZEN)
        followed = {"code": code, "birth_date": "1999-08-17"}
        await system.said(CITIZEN, "registration/v1/follow", followed)
        await system.said(BLK, f"{AT}/{application}/personal-data", {"purpose": "contact"})
        secrets = set(private(tmp_path, *PRIVATE)) - set(before)
        wrapped = [row[2] for row in secrets if row[0] == PERSON_KEYS]
        hashed = [row[1] for row in secrets if row[0] in (PERSONS, "follow")]
        assert (len(wrapped), len(hashed)) == (1, 2)
        assert len(found_in(tmp_path / "stores", *wrapped, *hashed)) >= 3
        await system.said(BLK, ERASURE, withdraw(application))
        # Gone when it is answered, not some time after.
        assert found_in(tmp_path / "stores", *wrapped, *hashed) == []
        left = {(row[0], row[1]) for row in private(tmp_path, *PRIVATE)} - {r[:2] for r in before}
        assert not {each for each in left if each[0] in ("persons", "person-keys", "follow")}
        assert BLK in str(private(tmp_path, "actors"))
        assert CITIZEN not in str(private(tmp_path, "actors"))
        await erased(system, application)
        path = f"{AT}/{application}"
        await system.refused(BLK, f"{path}/personal-data", {"purpose": "contact"}, 410, "erased")
        mended = applicant("", 7, **SITI)
        del mended["intake"], mended["nik"]
        await system.refused(BLK, f"{path}/correction", mended, 410, "erased")
        await system.refused(BLK, f"{path}/identity", SITI, 410, "erased")
        await system.refused(BLK, f"{path}/withdrawal", {"reason": "moved"}, 410, "erased")
        assert (await system.call(BLK, "GET", f"{path}/follow-code")).status_code == 410
        await system.refused(BLK, ERASURE, withdraw(application), 410, "erased")
        by_nik = {"nik": NIK, "reason": "person-request"}
        await system.refused(BLK, ERASURE, by_nik, 404, "unknown-person")
        await system.refused(BLK, REPORT, {"nik": NIK}, 404, "unknown-person")
        await system.refused(
            CITIZEN, "registration/v1/follow", followed, 404, "no-such-application"
        )
        await system.refused(CITIZEN, f"{path}/access-report", {}, 404, "unknown-application")
        own = await system.call(CITIZEN, "GET", "registration/v1/my-applications")
        assert own.json()["items"] == []
    assert found_in(tmp_path, NIK, *SITI.values()) == []


async def test_a_repeated_erasure_gets_the_first_answer(tmp_path: Path) -> None:
    async with paser(tmp_path) as system:
        application, _ = await registered(system)
        first = await system.said(BLK, ERASURE, withdraw(application), idempotency_key="e")
        again = await system.said(BLK, ERASURE, withdraw(application), idempotency_key="e")
        assert again == first


async def test_who_registers_again_is_somebody_new(tmp_path: Path) -> None:
    async with paser(tmp_path) as system:
        first, _ = await registered(system, CITIZEN)
        await system.said(BLK, ERASURE, withdraw(first))
        second, _ = await registered(system, CITIZEN)
        events = await history(system, f"application/{first}", f"application/{second}")
        people = {event["person"] for event in events if "sealed" in event}
        accounts = {event["account"] for event in events if "sealed" in event}
        assert (len(people), len(accounts)) == (2, 2)
        report = await system.said(BLK, REPORT, {"nik": NIK})
        assert [file["file"] for file in report["files"]] == [f"application/{second}"]


async def test_the_figures_count_who_was_erased(tmp_path: Path) -> None:
    async with paser(tmp_path) as system:
        application, _ = await registered(system, education="none")
        path = "registration/v1/figures?by=kecamatan"
        before = await figures(system, path, 1)
        await system.said(BLK, ERASURE, withdraw(application, on_running="refuse"))
        await erased(system, application)
        assert await figures(system, path, 1) == before


async def test_one_account_of_a_family_stays_until_the_last_is_erased(tmp_path: Path) -> None:
    async with paser(tmp_path) as system:
        mother, _ = await registered(system, CITIZEN)
        intake = await system.opened(BLK)
        child = (await system.said(CITIZEN, AT, applicant(intake, 8, **SITI)))["id"]
        await until(lambda: _own(system, {mother, child}), "both are the account's own")
        await system.said(BLK, ERASURE, withdraw(mother))
        await until(lambda: _own(system, {child}), "the other one is still the account's own")
        await system.said(BLK, ERASURE, withdraw(child))
        assert CITIZEN not in str(private(tmp_path, "actors"))


async def _own(system: Paser, expected: set[str]) -> bool:
    answer = await system.call(CITIZEN, "GET", "registration/v1/my-applications")
    found = {item["application"] for item in answer.json()["items"]}
    return found == expected


async def figures(system: Paser, path: str, applied: int) -> Any:
    found: list[Any] = []

    async def there() -> bool:
        found[:] = (await system.call(BLK, "GET", path)).json()["items"]
        return bool(sum(row["applied"] for row in found) == applied)

    await until(there, f"{applied} applied")
    return list(found)


async def test_a_crash_after_the_commit_leaves_the_erasure_to_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: Any) -> None:
        raise Unavailable("the process is killed here")

    async with paser(tmp_path) as system:
        application, _ = await registered(system)
        monkeypatch.setattr(PersonErasure, "_destroy", crash)
        answer = await system.call(BLK, "POST", ERASURE, withdraw(application))
        assert answer.status_code == 503
        assert private(tmp_path, PERSON_KEYS, PERSONS)
    monkeypatch.undo()
    async with paser(tmp_path) as system:
        assert private(tmp_path, PERSON_KEYS, PERSONS, "follow") == []
        await erased(system, application)
    assert found_in(tmp_path, NIK, *SITI.values()) == []


async def test_a_restored_key_is_destroyed_before_anything_is_served(tmp_path: Path) -> None:
    async with paser(tmp_path) as system:
        application, _ = await registered(system, CITIZEN)
        backup = private(tmp_path, *PRIVATE)
        await system.said(BLK, ERASURE, withdraw(application))
    put_back(tmp_path, backup)
    assert private(tmp_path, PERSON_KEYS)
    async with paser(tmp_path) as system:
        assert private(tmp_path, PERSON_KEYS, PERSONS, "follow") == []
        assert CITIZEN not in str(private(tmp_path, "actors"))
        await erased(system, application)


async def test_a_file_that_was_being_opened_meanwhile_is_erased_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with paser(tmp_path) as system:
        first, _ = await registered(system)
        command_handler = system.services["registration"].command_handler
        handle, late = command_handler.handle, asyncio.Event()

        async def slow(ref: AnyStream, *args: Any, **options: Any) -> Any:
            stream = str(ref)
            if stream.startswith("application/") and stream != f"application/{first}":
                await late.wait()
            return await handle(ref, *args, **options)

        monkeypatch.setattr(command_handler, "handle", slow)
        intake = await system.opened(BLK)
        registering = asyncio.create_task(system.said(BLK, AT, applicant(intake, 7, **SITI)))
        privacy = PersonErasure(system.services["registration"].resources)._vault
        await until(_met(system, intake), "the second registration is on its way")
        await system.said(BLK, ERASURE, withdraw(first))
        late.set()
        second = (await registering)["id"]
        state = await erased(system, second)
        assert state["status"] == "withdrawn"
        assert await privacy.find(f"nik:{NIK}") is None
    assert private(tmp_path, PERSON_KEYS, PERSONS, "follow") == []


def _met(system: Paser, intake: str) -> Any:
    async def sealed() -> bool:
        return len(private(system.services["registration"].settings.data, "follow")) == 2

    return sealed


async def test_instructors_have_the_same_rights(tmp_path: Path) -> None:
    person = {"nip": "198703122010011004", "name": "Drs. Syarifuddin Noor"}
    certificate = {"number": "MET.1", "valid_until": "2099-12-31"}
    async with paser(tmp_path) as system:
        appointed = await system.said(
            BLK,
            "registration/v1/instructors",
            {**person, "fields": ["las"], "methodology": certificate, "competency": certificate},
        )
        path = f"registration/v1/instructors/{appointed['id']}"
        shown = await system.said(BLK, f"{path}/personal-data", {"purpose": "contact"})
        assert shown["data"] == person
        report = await system.said(BLK, REPORT, {"nip": person["nip"]})
        assert [read["purpose"] for read in report["reads"]] == ["contact", "person-request"]
        intake = await system.opened(BLK)
        await system.said(
            BLK,
            f"registration/v1/intakes/{intake}/instructors",
            {"instructor": appointed["id"]},
        )
        asked = {"nip": person["nip"], "reason": "person-request"}
        await system.refused(BLK, ERASURE, asked, 409, "still-running")
        await system.said(BLK, ERASURE, {**asked, "on_running": "withdraw"})
        state = await system.eventually(BLK, path, erased=True)
        assert (state["bookings"], state["discharged"]) == ({}, True)
        await system.refused(BLK, f"{path}/personal-data", {"purpose": "contact"}, 410, "erased")
    assert private(tmp_path, PERSON_KEYS, PERSONS) == []
    assert found_in(tmp_path, *person.values()) == []


async def test_retention_lists_and_erases_what_need_be_kept_no_longer(tmp_path: Path) -> None:
    async with paser(tmp_path, retention_days="withdrawn=0") as system:
        application, _ = await registered(system)
        kept, _ = await registered(system, nik=applicant("", 8)["nik"])
        await system.said(BLK, f"{AT}/{application}/withdrawal", {"reason": "found-work"})
        service = system.services["registration"]
        today = service.command_handler.now()
        # The day after: a rule of no days keeps a file until the end of the day on which it ended.
        service.command_handler._clock = lambda: today + timedelta(days=1)
        item: dict[str, Any] = {}

        async def listed() -> bool:
            items = (await system.call(BLK, "GET", "registration/v1/retention")).json()["items"]
            item.update(items[0] if items else {})
            return bool(items)

        await until(listed, "somebody may be erased")
        assert item["whom"] == {"application": application}
        assert [file["ended"] for file in item["files"]] == ["withdrawn"]
        await system.said(BLK, ERASURE, {**item["whom"], "reason": "retention"})
        await erased(system, application)

        async def nobody() -> bool:
            answer = await system.call(BLK, "GET", "registration/v1/retention")
            return bool(answer.json()["items"] == [])

        await until(nobody, "nobody else may be erased")
        await system.said(BLK, f"{AT}/{kept}/personal-data", {"purpose": "contact"})
        answer = await system.call("auditor", "GET", "registration/v1/retention")
        assert answer.status_code == 403


def test_an_erased_person_is_erased_in_a_rebuilt_service_and_the_log_still_holds(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "data"
    with running(folder) as system, httpx.Client(timeout=60, trust_env=False) as client:
        tokens = client.post(f"{system.url}/issuer/token", json={"account": BLK}).json()
        client.headers["authorization"] = f"Bearer {tokens['access_token']}"

        def post(path: str, body: Any = None) -> Any:
            answer = client.post(f"{system.url}/registration/v1/{path}", json=body or {})
            assert answer.is_success, answer.text
            return answer.json()

        def shown() -> Any:
            return client.get(f"{system.url}/registration/v1/applications/{application}").json()

        published = post("programmes", programme())
        intake = post("intakes", plan(published["id"]))["id"]
        post(f"intakes/{intake}/opening")
        application = post("applications", applicant(intake, 7, **SITI))["id"]
        post(f"applications/{application}/personal-data", {"purpose": "file-check"})
        post("persons/erasure", withdraw(application))
        server_until(lambda: "erased" in shown(), 10, lambda: str(shown()))
        before = shown()
        assert system.run("audit", "verify").returncode == 0
        # Everything that a process says and keeps, its own key aside.
        assert found_in(tmp_path, NIK, *SITI.values()) == []
        dry = system.run("retention", "--dry-run")
        assert (dry.returncode, dry.stdout) == (0, "")
    environment = {**system.env}
    rebuilt = subprocess.run(
        [SINERGI, "rebuild", "registration"], env=environment, capture_output=True, check=False
    )
    assert rebuilt.returncode == 0, rebuilt.stderr
    with running(folder) as system, httpx.Client(timeout=60, trust_env=False) as client:
        tokens = client.post(f"{system.url}/issuer/token", json={"account": BLK}).json()
        client.headers["authorization"] = f"Bearer {tokens['access_token']}"
        assert shown() == before
        verified = system.run("audit", "verify")
        assert verified.returncode == 0, verified.stdout
    assert private(folder, PERSON_KEYS, PERSONS, "follow") == []


async def test_nothing_is_left_in_mongodb_either(tmp_path: Path, mongo_server: Mongo) -> None:
    empty_mongo(mongo_server.url)

    def kept() -> str:
        with MongoClient[dict[str, Any]](mongo_server.url) as client:
            database = client["registration"]
            names = [n for n in database.list_collection_names() if n.startswith("private.")]
            return str([list(database[name].find()) for name in names])

    async with paser(tmp_path, store=mongo_server.url) as system:
        application, _ = await registered(system, CITIZEN)
        (sealed,) = [
            e for e in await history(system, f"application/{application}") if "sealed" in e
        ]
        assert sealed["person"] in kept()
        assert CITIZEN in kept()
        await system.said(BLK, ERASURE, withdraw(application))
        assert sealed["person"] not in kept()
        assert application not in kept()
        assert CITIZEN not in kept()
        await erased(system, application)
    async with paser(tmp_path, store=mongo_server.url) as system:
        await erased(system, application)
        assert sealed["person"] not in kept()
