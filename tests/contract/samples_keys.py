"""Samples of what the roots say of agencies' keys."""

from hashlib import sha256

from shared.events import keys
from shared.signing.keys import Signer
from tests.contract.sampled import Sample
from tests.contract.wire import BLK

OLD, NEW = (
    Signer(sha256(b"sinergi sample, not a secret: " + which).digest()) for which in (b"old", b"new")
)
STREAM = f"agency/{BLK}"
SIZES = {"registration.events": {"0": 118, "1": 97}, "equipment.events": {"0": 40, "1": 52}}

SAMPLES = (
    Sample(
        STREAM,
        keys.KeyAuthorised(keyid=NEW.keyid, public=NEW.public.hex(), use="events", since=SIZES),
        sequence=3,
        by="root",
    ),
    Sample(STREAM, keys.KeyRetired(keyid=OLD.keyid, until=SIZES), sequence=2, by="root"),
    Sample(
        STREAM,
        keys.KeyRevoked(keyid=OLD.keyid, until=SIZES, reason="The server was broken into."),
        sequence=4,
        by="root",
    ),
)
