"""The running system of a data folder, so that other commands find its address."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from shared.kernel.settings import Settings, read_client_settings
from shared.signing.keys import write_file

FILE = "system.json"
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - compared, not listened on


class Target(NamedTuple):
    """The console's address of the system that a command speaks to, and who named it."""

    url: str
    named_by: str

    def __str__(self) -> str:
        return f"{self.url} ({self.named_by})"


def address_of(settings: Settings) -> str:
    """Return the address at which a program on this machine reaches what listens there."""
    host = _EVERYWHERE.get(settings.host, settings.host)
    return f"http://{f'[{host}]' if ':' in host and host[0] != '[' else host}:{settings.port}"


@contextmanager
def announced(folder: Path, url: str) -> Iterator[None]:
    """Keep the address and this process's id in the data folder while the context is open."""
    file = folder / FILE
    write_file(file, json.dumps({"url": url, "pid": os.getpid()}).encode(), 0o644)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def running_in(folder: Path) -> str | None:
    """Return the address of the folder's running system; None when no process has announced it.

    The file that a killed process has left behind counts for nothing.
    """
    try:
        said = json.loads((folder / FILE).read_text("utf-8"))
        url, pid = str(said["url"]), int(said["pid"])
        os.kill(pid, 0)
    except PermissionError:
        return url  # another user's process, but it runs
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return url


def target(url: str | None, settings: Settings) -> Target:
    """Return the system that a command means: the address that was given, else the running system
    of the data folder, else SINERGI_PORT of this machine. Raises BadSetting."""
    asked = read_client_settings(url=url)
    if asked.url:
        return Target(asked.url, "as --url says" if url else "as SINERGI_URL says")
    if found := running_in(settings.data):
        return Target(found, "this folder's system")
    set_ = {"host", "port"} & settings.model_fields_set
    return Target(address_of(settings), "as SINERGI_PORT says" if set_ else "the usual address")
