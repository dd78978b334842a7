"""Name a stream by a string, whose kind may be misspelt."""

from services.registration.domain.application.file_check import VerifyApplication
from shared.eventsourcing.policies import Dispatch

WRONG = Dispatch("aplication/a1", VerifyApplication())  # error: arg-type
