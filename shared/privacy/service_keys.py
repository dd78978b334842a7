"""The keys with which a service signs, verifies and encrypts."""

from dataclasses import dataclass

from shared.privacy.key_wrapping import Wrapping
from shared.signing.key_history import Keyring
from shared.signing.keys import Secret, Signer
from shared.signing.trust_store import TrustStore


@dataclass(frozen=True)
class ServiceKeys:
    """One service's signing key, secret, wrapping keys, and its view of all agencies' keys."""

    signer: Signer
    secret: Secret
    wrapping: Wrapping
    ring: Keyring

    @property
    def trust(self) -> TrustStore:
        return self.ring.trust
