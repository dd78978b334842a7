"""Ports for servers that must come back on the same one."""

import random
import socket


def free_port() -> int:
    """A free port below those that the kernel gives to clients, so that no client takes it while
    its server is down.
    """
    for port in random.sample(range(20000, 32768), 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no free port between 20000 and 32768")
