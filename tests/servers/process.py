"""A server as a process of this machine."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

# Kills what is left when its standard input ends: however the test run ends, its end of that pipe
# is closed. PR_SET_PDEATHSIG would do less: it fires when the *thread* that started a server ends.
_GUARD = """
import os, signal, sys
pids = set()
for line in sys.stdin:
    (pids.add if line[0] == "+" else pids.discard)(int(line[1:]))
for pid in pids:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
"""


class Process:
    """A program that is started and ended as often as a test likes, and dies with the test run."""

    def __init__(self, argv: Sequence[str | Path], log: Path) -> None:
        self._argv = argv
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """None while it is not running."""
        if self._process is None or self._process.poll() is not None:
            return None
        return self._process.pid

    def start(self) -> None:
        if self.pid is not None:
            return
        with self._log.open("ab") as log:
            # Its own session: Ctrl-C is for the test run, which then ends its servers in order.
            self._process = subprocess.Popen(
                self._argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        _guard(f"+{self._process.pid}")

    def stop(self) -> None:
        """SIGTERM; SIGKILL if that was not heard within 30 s."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    remove = kill

    def pause(self) -> None:
        if self.pid is not None:
            os.kill(self.pid, signal.SIGSTOP)
            # The signal is only sent by now: its threads run on until the last has stopped.
            os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def resume(self) -> None:
        if self.pid is not None:
            os.kill(self.pid, signal.SIGCONT)

    def last_words(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()
        return "\n".join([f"{self._log}:", *lines[-20:]])

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        self.resume()  # a paused process hears no SIGTERM
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(30)
        self._process.kill()
        self._process.wait()
        _guard(f"-{self._process.pid}")
        self._process = None


@cache
def _watcher() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _GUARD], stdin=subprocess.PIPE, text=True, start_new_session=True
    )


def _guard(line: str) -> None:
    pipe = _watcher().stdin
    assert pipe is not None
    print(line, file=pipe, flush=True)
