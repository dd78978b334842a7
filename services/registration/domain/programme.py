"""Programme (program pelatihan): what is taught, whom it admits and what it needs."""

from collections.abc import Sequence

from shared.events.base import Event, Positive, Text, Value
from shared.events.registration import EntryRules, MinimumAge, ProgrammePublished
from shared.events.values import Education, Item, Items, Kejuruan, Prose
from shared.stream import Command, Context, Decider, Refused, State, refuse_repeated, unexpected


class PublishProgramme(Command):
    """Offer a programme. `equipment` is what one intake needs in the field's workshop."""

    title: Text
    kejuruan: Kejuruan
    skkni: Text
    hours: Positive
    local_potential: Prose
    tna_reference: Text | None = None
    min_education: Education
    min_age: MinimumAge = 17
    max_age: MinimumAge | None = None
    equipment: Items = ()
    instructors: Positive = 1


class ProgrammeOutline(Value):
    """What an intake keeps of its programme."""

    title: Text
    kejuruan: Kejuruan
    entry: EntryRules
    equipment: tuple[Item, ...]
    instructors: Positive


class Programme(State):
    title: str | None = None
    kejuruan: str | None = None
    skkni: str | None = None
    hours: int = 0
    local_potential: str | None = None
    tna_reference: str | None = None
    entry: EntryRules | None = None
    equipment: tuple[Item, ...] = ()
    instructors: int = 0

    def outline(self) -> ProgrammeOutline:
        """The snapshot for a command that names this programme. Refused when there is none."""
        if self.title is None or self.kejuruan is None or self.entry is None:
            raise Refused(
                "unknown-programme",
                "There is no such programme. Choose one of the published programmes.",
                "Program ini tidak ada. Pilih salah satu program yang sudah diterbitkan.",
                field="programme",
                status=422,
            )
        return ProgrammeOutline(
            title=self.title,
            kejuruan=self.kejuruan,
            entry=self.entry,
            equipment=self.equipment,
            instructors=self.instructors,
        )


def decide(state: Programme, command: Command, context: Context) -> Sequence[Event]:
    match command:
        case PublishProgramme():
            return publish(state, command)
        case _:
            raise unexpected(command)


def publish(state: Programme, command: PublishProgramme) -> Sequence[Event]:
    if state.title is not None:
        raise Refused(
            "already-published",
            "This programme is already published. Publish a new one instead.",
            "Program ini sudah diterbitkan. Terbitkan program baru.",
        )
    if command.max_age is not None and command.max_age < command.min_age:
        raise Refused(
            "age-limits",
            "The highest age is below the lowest. Correct one of them.",
            "Usia tertinggi di bawah usia terendah. Perbaiki salah satunya.",
            field="max_age",
            status=422,
        )
    refuse_repeated((item.item for item in command.equipment), "equipment")
    return [
        ProgrammePublished(
            title=command.title,
            kejuruan=command.kejuruan,
            skkni=command.skkni,
            hours=command.hours,
            local_potential=command.local_potential,
            tna_reference=command.tna_reference,
            entry=EntryRules(
                min_education=command.min_education,
                min_age=command.min_age,
                max_age=command.max_age,
            ),
            equipment=command.equipment,
            instructors=command.instructors,
        )
    ]


def evolve(state: Programme, event: Event) -> Programme:
    match event:
        case ProgrammePublished():
            return Programme(
                title=event.title,
                kejuruan=event.kejuruan,
                skkni=event.skkni,
                hours=event.hours,
                local_potential=event.local_potential,
                tna_reference=event.tna_reference,
                entry=event.entry,
                equipment=event.equipment,
                instructors=event.instructors,
            )
        case _:
            return state


DECIDER = Decider(kind="programme", initial=Programme(), decide=decide, evolve=evolve)
