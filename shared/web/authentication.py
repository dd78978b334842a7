"""Authentication: bearer tokens of an OpenID Connect issuer, checked by its published keys."""

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import httpx
import jwt

from shared.kernel.logs import log
from shared.web.problems import ProblemError

# Only signatures that need a private key: with HS* whoever can check a token can also make one.
ALGORITHMS = ("EdDSA", "RS256", "ES256")
LEEWAY = 60.0
REMEMBERED = 4096
# A key that the issuer withdraws is refused at most twice this many seconds later.
KEYS_LIVE = 300.0
# Tokens with invented key ids must not make us hammer the issuer.
PAUSE = 10.0
PAUSE_AT_START = 1.0
_CLAIMS = ("exp", "iss", "aud", "sub", "roles", "agency", "name")
_NOT_UNDERSTOOD = (ValueError, KeyError, TypeError, AttributeError)
_AROUND_PROXIES = {"all://127.0.0.1": None, "all://localhost": None, "all://[::1]": None}


class Role(StrEnum):
    """The roles of a person; each route names the roles that it serves."""

    CITIZEN = "citizen"
    BLK_OFFICER = "blk-officer"
    MINISTRY_REVIEWER = "ministry-reviewer"
    BPVP_OFFICER = "bpvp-officer"
    AUDITOR = "auditor"
    OPERATOR = "operator"


# For whom every citizen acts: for no agency.
CITIZENS = "urn:sinergi:citizen"

STAFF = tuple(role for role in Role if role is not Role.CITIZEN)


@dataclass(frozen=True, slots=True)
class Identity:
    """The person who asks, and their agency (its URN; a citizen's is `urn:sinergi:citizen`)."""

    subject: str
    roles: frozenset[Role]
    agency: str
    name: str

    def narrowed(self, allowed: frozenset[Role], agency: str | None) -> "Identity":
        """This person with only the roles that count for a route.

        `allowed` are the route's roles; a staff role counts only when the person acts for
        `agency`, where the route names one. Who has a staff role that counts acts as staff; else,
        who is also a citizen acts as a citizen, for no agency. One role never lends another its
        rights. Raises ProblemError 403.
        """
        held = self.roles & allowed
        if not held:
            raise ProblemError(403, "forbidden", roles=sorted(allowed))
        staff = held - {Role.CITIZEN}
        if staff and agency in (None, self.agency):
            return replace(self, roles=staff)
        if Role.CITIZEN in held:
            return replace(self, roles=frozenset({Role.CITIZEN}), agency=CITIZENS)
        raise ProblemError(403, "other-agency", agency=str(agency), yours=self.agency)


class Unauthenticated(Exception):
    """There is no valid token; the message says what is wrong with it and how to mend that."""


class IssuerUnavailable(Exception):
    """The issuer's keys cannot be had now, so a token can be neither accepted nor refused."""


class Authenticator:
    """Checks tokens of one issuer, found by OpenID Connect discovery below its URL.

    `iss` must be what the discovery document calls itself: inside a network the issuer may be
    reached under another address than its public one. An injected `fetch` stays the caller's to
    close. Keys already known go on serving while the issuer is away.
    """

    def __init__(
        self, issuer: str, *, audience: str = "sinergi", fetch: httpx.AsyncClient | None = None
    ) -> None:
        self._url, self._audience = issuer.rstrip("/"), audience
        self._fetch = fetch or httpx.AsyncClient(timeout=5, mounts=_AROUND_PROXIES)
        self._owned = fetch is None
        self._issuer = ""
        self._keys: dict[str, jwt.PyJWK] = {}
        self._published: Any = None
        self._failure: Exception | None = None
        self._stale = self._next = float("-inf")
        self._lock = asyncio.Lock()
        self._verified: OrderedDict[str, tuple[Identity, float]] = OrderedDict()

    async def close(self) -> None:
        if self._owned:
            await self._fetch.aclose()

    async def identify(self, authorization: str | None) -> Identity:
        """Return who sent this Authorization header.

        Raises Unauthenticated, and IssuerUnavailable when the key that it needs cannot be had.
        """
        known = self._verified.get(authorization or "")
        if known and known[1] > time.time():
            return known[0]
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated(
                "There is no bearer token; send the header `Authorization: Bearer <token>` with "
                f"a token from {self._url}."
            )
        try:
            identity, expires = await self._verify(token.strip())
        except jwt.PyJWTError as error:
            raise Unauthenticated(
                f"The token is refused ({error}); get a new one from {self._url}."
            ) from error
        self._verified[authorization or ""] = identity, min(expires, time.time() + KEYS_LIVE)
        if len(self._verified) > REMEMBERED:
            self._verified.popitem(last=False)
        return identity

    async def _verify(self, token: str) -> tuple[Identity, float]:
        key = await self._key(jwt.get_unverified_header(token).get("kid", ""))
        claims = jwt.decode(
            token,
            key,
            # The key decides how it is used, never the token.
            algorithms=[key.algorithm_name],
            issuer=self._issuer,
            audience=self._audience,
            leeway=LEEWAY,
            options={"require": list(_CLAIMS)},
        )
        roles, agency, name = claims["roles"], claims["agency"], claims["name"]
        if not (isinstance(roles, list) and isinstance(agency, str) and isinstance(name, str)):
            raise jwt.InvalidTokenError("roles must be a list, agency and name must be strings")
        # Whatever else the issuer calls a role is for other systems.
        mine = frozenset(role for role in Role if role.value in roles)
        return Identity(claims["sub"], mine, agency, name), float(claims["exp"]) + LEEWAY

    async def _key(self, kid: str) -> jwt.PyJWK:
        # A slow issuer must hold up no more than one of those whose key is known.
        if kid not in self._keys or (self._is_stale() and not self._lock.locked()):
            async with self._lock:
                # Whoever held the lock before may have fetched what this one needs.
                wanted = kid not in self._keys or self._is_stale()
                if wanted and time.monotonic() >= self._next:
                    await self._refresh()
        key = self._keys.get(kid)
        if key:
            return key
        if self._failure:
            raise IssuerUnavailable(
                f"The issuer {self._url} does not give its keys: {self._failure!r}"
            ) from self._failure
        raise jwt.InvalidTokenError("the issuer has no key of that id")

    def _is_stale(self) -> bool:
        return time.monotonic() > self._stale

    async def _refresh(self) -> None:
        try:
            discovery = await self._get(f"{self._url}/.well-known/openid-configuration")
            published = (await self._get(discovery["jwks_uri"]))["keys"]
            keys = dict(usable for data in published if (usable := _usable(data)))
            self._issuer = str(discovery["issuer"])
        except (httpx.HTTPError, httpx.InvalidURL, *_NOT_UNDERSTOOD) as error:
            log.warning("issuer %s does not give its keys: %r", self._url, error)
            pause = PAUSE if self._keys else PAUSE_AT_START
            self._failure, self._next = error, time.monotonic() + pause
            return
        if published != self._published:
            self._verified.clear()
        self._keys, self._published, self._failure = keys, published, None
        self._next, self._stale = time.monotonic() + PAUSE, time.monotonic() + KEYS_LIVE

    async def _get(self, url: str) -> Any:
        response = await self._fetch.get(url)
        return response.raise_for_status().json()


def _usable(data: dict[str, Any]) -> tuple[str, jwt.PyJWK] | None:
    """Return the key under its id; None for one of a kind that we do not use (RFC 7517,
    section 5).
    """
    if data.get("use", "sig") != "sig":
        return None
    try:
        key = jwt.PyJWK(data)
    except (jwt.InvalidKeyError, jwt.PyJWKError):
        return None
    return (data.get("kid", ""), key) if key.algorithm_name in ALGORITHMS else None
