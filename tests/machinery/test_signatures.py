"""Signatures are checked alike in this process and in one of their own."""

from contextlib import closing

import pytest

from apps.audit import signatures
from apps.audit.signatures import Signatures
from shared.signing.cloudevents import Claim
from shared.signing.keys import Signer
from shared.signing.trust_store import TrustStore

OURS, OTHER = Signer(b"o" * 32), Signer(b"x" * 32)
TRUST = TrustStore({"urn:sinergi:a": [OURS.public]})


@pytest.mark.parametrize("records", [1, signatures._MANY])
async def test_each_claim_gets_its_own_answer(records: int) -> None:
    good = Claim(OURS.keyid, b"said", OURS.sign(b"said"))
    claims = {
        good: True,
        good._replace(message=b"never said"): False,
        good._replace(signature=OTHER.sign(b"said")): False,
        good._replace(signature=b"short"): False,
        Claim(OTHER.keyid, b"said", OTHER.sign(b"said")): False,
    }
    with closing(Signatures(TRUST, records)) as checking:
        assert await checking.check([*claims, good]).result() == claims
        assert await checking.check([]).result() == {}
