"""Whose service this is."""

from shared.events.equipment import OWNER

MINISTRY = OWNER
