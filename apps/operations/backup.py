"""A service's backup in two parts, to be kept apart: its commits, and its keys."""

import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import bson

from apps.composition.system import KeyFiles, key_files, make_store
from apps.operations.backup_part import COMMITS, KEYS, PRIVATE, STORE, Document, close, fresh
from apps.operations.stopped import insist
from shared.adapters.mongo.documents import document_of
from shared.kernel.clock import system_clock
from shared.kernel.ports import Store
from shared.kernel.settings import Settings
from shared.privacy.vault import PERSON_KEYS, PERSONS, look_ups
from shared.signing.keys import BadKey, write_file

_PAGE = 1000
_ALL = 1 << 30


async def backup(settings: Settings, name: str, folder: Path, days: int) -> Mapping[str, int]:
    """Write a backup; return the numbers of commits and private values. The service may run.

    `folder/store` has the commits, as documents of the MongoDB store. Rows are left out, since
    they follow from the log. `folder/keys` has what is on no log: persons' keys, look-ups and the
    service's key files. It expires after so many days: an erased person's key is in it until it
    is destroyed. Raises BadBackup, BadKey, BadSetting, Unavailable.
    """
    insist(name)
    store, made = make_store(settings, name, readonly=True), system_clock()
    await store.open()
    try:
        # The keys last: a person's key is durable before the first commit that needs it.
        part = fresh(folder / STORE)
        commits = await _write(part / COMMITS, _commits(store))
        close(part, name, made)
        part = fresh(folder / KEYS)
        private = await _write(part / PRIVATE, _private(store))
        for kept, path in named(key_files(settings, name)).items():
            write_file(part / kept, _content(path), 0o600)
        expires = made + timedelta(days=days)
        close(part, name, made, expires=expires.isoformat(timespec="seconds"))
    finally:
        await store.close()
    return {"commits": commits, "private": private}


def named(files: KeyFiles) -> dict[str, Path]:
    """Return the file that each key file of a backup comes from."""
    return {"agency.key": files.signing, "secret": files.secret, "wrap.key": files.wrapping}


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadKey(f"cannot read the key file {path}: {error.strerror}") from error


async def _commits(store: Store) -> AsyncIterator[Document]:
    """Yield commits in order per stream, without their marks: a restored store is compared with
    the whole log."""
    # The pending first, since they may be sent while the others are read.
    pending = await store.pending(_ALL)
    sent = set()
    for partition in await store.sent_ends():
        offset = 0
        while page := await store.sent_from(partition, offset, _PAGE):
            for commit in page:
                sent.add(commit.place)
                yield dict(document_of(replace(commit, sent=None)))
            offset = max(c.sent.offset for c in page if c.sent) + 1
    for commit in pending:
        if commit.place not in sent:
            yield dict(document_of(commit))


async def _private(store: Store) -> AsyncIterator[Document]:
    """Yield private values; look-ups of persons are made from their keys, so that neither is here
    without the other."""
    for collection in await store.private_collections():
        after = ""
        while page := await store.scan_private(collection, after, _PAGE):
            after = next(reversed(page))
            if collection == PERSONS:
                continue
            for document in _documents(collection, page):
                yield document
            if collection == PERSON_KEYS:
                for document in _documents(PERSONS, look_ups(page)):
                    yield document


def _documents(collection: str, values: Mapping[str, bytes]) -> list[Document]:
    return [{"collection": collection, "key": k, "value": v} for k, v in values.items()]


async def _write(path: Path, documents: AsyncIterator[Document]) -> int:
    count = 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        async for document in documents:
            file.write(bson.encode(document))
            count += 1
        file.flush()
        os.fsync(file.fileno())
    return count
