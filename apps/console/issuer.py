"""The built-in issuer of tokens, for development only: whoever asks is believed, no password.

It speaks enough OpenID Connect (discovery, JWKS) that a real issuer takes its place by one setting.
"""

import json
import os
import tempfile
import time
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from jwt.algorithms import OKPAlgorithm
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from apps.console.accounts import ACCOUNTS
from shared.events.base import Value
from shared.signing.attestation import Act
from shared.signing.attestation import Place as ActPlace
from shared.signing.attestation import sign as sign_act
from shared.signing.keys import Signer, key_id, read_key
from shared.web.attested_requests import header_of
from shared.web.parsing import read_bytes
from shared.web.problems import Offence, ProblemError, invalid_input, language_of

AUDIENCE = "sinergi"
LIFETIME = 12 * 3600
MAX_BODY = 4096
MAX_SIGNED = 200_000
NOTICE = (
    "Development issuer: it asks for no password, so anybody who reaches it can be anybody. "
    "Set SINERGI_ISSUER to a real OpenID Connect issuer for anything but a demonstration."
)


def issuer_app(url: str, key_file: Path, desks: Path) -> FastAPI:
    """Make the issuer that is reached at `url`, which becomes its tokens' `iss`.

    Tokens live 12 hours and are signed with the Ed25519 key in `key_file` (64 hex digits, 0600),
    made when it is absent. With the agencies' keys in `desks` it signs acts for its accounts, as
    an agency's own system would. Raises shared.signing.keys.BadKey for a file that holds no key.
    """
    url = url.rstrip("/")
    _make_key(key_file)
    key = Ed25519PrivateKey.from_private_bytes(read_key(key_file))
    kid = key_id(key.public_key().public_bytes_raw())
    public = OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
    app = FastAPI(
        title="Sinergi development issuer", description=NOTICE, docs_url=None, redoc_url=None
    )

    @app.get("/.well-known/openid-configuration")
    async def discovery() -> dict[str, object]:
        """OpenID Connect discovery; `notice` says that this issuer is for development."""
        return {
            "issuer": url,
            "jwks_uri": f"{url}/jwks.json",
            "token_endpoint": f"{url}/token",
            "id_token_signing_alg_values_supported": ["EdDSA"],
            "subject_types_supported": ["public"],
            "claims_supported": ["sub", "roles", "agency", "name"],
            "notice": NOTICE,
        }

    @app.get("/jwks.json")
    async def jwks() -> dict[str, object]:
        """The key that checks this issuer's tokens."""
        return {"keys": [{**public, "kid": kid, "use": "sig", "alg": "EdDSA"}]}

    @app.get("/accounts")
    async def accounts() -> list[dict[str, str]]:
        """Whom one can be here."""
        return [
            {"account": name, "role": who.role, "agency": who.agency, "name": who.name}
            for name, who in ACCOUNTS.items()
        ]

    @app.post("/token", openapi_extra=_TOKEN_REQUEST)
    async def token(request: Request) -> Response:
        """A token for `account`, given as JSON or as a form; no password is asked for."""
        try:
            name = await _account(request)
        except ProblemError as problem:
            return problem.response(language_of(request))
        who, now = ACCOUNTS[name], int(time.time())
        claims = {
            "iss": url,
            "aud": AUDIENCE,
            "sub": name,
            "iat": now,
            "exp": now + LIFETIME,
            "roles": [who.role.value],
            "agency": who.agency,
            "name": who.name,
        }
        answer = {
            "access_token": jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": kid}),
            "token_type": "Bearer",
            "expires_in": LIFETIME,
            "notice": NOTICE,
        }
        return JSONResponse(answer, headers={"cache-control": "no-store"})

    @app.post("/sign", openapi_extra=_SIGN_REQUEST)
    async def sign(request: Request) -> Response:
        """The header Attestation for an act of the account's agency, valid for five minutes."""
        try:
            asked = await _signing(request)
        except ProblemError as problem:
            return problem.response(language_of(request))
        who = ACCOUNTS[asked.account]
        act = Act(
            **{**dict(asked.attest), "agency": who.agency},
            signer=asked.account,
            not_after=datetime.now(UTC) + timedelta(minutes=5),
        )
        desk = Signer(read_key(desks / f"{who.agency.rpartition(':')[2]}.key"))
        header = header_of(sign_act(act, b64decode(asked.body), desk))
        return JSONResponse({"attestation": header, "notice": NOTICE})

    return app


class _Asked(Value):
    account: Literal[tuple(ACCOUNTS)]  # type: ignore[valid-type]
    attest: ActPlace
    body: str


_SIGN_REQUEST: dict[str, object] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": _Asked.model_json_schema()}},
    }
}


async def _signing(request: Request) -> _Asked:
    try:
        return _Asked.model_validate_json(await read_bytes(request, MAX_SIGNED))
    except ValidationError as error:
        raise invalid_input(error) from error


_TOKEN_FORM = {
    "schema": {
        "type": "object",
        "properties": {"account": {"type": "string", "enum": list(ACCOUNTS)}},
        "required": ["account"],
    }
}
_TOKEN_REQUEST: dict[str, object] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": _TOKEN_FORM,
            "application/x-www-form-urlencoded": _TOKEN_FORM,
        },
    }
}


async def _account(request: Request) -> str:
    """The known account that the body names. Raises ProblemError 400 and 413."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MAX_BODY:
            raise ProblemError(413, "too-large:body", most=MAX_BODY)
    try:
        text = raw.decode()
        # By the look of it, not by Content-Type: curl calls everything a form.
        asked = json.loads(text) if text.lstrip()[:1] == "{" else dict(parse_qsl(text))
        name = asked["account"]
        if name in ACCOUNTS:
            return str(name)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _unknown() from error
    raise _unknown()


def _unknown() -> ProblemError:
    return ProblemError(
        400,
        "unknown-account",
        errors=[Offence("account", "field:choices", {"choices": list(ACCOUNTS)})],
        accounts=list(ACCOUNTS),
    )


def _make_key(path: Path) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A crash must not leave half a key; mkstemp makes a file that only its owner can read.
    descriptor, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(os.urandom(32).hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    Path(draft).replace(path)
