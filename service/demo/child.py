"""One program the demo runs beside itself: started, listened to, restarted, stopped with all it started."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

PATIENCE = 8.0


class Child:
    """A Python module in a session of its own, so that Ctrl-C reaches it only through us."""

    def __init__(
        self, name: str, arguments: list[str], log: Path, *, environ: Mapping[str, str], hear: Callable[[str], None]
    ) -> None:
        self.name, self.arguments, self.log, self.environ, self.hear = name, arguments, log, environ, hear
        self.tail: deque[str] = deque(maxlen=15)
        self.process: subprocess.Popen[str] | None = None
        self.listener: threading.Thread | None = None

    def start(self) -> None:
        self.tail.clear()
        # One thread starts all children, and Popen closes every other descriptor: each child holds only its own pipe.
        self.process = subprocess.Popen(
            [sys.executable, "-m", *self.arguments], env=dict(self.environ), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True,
        )  # fmt: skip
        self.listener = threading.Thread(target=self.listen, args=(self.process,), daemon=True)
        self.listener.start()

    def listen(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        with self.log.open("a", encoding="utf-8") as log:
            for line in process.stdout:
                log.write(line)
                log.flush()
                self.tail.append(line.rstrip())
                self.hear(line.rstrip())

    @property
    def has_died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def sweep(self) -> None:
        """End whatever a dead child left behind in its session, and take in its last words."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        if self.listener is not None:
            self.listener.join(timeout=1)

    def stop(self) -> None:
        """Ask it to end, insist after a while; returns when it is gone."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(PATIENCE)
        self.sweep()
        self.process.wait()
        self.process = None
