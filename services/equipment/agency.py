"""The agency that runs the equipment service."""

from shared.events.equipment import OWNER

MINISTRY = OWNER
