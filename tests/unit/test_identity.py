"""Tokens are accepted for what their issuer says in them, and for nothing else."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import shared.web.authentication
from shared.web.authentication import (
    Authenticator,
    Identity,
    IssuerUnavailable,
    Role,
    Unauthenticated,
)

URL = "http://issuer.test/realm"
ISSUER = "https://masuk.test/realm"  # as the issuer calls itself, not as we reach it
ED, RSA, EC = (
    Ed25519PrivateKey.generate(),
    rsa.generate_private_key(65537, 2048),
    ec.generate_private_key(ec.SECP256R1()),
)
ALGORITHMS: dict[str, tuple[str, Any, type[Any]]] = {
    "ed": ("EdDSA", ED, jwt.algorithms.OKPAlgorithm),
    "rsa": ("RS256", RSA, jwt.algorithms.RSAAlgorithm),
    "ec": ("ES256", EC, jwt.algorithms.ECAlgorithm),
}


def jwk(kid: str, key: Any, kind: type[Any]) -> dict[str, Any]:
    return {**kind.to_jwk(key.public_key(), as_dict=True), "kid": kid}


class Issuer:
    """A provider whose keys, answers and failures a test chooses."""

    def __init__(self) -> None:
        self.keys: list[Any] = [jwk(k, key, kind) for k, (_, key, kind) in ALGORITHMS.items()]
        self.document: Any = {"issuer": ISSUER, "jwks_uri": f"{URL}/keys"}
        self.status = 200
        self.fetched = 0
        prefix = "/realm"
        self.app = Starlette(
            routes=[
                Route(f"{prefix}/.well-known/openid-configuration", self._discovery),
                Route(f"{prefix}/keys", self._keys),
            ]
        )

    async def _discovery(self, request: Request) -> JSONResponse:
        return JSONResponse(self.document, self.status)

    async def _keys(self, request: Request) -> JSONResponse:
        self.fetched += 1
        return JSONResponse({"keys": self.keys})


class Clock:
    """Both clocks of shared.web.authentication, moved by hand."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def time(self) -> float:
        return time.time() + self.ahead

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(shared.web.authentication, "time", clock)
    return clock


@pytest.fixture
async def fetch(issuer: Issuer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(issuer.app)) as client:
        yield client


@pytest.fixture
def authenticator(fetch: httpx.AsyncClient) -> Authenticator:
    return Authenticator(URL, fetch=fetch)


def claims(**changes: Any) -> dict[str, Any]:
    made = {
        "iss": ISSUER,
        "aud": "sinergi",
        "exp": time.time() + 600,
        "sub": "u-17",
        "roles": ["blk-officer"],
        "agency": "urn:sinergi:blk-paser",
        "name": "Nurhayati",
        **changes,
    }
    return {name: value for name, value in made.items() if value is not ...}


def bearer(kid: str = "ed", key: Any = None, **changes: Any) -> str:
    algorithm, own, _ = ALGORITHMS.get(kid, ALGORITHMS["ed"])
    token = jwt.encode(claims(**changes), key or own, algorithm, headers={"kid": kid})
    return f"Bearer {token}"


def handmade(header: object, sign: Callable[[bytes], bytes] = lambda signed: b"") -> str:
    """A token as PyJWT would not make it."""
    parts = [json.dumps(part).encode() for part in (header, claims())]
    signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    signature = base64.urlsafe_b64encode(sign(signed)).rstrip(b"=")
    return f"Bearer {(signed + b'.' + signature).decode()}"


@pytest.mark.parametrize("kid", ["ed", "rsa", "ec"])
async def test_a_good_token_says_who_asks(authenticator: Authenticator, kid: str) -> None:
    expected = Identity("u-17", frozenset({Role.BLK_OFFICER}), "urn:sinergi:blk-paser", "Nurhayati")
    assert await authenticator.identify(bearer(kid)) == expected


async def test_the_scheme_may_be_written_in_any_case(authenticator: Authenticator) -> None:
    assert (await authenticator.identify("bearer" + bearer().removeprefix("Bearer"))).subject


async def test_unknown_roles_are_ignored(authenticator: Authenticator) -> None:
    header = bearer(roles=["auditor", "offline_access", 7, "operator"])
    assert (await authenticator.identify(header)).roles == {Role.AUDITOR, Role.OPERATOR}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"exp": time.time() - 61}, "expired"),
        ({"exp": ...}, '"exp"'),
        ({"aud": "other"}, "Audience"),
        ({"aud": ...}, '"aud"'),
        ({"iss": URL}, "issuer"),
        ({"iss": ...}, '"iss"'),
        ({"sub": ...}, '"sub"'),
        ({"roles": ...}, '"roles"'),
        ({"roles": "operator"}, "roles must be a list"),
        ({"agency": ...}, '"agency"'),
        ({"agency": ["urn:sinergi:blk-paser"]}, "agency"),
        ({"name": ...}, '"name"'),
        ({"key": Ed25519PrivateKey.generate()}, "Signature"),
        ({"nbf": time.time() + 3600}, "not yet valid"),
    ],
)
async def test_a_token_that_lies_or_lacks_something_is_refused(
    authenticator: Authenticator, changes: dict[str, Any], why: str
) -> None:
    with pytest.raises(Unauthenticated, match=why):
        await authenticator.identify(bearer(**changes))


async def test_a_minute_of_wrong_clocks_is_forgiven(authenticator: Authenticator) -> None:
    assert await authenticator.identify(bearer(exp=time.time() - 50))


def hs256(secret: bytes) -> Callable[[bytes], bytes]:
    return lambda signed: hmac.digest(secret, signed, hashlib.sha256)


PUBLIC_KEYS = {
    "raw": ED.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw),
    "PEM": ED.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    "RSA PEM": RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
}


@pytest.mark.parametrize("kid", ["ed", "rsa", "ec", "secret"])
@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "", None, 5])
async def test_only_public_key_signatures_count(
    authenticator: Authenticator, issuer: Issuer, kid: str, algorithm: object
) -> None:
    issuer.keys.append({"kty": "oct", "kid": "secret", "k": "c2VjcmV0"})
    header = {"alg": algorithm, "kid": kid}
    for sign in (lambda signed: b"", *map(hs256, [*PUBLIC_KEYS.values(), b"secret"])):
        with pytest.raises(Unauthenticated):
            await authenticator.identify(handmade(header, sign))


async def test_a_key_checks_its_own_algorithm_only(authenticator: Authenticator) -> None:
    for algorithm in ("RS256", "ES256"):
        with pytest.raises(Unauthenticated):
            await authenticator.identify(handmade({"alg": algorithm, "kid": "ed"}, ED.sign))
    assert await authenticator.identify(handmade({"alg": "EdDSA", "kid": "ed"}, ED.sign))


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic dXNlcjpwYXNz",
        "Bearer x",
        "Bearer a.b.c",
        "Bearer ..",
        "Bearer é.é.é",
        bearer()[:-5],
        bearer() + "AAAA",
        bearer().replace(".", " "),
        bearer() + ", " + bearer(),
        handmade([]),
        handmade({"alg": "EdDSA", "kid": 5}),
        handmade({"alg": "EdDSA", "kid": ["ed"]}),
        handmade({"alg": ["EdDSA"], "kid": "ed"}),
        "Bearer " + base64.urlsafe_b64encode(b"[" * 30_000).decode() + ".e30.e30",
    ],
)
async def test_a_missing_or_garbled_header_is_refused(
    authenticator: Authenticator, header: str | None
) -> None:
    with pytest.raises(Unauthenticated, match="token"):
        await authenticator.identify(header)


async def test_a_new_key_is_fetched_but_not_for_every_unknown_one(
    authenticator: Authenticator, issuer: Issuer, clock: Clock
) -> None:
    await authenticator.identify(bearer())
    new = Ed25519PrivateKey.generate()
    issuer.keys.append(jwk("new", new, jwt.algorithms.OKPAlgorithm))
    clock.ahead = 5
    with pytest.raises(Unauthenticated, match="no key of that id"):
        await authenticator.identify(bearer("new", new))
    assert issuer.fetched == 1
    clock.ahead = 11
    assert await authenticator.identify(bearer("new", new))
    for i in range(20):
        with pytest.raises(Unauthenticated):
            await authenticator.identify(bearer(f"invented-{i}"))
    assert issuer.fetched == 2


async def test_a_withdrawn_key_is_refused_even_for_a_remembered_token(
    authenticator: Authenticator, issuer: Issuer, clock: Clock
) -> None:
    header = bearer(exp=time.time() + 43_200)
    await authenticator.identify(header)
    issuer.keys = issuer.keys[1:]
    clock.ahead = 301
    with pytest.raises(Unauthenticated, match="no key of that id"):
        await authenticator.identify(header)


async def test_newly_published_keys_end_what_was_remembered_under_the_old(
    authenticator: Authenticator, issuer: Issuer, clock: Clock
) -> None:
    header = bearer(exp=time.time() + 43_200)
    await authenticator.identify(header)
    new = Ed25519PrivateKey.generate()
    issuer.keys = [jwk("new", new, jwt.algorithms.OKPAlgorithm)]
    clock.ahead = 11
    await authenticator.identify(bearer("new", new))
    with pytest.raises(Unauthenticated, match="no key of that id"):
        await authenticator.identify(header)


async def test_keys_of_kinds_we_do_not_use_harm_nobody(
    authenticator: Authenticator, issuer: Issuer
) -> None:
    issuer.keys[:0] = [
        {"kty": "lattice", "kid": "later"},
        {"kid": "empty"},
        {"kty": "RSA", "kid": "broken", "n": "!", "e": "!"},
        {"kty": "RSA", "use": "enc", "kid": "ed"},
    ]
    assert await authenticator.identify(bearer())


async def test_while_the_issuer_is_down_nobody_new_is_judged(
    authenticator: Authenticator, issuer: Issuer, clock: Clock
) -> None:
    issuer.status = 502
    for _ in range(3):
        with pytest.raises(IssuerUnavailable, match="502"):
            await authenticator.identify(bearer())
    issuer.status = 200
    clock.ahead = 2
    assert await authenticator.identify(bearer())


async def test_known_keys_go_on_while_the_issuer_is_down(
    authenticator: Authenticator, issuer: Issuer, clock: Clock
) -> None:
    await authenticator.identify(bearer())
    issuer.status = 502
    clock.ahead = 400
    assert await authenticator.identify(bearer(exp=clock.time() + 60))
    with pytest.raises(IssuerUnavailable):
        await authenticator.identify(bearer("elsewhere"))


@pytest.mark.parametrize(
    "document", [[], {}, None, {"issuer": ISSUER}, {"issuer": ISSUER, "jwks_uri": "no: url"}]
)
async def test_an_issuer_that_talks_nonsense_is_unavailable(
    authenticator: Authenticator, issuer: Issuer, document: Any
) -> None:
    issuer.document = document
    with pytest.raises(IssuerUnavailable):
        await authenticator.identify(bearer())


async def test_an_unreachable_issuer_is_unavailable() -> None:
    authenticator = Authenticator("http://127.0.0.1:9")
    with pytest.raises(IssuerUnavailable, match=r"127\.0\.0\.1:9"):
        await authenticator.identify(bearer())
    await authenticator.close()


async def test_a_repeated_token_is_remembered_until_it_expires(
    authenticator: Authenticator, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = bearer(exp=time.time() + 30)
    first = await authenticator.identify(header)
    with monkeypatch.context() as patch:
        patch.setattr(jwt, "decode", None)
        assert await authenticator.identify(header) is first
    clock.ahead = 91
    monkeypatch.setattr(jwt.api_jwt.PyJWT, "_validate_claims", expire)
    with pytest.raises(Unauthenticated, match="expired"):
        await authenticator.identify(header)


def expire(*arguments: object, **options: object) -> None:
    """PyJWT looks at a clock of its own."""
    raise jwt.ExpiredSignatureError("Signature has expired")


async def test_what_is_remembered_has_a_bound(
    authenticator: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared.web.authentication, "REMEMBERED", 10)
    for i in range(30):
        await authenticator.identify(bearer(sub=f"u-{i}"))
    assert len(authenticator._verified) == 10
