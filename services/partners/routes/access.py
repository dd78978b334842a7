"""The roles that may use the routes of the partners service."""

from shared.web.authentication import Role

MEMBERS = (Role.BPVP_OFFICER,)
OFFICERS = (Role.BLK_OFFICER,)
SIDES = (Role.BLK_OFFICER, Role.BPVP_OFFICER)
