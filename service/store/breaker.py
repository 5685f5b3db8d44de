"""Knows when a server is not worth asking."""

import threading
import time
from collections.abc import Callable

import structlog

from service.store.errors import PausingError

log = structlog.get_logger(__name__)

PATIENCE = 3  # one slow answer on a busy machine is not an outage
PAUSE_SECONDS = 1.0


class Breaker:
    """Stops asking for `PAUSE_SECONDS` after `PATIENCE` failures in a row, so that an outage costs readers nothing.

    `wait_seconds`: how long a server that is gone may stay away before that, since some calls wait for it to come back;
    all calls together wait no longer, or they would hold every thread. One that hangs has been waited for already.
    """

    def __init__(self, on_change: Callable[[bool], None], wait_seconds: float = 0.0, server: str = "") -> None:
        self._on_change = on_change
        self._wait_seconds = wait_seconds
        self.server = server
        self._lock = threading.Lock()
        self._closed_until = 0.0
        self._failing_since = 0.0
        self.failures = 0
        self.available = True

    def check(self) -> None:
        """Raises PausingError while pausing. When the pause is over one call may try, and the others wait for it."""
        if self.available:
            return
        with self._lock:
            now = time.monotonic()
            if now < self._closed_until:
                raise PausingError("pausing after failures")
            self._closed_until = now + PAUSE_SECONDS

    def failed(self, error: Exception) -> None:
        """Counts a failure; the last that patience bears begins a pause, and says so once."""
        now = time.monotonic()
        if not self.failures:
            self._failing_since = now
        self.failures += 1
        borne = 0.0 if isinstance(error, TimeoutError) else self._wait_seconds
        if self.failures >= PATIENCE and now - self._failing_since >= borne:
            self._closed_until = now + PAUSE_SECONDS
            self._change(available=False, error=type(error).__name__)

    def worked(self) -> None:
        """Ends the pause; says so once."""
        self.failures = 0
        if not self.available:
            self._change(available=True)

    def _change(self, *, available: bool, **facts: str) -> None:
        with self._lock:
            if self.available == available:
                return
            self.available = available
        log.warning("store_state", available=available, server=self.server, **facts)
        self._on_change(available)
