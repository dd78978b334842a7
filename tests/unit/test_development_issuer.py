"""The development issuer lets every demo account sign in, and keeps its own key private."""

import stat
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from apps.console.accounts import ACCOUNTS
from apps.console.issuer import issuer_app
from shared.signing.keys import BadKey
from shared.web.authentication import Authenticator, Identity, Role

DEV = "http://127.0.0.1:8000/issuer"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "console" / "issuer.key"


@pytest.fixture
async def dev(key_file: Path) -> AsyncIterator[httpx.AsyncClient]:
    root = Starlette()
    root.mount("/issuer", issuer_app(DEV, key_file, key_file.parent))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(root)) as client:
        yield client


async def test_every_demo_account_can_sign_in(dev: httpx.AsyncClient) -> None:
    authenticator = Authenticator(DEV, fetch=dev)
    listed = (await dev.get(f"{DEV}/accounts")).json()
    assert [account["account"] for account in listed] == list(ACCOUNTS)
    for account in listed:
        answer = await dev.post(f"{DEV}/token", json={"account": account["account"]})
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json()["expires_in"] == 12 * 3600
        token = answer.json()["access_token"]
        assert await authenticator.identify(f"Bearer {token}") == Identity(
            account["account"],
            frozenset({Role(account["role"])}),
            account["agency"],
            account["name"],
        )
    assert {account["role"] for account in listed} == set(Role)


async def test_a_form_gets_a_token_too(dev: httpx.AsyncClient) -> None:
    answer = await dev.post(f"{DEV}/token", data={"account": "bpvp-medan"})
    assert answer.json()["token_type"] == "Bearer"


async def test_the_development_issuer_says_what_it_is(dev: httpx.AsyncClient) -> None:
    document = (await dev.get(f"{DEV}/.well-known/openid-configuration")).json()
    assert "no password" in document["notice"]
    assert document["issuer"] == DEV


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"account=",
        b"account=siapa",
        b"{",
        b"{}",
        b'{"account": null}',
        b'{"account": ["operator"]}',
        b'{"account": "\\ud800"}',
        b'["operator"]',
        b"\xff",
        b'{"account":' * 300,
    ],
)
async def test_an_unknown_account_gets_the_names_of_the_known(
    dev: httpx.AsyncClient, body: bytes
) -> None:
    answer = await dev.post(f"{DEV}/token", content=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert all(name in answer.json()["detail"] for name in ACCOUNTS)


async def test_a_body_that_is_too_large_is_refused(dev: httpx.AsyncClient) -> None:
    assert (await dev.post(f"{DEV}/token", content=b"x" * 5000)).status_code == 413


async def test_the_key_stays(dev: httpx.AsyncClient, key_file: Path) -> None:
    token = (await dev.post(f"{DEV}/token", json={"account": "auditor"})).json()["access_token"]
    restarted = Starlette()
    restarted.mount("/issuer", issuer_app(DEV, key_file, key_file.parent))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(restarted)) as client:
        assert await Authenticator(DEV, fetch=client).identify(f"Bearer {token}")


def test_the_key_is_private(key_file: Path) -> None:
    issuer_app(DEV, key_file, key_file.parent)
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert [path.name for path in key_file.parent.iterdir()] == [key_file.name]


def test_a_broken_key_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "issuer.key").write_text("half")
    with pytest.raises(BadKey, match=r"issuer\.key"):
        issuer_app(DEV, tmp_path / "issuer.key", tmp_path)
