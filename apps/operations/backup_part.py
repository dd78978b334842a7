"""A part of a backup: a folder of files, and a manifest of them."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from shared.signing.keys import write_file

FORMAT = "sinergi.backup.v1"
STORE, KEYS = "store", "keys"
COMMITS, PRIVATE = "commits.bson", "private.bson"
_MANIFEST = "manifest.json"


# A document of the files of a backup, as BSON has it.
Document = dict[str, Any]


class Manifest(BaseModel):
    """The description of a part of a backup; `files` are SHA-256 by name."""

    format: str
    service: str
    made: str
    expires: str = ""
    files: dict[str, str]


class BadBackup(Exception):
    """A backup that cannot be made or put back here; the message says why."""


def fresh(folder: Path) -> Path:
    """Make the folder, for its owner alone. Raises BadBackup when it is there."""
    try:
        folder.mkdir(parents=True, mode=0o700)
    except FileExistsError as error:
        raise BadBackup(f"there is a backup in {folder} already: choose another folder") from error
    return folder


def close(folder: Path, service: str, made: datetime, expires: str = "") -> None:
    """Write the manifest; a part without one is not finished."""
    files = {path.name: _digest(path) for path in sorted(folder.iterdir())}
    manifest = Manifest(
        format=FORMAT,
        service=service,
        made=made.isoformat(timespec="seconds"),
        expires=expires,
        files=files,
    )
    content = manifest.model_dump_json(indent=2, exclude_defaults=True) + "\n"
    write_file(folder / _MANIFEST, content.encode("ascii"), 0o600)


def check(folder: Path, service: str) -> Manifest:
    """Return the manifest. Raises BadBackup unless the files are what it says."""
    try:
        manifest = Manifest.model_validate_json((folder / _MANIFEST).read_bytes())
    except OSError as error:
        raise BadBackup(f"{folder} holds no finished backup: {error.strerror}") from error
    except ValidationError as error:
        raise BadBackup(f"{folder / _MANIFEST} is not what a backup writes") from error
    if manifest.format != FORMAT:
        raise BadBackup(f"{folder / _MANIFEST} is of another format than {FORMAT}")
    if manifest.service != service:
        raise BadBackup(f"{folder} is a backup of {manifest.service}, not of {service}")
    for name, digest in manifest.files.items():
        if not (folder / name).is_file() or _digest(folder / name) != digest:
            raise BadBackup(f"{folder / name} is not the file that was backed up")
    return manifest


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
