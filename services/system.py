"""All services of this program, and how their parts are made from the settings."""

import fcntl
import os
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from services.equipment.service import EQUIPMENT
from services.partners.service import PARTNERS
from services.registration.service import REGISTRATION
from shared.embedded import EmbeddedLog
from shared.keys import Secret, Signer, make_keys, read_key, read_trust
from shared.ports import Log, Store
from shared.service import Definition, Keys, Landscape, Service
from shared.settings import BadSetting, Settings
from shared.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVICES: dict[str, Definition] = {d.name: d for d in (REGISTRATION, EQUIPMENT, PARTNERS)}
LANDSCAPE = Landscape.of(tuple(SERVICES.values()))
TOPICS = tuple(d.topic for d in SERVICES.values())
VERSION = version("sinergi")


class Busy(Exception):
    """Another process is using the data folder."""


@contextmanager
def data_lock(folder: Path) -> "Iterator[None]":
    """Holds the data folder for one writing process; a kill -9 frees it. Raises Busy."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(
                f"another sinergi process is using the data folder {folder}: stop it first"
            ) from error
        yield
    finally:
        os.close(descriptor)


def make_log(settings: Settings, *, readonly: bool = False) -> Log:
    if (file := settings.embedded_log) is not None:
        return EmbeddedLog(file, readonly=readonly)
    from shared.kafka import KafkaLog  # a slow import that the embedded mode can do without

    return KafkaLog(settings.log, partitions=settings.partitions)


def make_store(settings: Settings, service: str) -> Store:
    if (folder := settings.embedded_stores) is not None:
        return SqliteStore(folder / f"{service}.sqlite")
    from shared.mongo import MongoStore  # a slow import that the embedded mode can do without

    return MongoStore(settings.store, service)


def make_service(name: str, settings: Settings, log: Log) -> Service:
    """Raises BadKey and BadSetting."""
    return Service(
        SERVICES[name],
        LANDSCAPE,
        settings,
        make_store(settings, name),
        log,
        service_keys(settings, name),
    )


def service_keys(settings: Settings, name: str) -> Keys:
    """The keys of files; without such settings those of the data folder, made when absent."""
    if settings.key_file and settings.secret_file and settings.trust_file:
        key, secret, trust = settings.key_file, settings.secret_file, settings.trust_file
    else:
        folder = settings.data / "keys"
        key, secret = folder / name / "agency.key", folder / name / "secret"
        trust = make_dev_keys(settings)
    keys = Keys(Signer(read_key(key)), Secret(read_key(secret)), read_trust(trust))
    agency = SERVICES[name].source
    if keys.trust.agency(keys.signer.keyid) != agency:
        raise BadSetting(f"SINERGI_TRUST_FILE: {trust} does not list the key {key} for {agency}")
    return keys


def make_dev_keys(settings: Settings) -> Path:
    """Makes every agency's keys in the data folder when absent; the trust list's file."""
    folder = settings.data / "keys"
    trust = folder / "trust.json"
    make_keys(folder, trust, {d.name: d.source for d in SERVICES.values()})
    return trust


def trust_file(settings: Settings) -> Path:
    return settings.trust_file or settings.data / "keys" / "trust.json"
