"""Programmes: one that region and centre agree on, five that the BLK publishes by itself."""

from apps.demo.answers import Anything, Row, Status
from apps.demo.desk import until
from apps.demo.figures import ALIGNED, INSTRUCTORS, PROGRAMME, PROGRAMMES
from apps.demo.goods import DRAFT_HOURS, NEED, OF_CENTRE, OF_REGION
from apps.demo.year import BLK, HEAD, Year, centre
from shared.events.partners.alignment import ProgrammeAligned

_CENTRE = centre("makassar")


class Programmes:
    """Plays the head of the BLK and the centre for welding."""

    def __init__(self, year: Year) -> None:
        self._year, self._desk, self._tell = year, year.desk, year.tell

    async def align(self) -> None:
        """A need, comments, a revision, two agreements; then the programme publishes itself."""
        first = PROGRAMME[ALIGNED].content(self._year.run, DRAFT_HOURS)
        body = {"labour_market": NEED, "content": first}
        done = await self._desk.ask(HEAD, "partners", "/v1/alignments", body)
        self._year.alignment = done.id
        path = f"/v1/alignments/{done.id}"
        for account, comment in ((_CENTRE, OF_CENTRE), (HEAD, OF_REGION)):
            await self._desk.ask(account, "partners", f"{path}/comments", {"comment": comment})
            self._tell.told(account, comment, good=True)
        content = PROGRAMME[ALIGNED].content(self._year.run)
        await self._desk.ask(HEAD, "partners", f"{path}/revision", {"content": content})
        await self._desk.ask(_CENTRE, "partners", f"{path}/agreement", {"draft": 2})
        done = await self._desk.ask(HEAD, "partners", f"{path}/agreement", {"draft": 2})
        done.event(ProgrammeAligned)
        self._year.programmes[ALIGNED] = self._year.alignment
        await until(
            BLK,
            f"the programme of {ALIGNED} publishes itself",
            lambda: self._published(ALIGNED),
            lambda found: found is not None,
        )

    async def publish(self) -> None:
        """The other five, each with the reference of its Training Needs Analysis."""
        for programme in PROGRAMMES:
            if programme.kejuruan == ALIGNED:
                continue
            form = programme.content(self._year.run)
            done = await self._desk.ask(HEAD, "registration", "/v1/programmes", form)
            self._year.programmes[programme.kejuruan] = done.id

    async def _published(self, kejuruan: str) -> Anything | None:
        path = f"/v1/programmes/{self._year.programmes[kejuruan]}"
        return await self._desk.find(Anything, HEAD, "registration", path)

    async def appoint(self) -> None:
        """The three certified instructors."""
        valid_until = self._year.today.replace(year=self._year.today.year + 2, day=1)
        for fields in INSTRUCTORS:
            trainer = self._year.population.trainer(fields)
            form = trainer.form(valid_until)
            done = await self._desk.ask(HEAD, "registration", "/v1/instructors", form)
            for kejuruan in fields:
                self._year.instructors.setdefault(kejuruan, done.id)

    # -- reading --------------------------------------------------------------------------------

    async def published(self) -> int:
        """Count the programmes of this run that the BLK offers."""
        return await self._known("/v1/programmes", set(self._year.programmes.values()))

    async def appointed(self) -> int:
        """Count the instructors of this run that the BLK knows, the visiting one among them."""
        ids = {*self._year.instructors.values(), self._year.visitor}
        return await self._known("/v1/instructors", ids)

    async def _known(self, path: str, ids: set[str]) -> int:
        known = {row.id for row in await self._desk.rows(Row, HEAD, "registration", path)}
        return len(known & ids)

    async def alignment_state(self) -> str:
        path = f"/v1/alignments/{self._year.alignment}"
        return (await self._desk.read(Status, HEAD, "partners", path)).status
