"""Requests that the acting agency must sign: what to sign, and whether it was."""

from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

import orjson
from pydantic import ValidationError
from starlette.requests import Request

from shared.events.acts import ActRule
from shared.events.values import Attestation
from shared.eventsourcing.idempotency import Cause
from shared.eventsourcing.states import Head
from shared.signing.attestation import Act, BadAct, Place, act_of, check_body, check_signature
from shared.signing.trust_store import Untrusted
from shared.web.authentication import Identity
from shared.web.problems import Offence, ProblemError
from shared.web.resources import Resources

HEADER = "attestation"
MAX_HEADER = 8192


def header_of(attestation: Attestation) -> str:
    """Return an attestation as the request's header carries it: base64url of JSON, the body left
    out.
    """
    packed = attestation.model_dump_json(exclude={"body"}).encode()
    return urlsafe_b64encode(packed).rstrip(b"=").decode()


class Acting:
    """One request for an act: the body as it came, who asks, and by which Idempotency-Key."""

    def __init__(
        self, service: Resources, rule: ActRule, request: Request, identity: Identity, body: bytes
    ) -> None:
        self._service, self._rule, self._identity, self._body = service, rule, identity, body
        self._header = request.headers.get(HEADER)
        self._key = request.headers.get("idempotency-key", "")

    def signed(self, stream: str, head: Head, cause: Cause) -> tuple[Cause, int]:
        """The cause with what was signed, and the sequence at which the stream must still stand.

        Raises ProblemError: 428 without one, saying what to sign; 403 and 422 for a wrong one.
        """
        if not self._key:
            raise _required(None)
        wanted = Place(
            act=self._rule.act,
            audience=self._service.source,
            stream=stream,
            expected=head.sequence,
            prevhash=head.hash,
            sha256=sha256(self._body).hexdigest(),
            agency=self._identity.agency,
            id=self._key,
        )
        if self._header is None:
            raise _required(wanted)
        attestation = self._read(self._header)
        try:
            act = act_of(attestation)
            check_body(attestation, act)
            self._compare(act, wanted)
            check_signature(attestation, act, self._service.keys.trust)
            self._usable(attestation)
        except BadAct as error:
            raise _wrong(error.code, str(error)) from error
        return replace(cause, attestation=attestation, not_after=act.not_after), act.expected

    def _read(self, header: str) -> Attestation:
        try:
            if len(header) > MAX_HEADER:
                raise ValueError(f"at most {MAX_HEADER} characters")
            packed = orjson.loads(urlsafe_b64decode(header + "=" * (-len(header) % 4)))
            from_body = {"body": b64encode(self._body).decode()}
            return Attestation.model_validate({**packed, **from_body})
        except (ValueError, TypeError) as error:
            why = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
            raise _wrong(
                "form", f"it is not a DSSE envelope in JSON, in base64url: {why}"
            ) from error

    def _compare(self, act: Act, wanted: Place) -> None:
        # Where the stream stands is judged when the events are committed.
        for name in ("act", "audience", "agency", "stream", "id", "sha256"):
            signed, asked = getattr(act, name), getattr(wanted, name)
            if signed != asked:
                raise BadAct(name, f"{name} is {signed} in what was signed, here it is {asked}")
        if act.expected == wanted.expected and act.prevhash != wanted.prevhash:
            raise BadAct("prevhash", f"event {act.expected} of {act.stream} has another hash")

    def _usable(self, attestation: Attestation) -> None:
        key = self._service.keys.trust.key(attestation.signatures[0].keyid)
        assert key is not None  # noqa: S101 - its signature has been checked
        try:
            # A key whose time has ended speaks nowhere that is still to come.
            key.judge("acts", "", 0, 2**53)
        except Untrusted as error:
            raise BadAct(error.code, str(error)) from error


def _required(wanted: Place | None) -> ProblemError:
    more: Mapping[str, Any] = {"attest": wanted.model_dump(mode="json")} if wanted else {}
    return ProblemError(428, "attestation-required", more=more)


def _wrong(code: str, why: str) -> ProblemError:
    return ProblemError(
        403 if code.startswith(("key", "signature")) else 422,
        "attestation-invalid",
        errors=[Offence(f"attestation.{code}", "field:said", {"why": why})],
        why=why,
    )
