"""The regency's training centre, whose facts this service publishes."""

BLK_PASER = "urn:sinergi:blk-paser"
