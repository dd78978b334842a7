"""Keys that change while services run: announced, they count at once; revoked, no more."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from apps.audit.report import Report
from apps.audit.verify import Verification
from shared.adapters.sqlite_log import EmbeddedLog
from shared.adapters.sqlite_store import SqliteStore
from shared.events.base import Event
from shared.events.keys import TOPIC, KeyAuthorised, KeyRetired, KeyRevoked, Sizes, Use
from shared.kernel.clock import system_clock
from shared.messaging.incoming import QUARANTINE
from shared.privacy.service_keys import ServiceKeys
from shared.runtime.definition import Definition
from shared.runtime.service import Service
from shared.signing.cloudevents import read
from shared.signing.key_history import KeyHistory, key_records
from shared.signing.keys import Signer
from shared.signing.trust_store import TrustStore
from tests.machinery.test_delivery import forged
from tests.toy import World, add, counter, reaches, until

ROOTS = {"urn:sinergi:a": Signer(b"r" * 32), "urn:sinergi:b": Signer(b"s" * 32)}
NEXT = Signer(b"n" * 32)


def authorised(key: Signer, use: Use = "events", since: Sizes | None = None) -> KeyAuthorised:
    return KeyAuthorised(keyid=key.keyid, public=key.public.hex(), use=use, since=since or {})


@dataclass(frozen=True)
class Agencies:
    """Two services whose keys are what the log says of them."""

    world: World
    log: EmbeddedLog
    folder: Path

    def history(self) -> KeyHistory:
        return KeyHistory(TrustStore({agency: [root.public] for agency, root in ROOTS.items()}))

    async def say(self, agency: str, *events: Event, root: Signer | None = None) -> None:
        """Key events of an agency, signed by its root unless told otherwise."""
        history = self.history()
        await history.refresh(self.log)
        signer = root or ROOTS[agency]
        records = key_records(signer, agency, events, history.head(agency), system_clock)
        await self.log.send(TOPIC, records)

    def service(self, definition: Definition, signer: Signer | None = None) -> Service:
        store = SqliteStore(self.folder / f"{definition.name}.sqlite")
        keys = self.world.keys(definition.name)
        ring = ServiceKeys(signer or keys.signer, keys.secret, keys.wrapping, self.history())
        service = self.world.service(definition, store, self.log)
        settings = service.settings
        return Service(
            definition,
            topology=self.world.topology,
            settings=settings,
            store=store,
            log_=self.log,
            keys=ring,
        )

    async def sizes(self) -> Sizes:
        ends = {topic: await self.log.ends(topic) for topic in self.world.topics}
        return {t: {str(p): end for p, end in found.items()} for t, found in ends.items()}

    async def verified(self) -> Report:
        return await Verification(self.log, self.world.definitions, self.history(), None).run()


@pytest.fixture
async def agencies(tmp_path: Path) -> AsyncIterator[Agencies]:
    world, log = World(), EmbeddedLog(tmp_path / "log.sqlite")
    await log.open()
    await log.create_topics([*world.topics, TOPIC])
    made = Agencies(world, log, tmp_path)
    for definition in world.definitions:
        await made.say(definition.source, authorised(world.signers[definition.name]))
    yield made
    await log.close()


async def quarantined(service: Service, count: int = 1) -> Sequence[str]:
    """The codes of what the service has set aside, once there are so many."""

    async def there() -> bool:
        return len(await service.store.scan(QUARANTINE)) >= count

    await until(there, f"{count} records are quarantined")
    rows = await service.store.scan(QUARANTINE)
    return [orjson.loads(row.body or b"")["code"] for row in rows]


async def test_what_a_key_signs_counts_from_the_moment_it_is_announced(agencies: Agencies) -> None:
    """Beta looks at the key topic every second; the record is there long before."""
    world = agencies.world
    alpha, beta = agencies.service(world.alpha), agencies.service(world.beta)
    async with beta.run():
        for round_ in range(1, 6):
            signer = Signer(bytes([round_]) * 32)
            await agencies.say("urn:sinergi:a", authorised(signer, since=await agencies.sizes()))
            record = forged(alpha, f"counter/{round_}", signer=signer)
            await agencies.log.send(world.alpha.topic, [record])
            await reaches(beta, f"counter/{round_}", 1000)
        assert await beta.store.scan(QUARANTINE) == []
    assert (await agencies.verified()).problems == []


async def test_what_came_before_its_key_is_judged_again_when_the_key_comes(
    agencies: Agencies,
) -> None:
    world = agencies.world
    alpha, beta = agencies.service(world.alpha), agencies.service(world.beta)
    first = forged(alpha, "counter/early", signer=NEXT)
    second = forged(alpha, "counter/early", 2, signer=NEXT, prevhash=read(first).hash)
    async with beta.run():
        await agencies.log.send(world.alpha.topic, [first, second])
        assert await quarantined(beta, 2) == ["key", "key"]
        await agencies.say("urn:sinergi:a", authorised(NEXT))
        await reaches(beta, "counter/early", 2000, 10)

        async def none_left() -> bool:
            return await beta.store.scan(QUARANTINE) == []

        await until(none_left, "nothing is quarantined any more")
    assert (await agencies.verified()).problems == []


async def test_a_rotated_service_goes_on_and_its_old_events_count(agencies: Agencies) -> None:
    world = agencies.world
    beta = agencies.service(world.beta)
    async with beta.run():
        alpha = agencies.service(world.alpha)
        async with alpha.run():
            await add(alpha, "counter/one", 1)
        old, sizes = world.signers["alpha"], await agencies.sizes()
        retired = KeyRetired(keyid=old.keyid, until=sizes)
        await agencies.say("urn:sinergi:a", retired, authorised(NEXT, since=sizes))
        renewed = agencies.service(world.alpha, NEXT)
        async with renewed.run():
            await add(renewed, "counter/one", 2)
            await reaches(beta, "counter/one", 3)
        assert await beta.store.scan(QUARANTINE) == []
    report = await agencies.verified()
    assert (report.problems, report.keys) == ([], 3)
    late = forged(renewed, "counter/late", signer=old)
    await agencies.log.send(world.alpha.topic, [late])
    assert [p.code for p in (await agencies.verified()).problems] == ["key-retired"]


async def test_a_revocation_reaches_running_services_and_back_dating_gains_nothing(
    agencies: Agencies,
) -> None:
    world = agencies.world
    alpha, beta = agencies.service(world.alpha), agencies.service(world.beta)
    stolen = world.signers["alpha"]
    async with beta.run():
        async with alpha.run():
            await add(alpha, "counter/one", 1)
            await reaches(beta, "counter/one", 1)
        revoked = KeyRevoked(keyid=stolen.keyid, until=await agencies.sizes(), reason="Stolen.")
        await agencies.say("urn:sinergi:a", revoked)

        async def heard() -> bool:
            key = beta.keys.trust.key(stolen.keyid)
            return key is not None and key.end == "revoked"

        await until(heard, "beta has heard of the revocation")
        earlier = datetime.now(UTC) - timedelta(days=30)
        offset = (await agencies.log.ends(world.alpha.topic))[0]
        thief = [
            forged(alpha, "counter/stolen", time=earlier, signer=stolen),
            forged(alpha, "counter/later", signer=stolen),
        ]
        await agencies.log.send(world.alpha.topic, thief)
        assert await quarantined(beta, 2) == ["key-revoked", "key-revoked"]
        for stream in ("counter/stolen", "counter/later"):
            assert (await beta.command_handler.state(counter(stream)))[1] == 0
    found = [(p.topic, p.offset, p.code) for p in (await agencies.verified()).problems]
    assert found == [(world.alpha.topic, offset + n, "key-revoked") for n in (0, 1)]


async def test_a_key_of_the_future_and_one_of_another_use(agencies: Agencies) -> None:
    world, topic = agencies.world, agencies.world.alpha.topic
    alpha, beta = agencies.service(world.alpha), agencies.service(world.beta)
    early, desk = NEXT, Signer(b"k" * 32)
    since: Sizes = {topic: {"0": 3}}
    await agencies.say(
        "urn:sinergi:a", authorised(early, since=since), authorised(desk, use="acts")
    )
    records = [
        forged(alpha, "counter/0", signer=early),
        forged(alpha, "counter/1", signer=desk),
        forged(alpha, "counter/2", signer=early),
        forged(alpha, "counter/3", signer=early),
    ]
    await agencies.log.send(topic, records)
    async with beta.run():
        assert await quarantined(beta, 3) == ["key-early", "key-use", "key-early"]
        await reaches(beta, "counter/3", 1000)
    found = [(p.offset, p.code) for p in (await agencies.verified()).problems]
    assert found == [(0, "key-early"), (1, "key-use"), (2, "key-early")]


async def test_nobody_but_its_root_speaks_of_an_agency_s_keys(agencies: Agencies) -> None:
    world = agencies.world
    alpha, beta = agencies.service(world.alpha), agencies.service(world.beta)
    intruder = Signer(b"i" * 32)
    ending = KeyRevoked(keyid=world.signers["alpha"].keyid, until={}, reason="No.")
    offset = (await agencies.log.ends(TOPIC))[0]
    async with alpha.run(), beta.run():
        await agencies.say("urn:sinergi:a", authorised(intruder), root=ROOTS["urn:sinergi:b"])
        await agencies.say("urn:sinergi:a", ending, root=world.signers["alpha"])
        broken = key_records(
            ROOTS["urn:sinergi:a"], "urn:sinergi:a", [ending], (1, "f" * 64), system_clock
        )
        await agencies.log.send(TOPIC, broken)
        record = forged(alpha, "counter/in", signer=intruder)
        await agencies.log.send(world.alpha.topic, [record])
        assert await quarantined(beta) == ["key"]
        await add(alpha, "counter/one", 7)
        await reaches(beta, "counter/one", 7)
    report = await agencies.verified()
    told = [(p.offset, p.code) for p in report.problems if p.topic == TOPIC]
    assert told == [(offset, "agency"), (offset + 1, "key"), (offset + 2, "chain")]
    assert [p.code for p in report.problems if p.topic != TOPIC] == ["key"]
