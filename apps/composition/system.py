"""The system: its services by name, its topics, and how its parts are made from the settings.

Topics, owners and events come from the published language; a service's rules are loaded when
`SERVICES` is asked for it.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from apps.composition.agencies import OWNERS
from apps.composition.kafka_probe import probe
from apps.composition.key_folder import KeyFolder
from apps.composition.registry import Registry
from shared.adapters.sqlite_log import EmbeddedLog
from shared.adapters.sqlite_store import SqliteStore
from shared.events.keys import TOPIC as KEYS
from shared.kernel.ports import Log, Store, Unavailable
from shared.kernel.settings import BadSetting, Settings
from shared.kernel.topology import Topology
from shared.privacy.key_wrapping import read_wrapping
from shared.privacy.service_keys import ServiceKeys
from shared.runtime.service import Service
from shared.signing.key_history import KeyHistory
from shared.signing.keys import Secret, Signer, read_key
from shared.signing.trust_store import read_roots
from shared.transparency.checkpoints import TOPIC as CHECKPOINTS

SERVICES = Registry(OWNERS)
TOPOLOGY = Topology.of(tuple(OWNERS.values()))
TOPICS = (*(owner.topic for owner in OWNERS.values()), KEYS, CHECKPOINTS)
VERSION = version("sinergi")
_PATIENCE = 60.0


class Busy(Exception):
    """Another process is using the data folder."""


@contextmanager
def data_lock(folder: Path) -> Iterator[None]:
    """Hold the data folder for one writing process; a kill -9 frees it. Raises Busy."""
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
    from shared.adapters.kafka.log import (
        KafkaLog,  # a slow import that the embedded mode can do without
    )

    return KafkaLog(settings.log, partitions=settings.partitions)


@asynccontextmanager
async def opened(log: Log, settings: Settings, *, wait: bool = False) -> AsyncIterator[Log]:
    """Open the log, and close it at the end.

    Where Kafka does not answer, raise Unavailable, soon; with `wait` say so and go on waiting.
    """
    if settings.embedded_log is None:
        await probe(settings.log, wait=wait)
    try:
        try:
            async with asyncio.timeout(None if wait else _PATIENCE):
                await log.open()
        except TimeoutError as error:
            raise Unavailable(
                f"SINERGI_LOG: what listens at {settings.log} does not answer as Kafka does"
            ) from error
        yield log
    finally:
        await log.close()


@asynccontextmanager
async def reading_log(settings: Settings) -> AsyncIterator[Log]:
    """Open the log to read from it only. Raises Unavailable."""
    async with opened(make_log(settings, readonly=True), settings) as log:
        yield log


@asynccontextmanager
async def writing_log(settings: Settings) -> AsyncIterator[Log]:
    """Open the log to write to it. Raises Unavailable, and Busy: an embedded log has one writer
    at a time."""
    with ExitStack() as stack:
        if settings.embedded_log:
            stack.enter_context(data_lock(settings.data))
        async with opened(make_log(settings), settings) as log:
            yield log


def make_store(settings: Settings, service: str, *, readonly: bool = False) -> Store:
    if (folder := settings.embedded_stores) is not None:
        # Who writes has the folder's lock.
        return SqliteStore(folder / f"{service}.sqlite", readonly=readonly, exclusive=not readonly)
    from shared.adapters.mongo.store import (
        MongoStore,  # a slow import that the embedded mode can do without
    )

    return MongoStore(settings.store, service)


def make_service(name: str, settings: Settings, log: Log) -> Service:
    """Make a service with its store and keys. Raises BadKey and BadSetting."""
    return Service(
        SERVICES[name],
        topology=TOPOLOGY,
        settings=settings,
        store=make_store(settings, name),
        log_=log,
        keys=service_keys(settings, name),
    )


def service_keys(settings: Settings, name: str) -> ServiceKeys:
    """Read the keys of files; without such settings those of the data folder, made when absent.

    Raises BadKey, and BadSetting for a trust list that does not pin the agency's root.
    """
    if not settings.key_file:
        make_dev_keys(settings)
    files, trust = key_files(settings, name), trust_file(settings)
    history = KeyHistory(read_roots(trust))
    agency = OWNERS[name].source
    if agency not in history.roots.agencies:
        raise BadSetting(f"SINERGI_TRUST_FILE: {trust} pins no root key of {agency}")
    return ServiceKeys(
        Signer(read_key(files.signing)),
        Secret(read_key(files.secret)),
        read_wrapping(files.wrapping),
        history,
    )


class KeyFiles(NamedTuple):
    """The files of a service's keys."""

    signing: Path
    secret: Path
    wrapping: Path


def key_files(settings: Settings, name: str) -> KeyFiles:
    signing = settings.key_file or key_folder(settings).service(name)
    return KeyFiles(
        signing,
        settings.secret_file or signing.with_name("secret"),
        settings.wrap_file or signing.with_name("wrap.key"),
    )


def key_folder(settings: Settings) -> KeyFolder:
    return KeyFolder(settings.data / "keys", trust_file(settings))


def desk_keys(settings: Settings) -> Path:
    return settings.desk_keys or settings.data / "keys" / "desks"


def make_dev_keys(settings: Settings) -> KeyFolder:
    """Make every agency's keys in the data folder when absent."""
    folder = key_folder(settings)
    folder.init()
    return folder


def trust_file(settings: Settings) -> Path:
    return settings.trust_file or settings.data / "keys" / "trust.json"
