"""The registration service rebuilt from 100,000 events, as `sinergi rebuild` does it."""

import asyncio
import os
import resource
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from apps.composition.keys import publish
from apps.composition.system import TOPICS, make_dev_keys, make_log, make_service
from bench.measure import Result, Site
from services.registration.domain.application.aggregate import application_stream
from services.registration.domain.application.eligibility import ApplicantFacts
from services.registration.domain.application.file_check import (
    RegisterApplicant,
    ScoreApplicant,
    VerifyApplication,
)
from services.registration.domain.intake.aggregate import intake_stream
from services.registration.domain.intake.state import IntakeOutline, OpenIntake, PlanIntake
from services.registration.domain.programme import ProgrammeOutline
from shared.events.values import ProgrammeContent
from shared.eventsourcing.decider import C, StreamRef
from shared.eventsourcing.idempotency import request_cause
from shared.kernel.settings import Settings
from shared.runtime.service import Service
from tests.scenarios.paser import plan, programme

_EVENTS = 100_000
_APPLICANTS = 30
_SERVICE = "registration"
_GOAL_SECONDS, _GOAL_MIB = 300.0, 512.0
_SINERGI = Path(sys.executable).with_name("sinergi")


async def measure(site: Site) -> list[Result]:
    """Once only, however many rounds: what is written takes as long as what is measured."""
    folder = site.new("rebuild")
    settings = Settings(data=folder, react_from="beginning", receipt_seconds=3600)
    events = await _written(settings)
    env = {k: v for k, v in os.environ.items() if not k.startswith("SINERGI_")}
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        _SINERGI, "rebuild", _SERVICE,
        env=env | {"SINERGI_DATA": str(folder)}, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    if await process.wait() != 0:
        raise RuntimeError("the rebuild failed")
    seconds = time.perf_counter() - started
    mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    what = f"{_SERVICE} from {events:,} events of its topic, embedded, signatures checked"
    return [
        Result("rebuild", f"{what}: from start to exit", "s", [seconds], (), _GOAL_SECONDS, True),
        Result("rebuild-memory", f"{what}: peak", "MiB", [mib], (), _GOAL_MIB, True),
    ]


async def _written(settings: Settings) -> int:
    """Run whole classes side by side, and return the number of events then on the topic."""
    log = make_log(settings)
    keys = make_dev_keys(settings)
    await log.open()
    try:
        await log.create_topics(TOPICS)
        await publish(keys, log)
        service = make_service(_SERVICE, settings, log)
        topic = service.definition.topic
        async with service.run():
            while (events := sum((await log.ends(topic)).values())) < _EVENTS:
                await asyncio.gather(*(_class(service) for _ in range(4)))
            ends = {each: await log.ends(each) for each in service.subscribers}
            while not await service.reached(ends):  # noqa: ASYNC110 - the store is asked
                await asyncio.sleep(0.1)
            for each in service.subscribers:
                await service.acknowledge(each)
        return events
    finally:
        await log.close()


async def _class(service: Service) -> None:
    id_ = str(uuid4())
    intake = intake_stream(id_)
    content = ProgrammeContent.model_validate(programme())
    published = ProgrammeOutline(number=1, content=content)
    planned = PlanIntake.model_validate(plan("p1", published=published, quota=16))
    await _ask(service, intake, planned)
    await _ask(service, intake, OpenIntake(published=published))
    outline = IntakeOutline(
        programme="p1",
        kejuruan=content.kejuruan,
        entry=content.entry,
        registration_opens=planned.registration_opens,
        registration_closes=planned.registration_closes,
        open=True,
    )
    await asyncio.gather(*(_apply(service, id_, outline) for _ in range(_APPLICANTS)))


async def _apply(service: Service, intake: str, outline: IntakeOutline) -> None:
    stream = application_stream(str(uuid4()))
    register = RegisterApplicant(
        **dict(_FACTS), intake=intake, opened=outline, person=str(uuid4()), sealed="c2VhbGVk" * 30
    )
    for command in (register, VerifyApplication(), ScoreApplicant(written=80, interview=75)):
        await _ask(service, stream, command)


async def _ask(service: Service, stream: StreamRef[Any, C], command: C) -> None:
    cause = request_cause(uuid4(), actor="bench", agency=service.definition.source)
    await service.command_handler.handle(stream, command, cause)


_FACTS = ApplicantFacts(
    ktp_region="64.01.04",
    birth_date=date(2002, 3, 14),
    sex="female",
    education="smk",
    in_school=False,
    in_training=False,
    in_higher_education=False,
    employed=False,
    trained_this_year=False,
)
