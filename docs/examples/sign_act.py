"""Sign the statement that a service of Sinergi asks an agency to sign; none of its code.

    python sign_act.py desk.key desk-7 body.json < asked.json

`asked.json` is the service's answer 428, `body.json` the request's body, byte for byte, `desk.key`
the agency's key as 64 hex digits. Prints the header Attestation. Needs PyNaCl.
"""

import json
import sys
from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from nacl.signing import SigningKey

KIND = "application/vnd.sinergi.act.v1+json"


def sign(attest, body, key, signer):
    """Return a DSSE envelope. Read `attest` first: the agency binds itself to it."""
    if sha256(body).hexdigest() != attest["sha256"]:
        raise ValueError("the service was asked for something else than this body")
    until = datetime.now(UTC) + timedelta(minutes=15)
    act = {**attest, "signer": signer, "not_after": until.isoformat()}
    payload = json.dumps(act).encode()
    message = b"DSSEv1 %d %b %d %b" % (len(KIND), KIND.encode(), len(payload), payload)
    keyid = sha256(bytes(key.verify_key)).hexdigest()[:32]
    sig = b64encode(key.sign(message).signature).decode()
    return {
        "payload": b64encode(payload).decode(),
        "payloadType": KIND,
        "signatures": [{"keyid": keyid, "sig": sig}],
    }


def header(envelope):
    return urlsafe_b64encode(json.dumps(envelope).encode()).rstrip(b"=").decode()


if __name__ == "__main__":
    key_file, signer, body_file = sys.argv[1:]
    key = SigningKey(bytes.fromhex(Path(key_file).read_text()))
    attest = json.load(sys.stdin)["attest"]
    print(json.dumps(attest, indent=2), file=sys.stderr)
    print(header(sign(attest, Path(body_file).read_bytes(), key, signer)))
