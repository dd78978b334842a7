"""The agency that runs the partners service: the network's secretariat."""

NETWORK = "urn:sinergi:bpvp-network"
