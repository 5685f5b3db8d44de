"""The service as the Procfile runs it, in processes that can be killed."""

import os
import signal
import subprocess
import sys
from contextlib import suppress

from tests.payments.served import wait_until
from tests.payments.wire import call


class Granian:
    """Workers with two threads each, at `address`."""

    def __init__(self, environment: dict[str, str], port: int, workers: int = 1) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self._environment = {**os.environ, **environment}
        self._port = port
        self._workers = workers

    def start(self) -> "Granian":
        """Returns once it answers."""
        words = [
            *("service.app:create_app", "--factory", "--interface", "wsgi", "--workers", str(self._workers)),
            *("--blocking-threads", "2", "--host", "127.0.0.1", "--port", str(self._port), "--log-level", "error"),
        ]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "granian", *words], env=self._environment, start_new_session=True
        )
        try:
            wait_until(self._answers, 60)
        except AssertionError:
            self.kill()
            raise
        return self

    def _answers(self) -> bool:
        assert self._process.poll() is None, "the service did not start"
        try:
            return call("GET", f"{self.address}/healthz").status == 200
        except OSError:
            return False

    def kill(self) -> None:
        """`kill -9`, every process of it."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(30)
