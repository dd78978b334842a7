"""The program's own log lines."""

import logging

log = logging.getLogger("sinergi")
