"""Send an application's command to a workshop."""

from services.registration.domain.application.file_check import VerifyApplication
from services.registration.domain.workshop import workshop_stream
from shared.eventsourcing.policies import Dispatch

WRONG = Dispatch(workshop_stream("las"), VerifyApplication())  # error: misc
