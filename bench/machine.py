"""The machine that the numbers are of."""

import os
import platform
import sqlite3
from pathlib import Path


def load() -> str:
    return " ".join(f"{average:.2f}" for average in os.getloadavg())


def machine(folder: Path) -> dict[str, str]:
    return {
        "cpu": _cpu(),
        "cores": str(len(os.sched_getaffinity(0))),
        "load average at start": load(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "file system": _file_system(folder),
        "kernel": platform.release(),
    }


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def _file_system(folder: Path) -> str:
    """The type of the file system that holds the folder, by its longest mount point."""
    best, kind = -1, "unknown"
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, mount, type_, *_ = line.split()
        if folder.resolve().is_relative_to(mount) and len(mount) >= best:
            best, kind = len(mount), type_
    return kind
