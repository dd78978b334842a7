"""The regency's training centre, whose facts this service publishes."""

from shared.events.registration import OWNER

BLK_PASER = OWNER
