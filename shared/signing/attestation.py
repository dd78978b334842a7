"""Acts: what an agency asks of another's service, signed with the agency's own key (DSSE).

https://github.com/secure-systems-lab/dsse says what the envelope is and what is signed. The service
that gets an act checks it and keeps it in the event, so that anybody can check it again: neither
can the service make one up, nor use one for anything else than it was meant for.
"""

from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from shared.events.acts import ActRule
from shared.events.base import Code, Count, Event, Instant, Subject, Value
from shared.events.values import Agency, Attestation, Sha256, Signature
from shared.kernel import strict_json
from shared.signing.cloudevents import Envelope
from shared.signing.keys import Signer
from shared.signing.trust_store import TrustStore

PAYLOAD_TYPE = "application/vnd.sinergi.act.v1+json"

Named = Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e]{1,255}$")]


class Place(Value):
    """For what an act is good, and for nothing else.

    `audience` is the agency that is asked; `stream`, `expected` and `prevhash` are the stream, its
    last event's sequence (0: there is none) and that event's hash (64 zeros); `sha256` is the
    body's; `id` the Idempotency-Key.
    """

    act: Code
    audience: Agency
    stream: Subject
    expected: Count
    prevhash: Sha256
    sha256: Sha256
    agency: Agency
    id: Named


class Act(Place):
    """The signed payload. `signer` is whom the agency let sign, by a name of its own choosing."""

    signer: Annotated[Named, Field(description="opaque to everybody else")]
    not_after: Instant


class BadAct(Exception):
    """An act that is not what it should be; `code` is a short label, the message says why."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


def pre_authentication(payload: bytes, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """DSSE's PAE: the bytes that are signed."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign(act: Act, body: bytes, signer: Signer) -> Attestation:
    if sha256(body).hexdigest() != act.sha256:
        raise ValueError("the act is about another body")
    payload = act.model_dump_json().encode()
    sig = b64encode(signer.sign(pre_authentication(payload))).decode()
    return Attestation(
        payload=b64encode(payload).decode(),
        payloadType=PAYLOAD_TYPE,
        signatures=(Signature(keyid=signer.keyid, sig=sig),),
        body=b64encode(body).decode(),
    )


def act_of(attestation: Attestation) -> Act:
    """Return the signed statement, unchecked. Raises BadAct."""
    if attestation.payloadType != PAYLOAD_TYPE:
        raise BadAct("form", f"{attestation.payloadType} is no act: it must be {PAYLOAD_TYPE}")
    try:
        payload = b64decode(attestation.payload, validate=True)
        act = Act.model_validate_json(payload)
        strict_json.loads(payload)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise BadAct("form", f"the signed payload: {where}: {first['msg']}") from error
    except ValueError as error:
        raise BadAct("form", f"the signed payload: {error}") from error
    return act


def check_signature(attestation: Attestation, act: Act, trust: TrustStore) -> None:
    """Raise BadAct unless a key of the acting agency signed the payload.

    Whether that key is valid where the act is used is for the caller to ask.
    """
    (signature,) = attestation.signatures
    if trust.agency(signature.keyid) != act.agency:
        raise BadAct("key", f"the key {signature.keyid} is not one of {act.agency}")
    message = pre_authentication(b64decode(attestation.payload))
    if not trust.verify(signature.keyid, message, b64decode(signature.sig)):
        raise BadAct("signature", "the signature does not fit what it should have signed")


def check_body(attestation: Attestation, act: Act) -> bytes:
    """Return the body that was signed for. Raises BadAct."""
    try:
        body = b64decode(attestation.body, validate=True)
    except ValueError as error:
        raise BadAct("body", f"the body is not base64: {error}") from error
    if sha256(body).hexdigest() != act.sha256:
        raise BadAct("body", "this is not the body that was signed")
    return body


def check_event(envelope: Envelope, event: Event, prevhash: str, rule: ActRule) -> Act:
    """Return the act that an event tells of, its signature not checked.

    `prevhash` is that of the first event of its commit. Raises BadAct when there is none, or when
    it was meant for something else.
    """
    attestation: Attestation | None = getattr(event, "attestation", None)
    if attestation is None:
        raise BadAct("missing", f"{rule.act} is signed by the agency that acts, and this is not")
    act = act_of(attestation)
    body = check_body(attestation, act)
    meant = (act.act, act.audience, act.stream, act.expected, act.prevhash)
    found = (rule.act, envelope.source, envelope.subject, envelope.first - 1, prevhash)
    if meant != found:
        raise BadAct("moved", f"it was signed for {_named(meant)}, not for {_named(found)}")
    if getattr(event, rule.agency) != act.agency:
        raise BadAct("agency", f"{act.agency} signed, the event says {getattr(event, rule.agency)}")
    if envelope.time > act.not_after:
        raise BadAct("late", f"it was good until {act.not_after}, recorded at {envelope.time}")
    _check_fields(body, event, rule)
    return act


def _named(place: tuple[str, str, str, int, str]) -> str:
    act, audience, stream, expected, prevhash = place
    return f"{act} at {audience} on {stream} after event {expected} ({prevhash[:12]})"


def _check_fields(body: bytes, event: Event, rule: ActRule) -> None:
    try:
        stated = strict_json.loads(body or b"{}")
    except strict_json.NotStrict as error:
        raise BadAct("body", f"the signed body: {error}") from error
    if not isinstance(stated, dict):
        raise BadAct("body", "the signed body is no JSON object")
    claimed = event.model_dump(mode="json", include={*rule.stated, *rule.filled})
    for name in rule.stated:
        default = type(event).model_fields[name].get_default()
        claimed[name] = stated.get(name, default)
    for name in rule.filled:
        if stated.get(name) is not None:
            claimed[name] = stated[name]
    whole = event.model_dump(mode="json", exclude_none=True) | claimed
    try:
        meant = type(event).model_validate(whole)
    except ValidationError as error:
        raise BadAct("fields", f"the signed body does not fit the event: {error}") from error
    for name in (*rule.stated, *rule.filled):
        if getattr(meant, name) != getattr(event, name):
            raise BadAct("fields", f"{name} is not what the signed body says")
