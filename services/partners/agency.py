"""The network's secretariat, whose facts this service publishes."""

NETWORK = "urn:sinergi:bpvp-network"
