"""Libraries that are installed only with an extra of this package, such as `sinergi[parquet]`."""

from importlib import import_module
from types import ModuleType


class MissingExtra(Exception):
    """A library is not installed. The message says which extra brings it."""


def load(module: str, extra: str) -> ModuleType:
    """Import and return a module that an extra brings. Raise MissingExtra where it is absent."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != module.partition(".")[0]:
            raise
        raise MissingExtra(f"install sinergi[{extra}]: {module} is not installed") from error
