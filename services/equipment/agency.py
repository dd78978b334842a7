"""The agency that runs the equipment service."""

MINISTRY = "urn:sinergi:kemenaker"
