"""The services' HTTP contracts, without running them."""

from pathlib import Path
from typing import Any

from fastapi import FastAPI

from services.system import LANDSCAPE, SERVICES, VERSION
from shared.app import service_app
from shared.embedded import EmbeddedLog
from shared.identity import Authenticator
from shared.key_history import Pinned
from shared.keys import Secret, Signer
from shared.service import Keys, Service
from shared.settings import Settings
from shared.sqlite import SqliteStore
from shared.trust import Trust
from shared.wrapping import Wrapping


def openapi() -> dict[str, dict[str, Any]]:
    """Each service's OpenAPI document."""
    return {name: app.openapi() for name, app in applications().items()}


def applications() -> dict[str, FastAPI]:
    """Each service's HTTP side, not running. Nothing is opened, read or written."""
    nowhere, settings = Path("nowhere"), Settings()
    keys = Keys(Signer(bytes(32)), Secret(bytes(32)), Wrapping([bytes(32)]), Pinned(Trust()))
    return {
        name: service_app(
            Service(
                definition,
                LANDSCAPE,
                settings,
                SqliteStore(nowhere),
                EmbeddedLog(nowhere),
                keys,
            ),
            Authenticator("http://issuer.invalid"),
            VERSION,
        )
        for name, definition in SERVICES.items()
    }
