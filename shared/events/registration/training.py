"""Events of a training: attendance, assessment, completion."""

from shared.events.base import Code, Count, Id, Positive, Text
from shared.events.registration.owner import RegistrationEvent
from shared.events.registration.values import Hours
from shared.events.values import Day, Flag, Kejuruan, Percent


class TrainingBegun(RegistrationEvent):
    """The class's register (daftar hadir) is open."""

    programme: Id
    title: Text
    skkni: Text
    kejuruan: Kejuruan
    hours: Positive
    min_attendance: Percent
    participants: tuple[Id, ...]


class AttendanceRecorded(RegistrationEvent):
    """The attendance of one session."""

    kejuruan: Kejuruan
    session: Positive
    day: Day
    hours: Hours
    present: tuple[Id, ...]
    absent: tuple[Id, ...]


class AttendanceCorrected(RegistrationEvent):
    """An entry of the register was wrong; the first entry stays on the log."""

    kejuruan: Kejuruan
    session: Positive
    application: Id
    present: Flag
    reason: Code


class ParticipantLeft(RegistrationEvent):
    """A participant left the training."""

    application: Id


class AssessmentRecommended(RegistrationEvent):
    """The assessor (asesor) recommends; somebody else decides."""

    application: Id
    competent: Flag
    assessor: Text


class ParticipantAssessed(RegistrationEvent):
    """The participant passed the training, or did not."""

    intake: Id
    application: Id
    passed: Flag
    attendance: Percent
    assessor: Text
    decided_by: Text


class TrainingCompleted(RegistrationEvent):
    """Every participant is assessed and all hours are taught."""

    programme: Id
    kejuruan: Kejuruan
    passed: Count
    failed: Count
