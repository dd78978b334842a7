"""The roles that may use the routes of the equipment service."""

from shared.web.authentication import Role

REVIEWERS = (Role.MINISTRY_REVIEWER,)
OFFICERS = (Role.BLK_OFFICER,)
PARTIES = (Role.BLK_OFFICER, Role.MINISTRY_REVIEWER)
