"""The services' HTTP contracts, without running them."""

from pathlib import Path

from fastapi import FastAPI

from apps.composition.system import SERVICES, TOPOLOGY, VERSION
from shared.adapters.sqlite_log import EmbeddedLog
from shared.adapters.sqlite_store import SqliteStore
from shared.kernel.settings import Settings
from shared.privacy.key_wrapping import Wrapping
from shared.privacy.service_keys import ServiceKeys
from shared.runtime.application import service_app
from shared.runtime.service import Service
from shared.signing.key_history import Pinned
from shared.signing.keys import Secret, Signer
from shared.signing.trust_store import TrustStore
from shared.web.authentication import Authenticator


def openapi() -> dict[str, dict[str, object]]:
    """Return each service's OpenAPI document."""
    return {name: app.openapi() for name, app in applications().items()}


def applications() -> dict[str, FastAPI]:
    """Make each service's HTTP side, not running. Nothing is opened, read or written."""
    nowhere, settings = Path("nowhere"), Settings()
    keys = ServiceKeys(
        Signer(bytes(32)), Secret(bytes(32)), Wrapping([bytes(32)]), Pinned(TrustStore())
    )
    return {
        name: service_app(
            Service(
                definition,
                topology=TOPOLOGY,
                settings=settings,
                store=SqliteStore(nowhere),
                log_=EmbeddedLog(nowhere),
                keys=keys,
            ),
            Authenticator("http://issuer.invalid"),
            VERSION,
        )
        for name, definition in SERVICES.items()
    }
