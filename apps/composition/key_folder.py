"""Key files of a deployment, or of one agency.

A folder holds `<service>/agency.key` and `<service>/secret` of each service, `roots/<agency>.key`
and `desks/<agency>.key` of each agency. What is public lies beside the trust list: the pinned root
keys, and `announcements`, the signed records of the keys that were made with it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from apps.composition.agencies import AGENCIES, RUNS
from shared.events.keys import KeyAuthorised, Use
from shared.kernel.clock import system_clock
from shared.signing.cloudevents import GENESIS
from shared.signing.key_history import key_records
from shared.signing.keys import Signer, make_key, read_key, write_file
from shared.signing.record_codec import pack_records
from shared.signing.trust_store import Sizes

ANNOUNCEMENTS = "announcements"


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """The folder of a deployment's keys, or of one agency's, and the trust list."""

    keys: Path
    trust: Path

    @property
    def announcements(self) -> Path:
        return self.trust.with_name(ANNOUNCEMENTS)

    def root(self, agency: str) -> Path:
        return self.keys / "roots" / f"{short(agency)}.key"

    def desk(self, agency: str) -> Path:
        """Return the file of the key with which the agency signs what it asks of others."""
        return self.keys / "desks" / f"{short(agency)}.key"

    def service(self, name: str) -> Path:
        return self.keys / name / "agency.key"

    def init(self, agencies: Mapping[str, str] = AGENCIES) -> None:
        """Make what is absent: keys, trust list and announcements. Existing files stay."""
        self.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in RUNS:
            make_key(self.service(name))
            make_key(self.service(name).with_name("secret"))
            make_key(self.service(name).with_name("wrap.key"))
        if self.trust.exists():
            return
        listed: dict[str, list[str]] = {}
        records = []
        for agency in agencies.values():
            make_key(self.root(agency))
            make_key(self.desk(agency))
            root = Signer(read_key(self.root(agency)))
            listed[agency] = [root.public.hex()]
            events = [
                authorised(Signer(read_key(path)), use) for path, use in self._first_keys(agency)
            ]
            records += key_records(root, agency, events, (0, GENESIS), system_clock)
        self.trust.parent.mkdir(parents=True, exist_ok=True)
        write_file(self.announcements, pack_records(records), 0o644)
        write_file(self.trust, (json.dumps(listed, indent=2) + "\n").encode("ascii"), 0o644)

    def _first_keys(self, agency: str) -> list[tuple[Path, Use]]:
        services: list[tuple[Path, Use]] = [
            (self.service(name), "events") for name, runner in RUNS.items() if runner == agency
        ]
        return [*services, (self.desk(agency), "acts")]


def short(agency: str) -> str:
    return agency.rpartition(":")[2]


def authorised(key: Signer, use: Use, since: Sizes | None = None) -> KeyAuthorised:
    return KeyAuthorised(
        keyid=key.keyid, public=key.public.hex(), use=use, since=plain(since or {})
    )


def plain(sizes: Sizes) -> dict[str, dict[str, int]]:
    return {topic: dict(partitions) for topic, partitions in sizes.items()}
