"""Whose service this is."""

MINISTRY = "urn:sinergi:kemenaker"
