"""The agency that runs the partners service: the network's secretariat."""

from shared.events.partners import OWNER

NETWORK = OWNER
