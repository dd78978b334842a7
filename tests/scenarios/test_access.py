"""The rights of the person: who reads is recorded, and what is held is told."""

from pathlib import Path
from typing import Any

import pytest

from shared.kernel.ports import Unavailable
from tests.scenarios.paser import applicant, paser
from tests.scenarios.rights import (
    AT,
    BLK,
    CITIZEN,
    HEAD,
    NIK,
    OTHER,
    REPORT,
    SITI,
    found_in,
    registered,
)


async def test_an_officer_reads_for_a_purpose_and_that_is_recorded(tmp_path: Path) -> None:
    async with paser(tmp_path) as system:
        application, _ = await registered(system)
        path = f"{AT}/{application}/personal-data"
        answer = await system.said(BLK, path, {"purpose": "contact", "note": "Nomor tes."})
        assert answer["data"] == {"nik": NIK, "birth_date": "1999-08-17", **SITI}
        await system.refused(BLK, path, {"purpose": "curiosity"}, 422, "invalid-input")
        await system.refused(BLK, path, {}, 422, "invalid-input")
        for account in ("bpvp-makassar", "peninjau-kemenaker", "operator", "auditor", CITIZEN):
            await system.refused(account, path, {"purpose": "contact"}, 403, "forbidden")
        # The same key again is another read all the same.
        again = await system.said(HEAD, path, {"purpose": "file-check"}, idempotency_key="k")
        await system.said(HEAD, path, {"purpose": "file-check"}, idempotency_key="k")
        assert again["data"] == answer["data"]
        report = await system.said(BLK, REPORT, {"nik": NIK})
        reads = [(read["by"], read["purpose"]) for read in report["reads"]]
        assert reads == [
            (BLK, "contact"),
            (HEAD, "file-check"),
            (HEAD, "file-check"),
            (BLK, "person-request"),
        ]
        assert report["reads"][0]["note"] == "Nomor tes."
        assert report["reads"][0]["fields"] == ["address", "birth_date", "name", "nik", "phone"]
        assert "Nomor tes." not in str(found_in(tmp_path, "Nomor tes."))


async def test_nothing_is_answered_when_the_read_cannot_be_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with paser(tmp_path) as system:
        application, _ = await registered(system)
        store = system.services["registration"].store

        async def full(group: Any) -> Any:
            raise Unavailable("the disk is full")

        monkeypatch.setattr(store, "append", full)
        path = f"{AT}/{application}/personal-data"
        answer = await system.call(BLK, "POST", path, {"purpose": "contact"})
        assert answer.status_code == 503
        assert "Siti" not in answer.text
        monkeypatch.undo()
        await system.said(BLK, path, {"purpose": "contact"})


async def test_officers_notes_are_read_and_told_too(tmp_path: Path) -> None:
    async with paser(tmp_path) as system:
        application, _ = await registered(system)
        points = {"points": ["ijazah"], "note": "Foto ijazah tidak terbaca."}
        await system.said(BLK, f"{AT}/{application}/correction-request", points)
        shown = await system.said(
            BLK, f"{AT}/{application}/personal-data", {"purpose": "file-check"}
        )
        assert [each["note"] for each in shown["notes"]] == ["Foto ijazah tidak terbaca."]
        mended = applicant("", 7, **{**SITI, "phone": "0812 5550 0000"})
        del mended["intake"], mended["nik"]
        await system.said(BLK, f"{AT}/{application}/correction", mended)
        shown = await system.said(BLK, f"{AT}/{application}/personal-data", {"purpose": "contact"})
        assert shown["data"]["phone"] == "0812 5550 0000"
        await system.said(BLK, f"{AT}/{application}/verification")
        await system.refused(BLK, f"{AT}/{application}/correction", mended, 409, "illegal-step")
        moved = {**SITI, "address": "Jl. Noto Sunardi 3"}
        await system.said(BLK, f"{AT}/{application}/identity", moved)
        shown = await system.said(BLK, f"{AT}/{application}/personal-data", {"purpose": "contact"})
        assert shown["data"] == {"nik": NIK, "birth_date": "1999-08-17", **moved}
        report = await system.said(BLK, REPORT, {"application": application})
        (file,) = report["files"]
        assert [each["data"].get("phone") for each in file["sealed"]] == [
            SITI["phone"], None, "0812 5550 0000", SITI["phone"],
        ]  # fmt: skip


async def test_citizens_ask_what_is_held_about_themselves_only(tmp_path: Path) -> None:
    async with paser(tmp_path) as system:
        mine, _ = await registered(system, CITIZEN)
        # Somebody who knows the NIK applies in the same name from another account.
        theirs, code = await registered(system, OTHER, address="Jl. Palsu 1")
        await system.said(BLK, f"{AT}/{mine}/personal-data", {"purpose": "file-check"})
        report = await system.said(CITIZEN, f"{AT}/{mine}/access-report")
        assert [file["file"] for file in report["files"]] == [f"application/{mine}"]
        assert [(r["by"], r["purpose"]) for r in report["reads"]] == [
            (BLK, "file-check"),
            (CITIZEN, "person-request"),
        ]
        await system.refused(OTHER, f"{AT}/{mine}/access-report", {}, 404, "unknown-application")
        followed = {"code": code, "birth_date": "1999-08-17"}
        report = await system.said(CITIZEN, "registration/v1/follow/access-report", followed)
        assert [file["file"] for file in report["files"]] == [f"application/{theirs}"]
        assert SITI["address"] not in str(report)
        assert [read["by"] for read in report["reads"]] == ["public"]
        whole = await system.said(BLK, REPORT, {"nik": NIK})
        assert len(whole["files"]) == 2
        assert len(whole["reads"]) == 4
