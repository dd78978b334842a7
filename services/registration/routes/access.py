"""Who may use the training centre's routes."""

from shared.web.authentication import Role

OFFICERS = (Role.BLK_OFFICER,)
APPLICANTS = (Role.BLK_OFFICER, Role.CITIZEN)
CITIZENS = (Role.CITIZEN,)
ANYBODY = tuple(Role)
