"""A service's store and keys put back from a backup; what the log has since then follows."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import cast

import bson

from apps.composition.system import KeyFiles, key_files
from apps.operations.backup import named
from apps.operations.backup_part import (
    COMMITS,
    KEYS,
    PRIVATE,
    STORE,
    BadBackup,
    Document,
    Manifest,
    check,
)
from apps.operations.stopped import insist, stopped
from shared.adapters.mongo.documents import CommitDocument, commit_of
from shared.kernel.clock import system_clock
from shared.kernel.ports import Appended, Store
from shared.kernel.settings import Settings
from shared.privacy.key_wrapping import Wrapping, read_wrapping, write_wrapping
from shared.signing.keys import write_file

_GROUP = 500


async def restore(
    settings: Settings, name: str, folder: Path, *, keys_only: bool, replace: bool
) -> int:
    """Put commits back into the stopped service's store; return their number.

    They count as unsent: the service compares each with the log when it starts, takes up what
    the log has beyond them, and refuses to start where they contradict it. Of keys and private
    values only what is missing comes back. A store that has commits is refused; with `replace`
    they are deleted first. Raises BadBackup, BadKey, BadSetting, Busy, Unavailable.
    """
    insist(name)
    if not keys_only:
        check(folder / STORE, name)
    _unexpired(folder / KEYS, check(folder / KEYS, name))
    async with stopped(settings, name) as store:
        if not (keys_only or replace):
            await _insist_empty(store, name)
        _put_key_files(folder / KEYS, key_files(settings, name))
        if replace and not keys_only:
            await store.clear()
        for each in _documents(folder / KEYS / PRIVATE):
            await store.keep_private(each["collection"], each["key"], each["value"])
        return 0 if keys_only else await _put_commits(store, folder / STORE / COMMITS)


def _unexpired(folder: Path, manifest: Manifest) -> None:
    if datetime.fromisoformat(manifest.expires) < system_clock():
        raise BadBackup(
            f"{folder} expired at {manifest.expires}: destroy it, since persons who were erased"
            " meanwhile are in it"
        )


async def _insist_empty(store: Store, name: str) -> None:
    if await store.pending(1) or await store.sent_ends():
        raise BadBackup(
            f"the store of {name} has commits: add --replace if they are to be deleted, also those"
            " that are neither in the backup nor on the log"
        )


def _put_key_files(folder: Path, files: KeyFiles) -> None:
    kept = named(files)
    for name, path in kept.items():
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_file(path, (folder / name).read_bytes(), 0o600)
    if files.secret.read_bytes() != (folder / "secret").read_bytes():
        raise BadBackup(
            f"{files.secret} is another secret than the one in {folder}, by which its persons are"
            " found: put it aside first"
        )
    here, there = read_wrapping(files.wrapping), read_wrapping(folder / "wrap.key")
    if not set(there.keys) <= set(here.keys):
        write_wrapping(files.wrapping, Wrapping((*here.keys, *there.keys)))


async def _put_commits(store: Store, path: Path) -> int:
    count, documents = 0, _documents(path)
    while group := [
        commit_of(cast("CommitDocument", document)) for document in islice(documents, _GROUP)
    ]:
        if set(await store.append(group)) != {Appended.OK}:
            raise BadBackup(f"{path} has two commits of one place or cause")
        count += len(group)
    return count


def _documents(path: Path) -> Iterator[Document]:
    with path.open("rb") as file:
        yield from bson.decode_file_iter(file)
