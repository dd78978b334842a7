"""`python -m bench`: the ratios of this program, each beside its yardstick, and the machine."""

import argparse
import json
import logging
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.machine import load, machine
from bench.measure import Result, Site, table
from bench.suite import EMBEDDED, NAMES, ON_KAFKA, run

# Beside the code, since a system's folder for temporary files may be in memory.
_FOLDER = Path(__file__).resolve().parents[1] / ".cache"


def main() -> int:
    """0: all measured. 1: something was not, and why is printed. A missed goal is no failure."""
    options = _options()
    chosen = options.only or NAMES
    logging.disable(logging.WARNING)
    _FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=_FOLDER) as name:
        site = Site(Path(name), options.rounds)
        about = machine(site.folder) | {"rounds": str(site.rounds)}
        if not options.json:
            print("\n".join(f"{key}: {value}" for key, value in about.items()), end="\n\n")
        started = time.monotonic()
        results, missing = _measured(site, chosen)
    about["load average at end"] = load()
    about["seconds"] = f"{time.monotonic() - started:.0f}"
    if options.json:
        found = {"machine": about, "results": [r.plain() for r in results], "missing": missing}
        print(json.dumps(found, indent=2))
    else:
        print(table(results))
        print(*[f"not measured: {name}: {why}" for name, why in missing.items()], sep="\n")
        print(f"load average at end: {about['load average at end']}; {about['seconds']} s in all")
    return 1 if missing else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=NAMES, metavar="NAME",
                        help=f"one of {', '.join(NAMES)}; may be repeated")  # fmt: skip
    parser.add_argument("--rounds", type=int, default=5, help="per measure and side (5)")
    parser.add_argument("--json", action="store_true", help="every round, for a program to read")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds: at least 1")
    return options


def _measured(site: Site, chosen: Sequence[str]) -> tuple[list[Result], dict[str, str]]:
    results: list[Result] = []
    missing: dict[str, str] = {}

    def take(name: str, site: Site) -> None:
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            results.extend(run(name, site))
        except Exception as error:  # the others can still be measured
            missing[name] = f"{type(error).__name__}: {error}"

    for name in filter(EMBEDDED.__contains__, chosen):
        take(name, site)
    if on_kafka := [name for name in chosen if name in ON_KAFKA]:
        # Started last, so that it takes nothing from the others.
        with _kafka(site.folder) as (bootstrap, why):
            for name in on_kafka:
                if bootstrap:
                    take(name, Site(site.folder, site.rounds, bootstrap))
                else:
                    missing[name] = why
    return results, missing


@contextmanager
def _kafka(folder: Path) -> Iterator[tuple[str, str]]:
    """A broker's address, or why there is none."""
    from tests.servers import kafka
    from tests.servers.unavailable import UnavailableError

    home = folder / "kafka"
    home.mkdir()
    try:
        server = kafka.find(home)
    except (UnavailableError, OSError) as error:
        yield "", f"there is no Kafka: {error}"
        return
    try:
        try:
            server.start()
        except (TimeoutError, OSError) as error:
            yield "", f"Kafka does not start: {error}"
            return
        yield server.bootstrap, ""
    finally:
        server.remove()


if __name__ == "__main__":
    sys.exit(main())
