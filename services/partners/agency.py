"""The network's secretariat, whose facts this service publishes."""

from shared.events.partners import OWNER

NETWORK = OWNER
