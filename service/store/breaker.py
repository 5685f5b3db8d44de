"""Knows when a server is not worth asking."""

import threading
import time
from collections.abc import Callable

import structlog

from service.store.errors import StoreUnavailableError

log = structlog.get_logger(__name__)

PATIENCE = 3  # one slow answer on a busy machine is not an outage
PAUSE_SECONDS = 1.0


class Breaker:
    """Stops asking for `PAUSE_SECONDS` after `PATIENCE` failures in a row, so that an outage costs readers nothing."""

    def __init__(self, on_change: Callable[[bool], None]) -> None:
        self._on_change = on_change
        self._lock = threading.Lock()
        self._closed_until = 0.0
        self._failures = 0
        self.available = True

    def check(self) -> None:
        """Raises StoreUnavailableError while pausing."""
        if not self.available and time.monotonic() < self._closed_until:
            raise StoreUnavailableError("pausing after a failure")

    def failed(self, error: Exception) -> None:
        """Counts a failure; the last that patience bears begins a pause, and says so once."""
        self._failures += 1
        if self._failures >= PATIENCE:
            self._closed_until = time.monotonic() + PAUSE_SECONDS
            self._change(available=False, error=type(error).__name__)

    def worked(self) -> None:
        """Ends the pause; says so once."""
        self._failures = 0
        if not self.available:
            self._change(available=True)

    def _change(self, *, available: bool, **facts: str) -> None:
        with self._lock:
            if self.available == available:
                return
            self.available = available
        log.warning("store_state", available=available, **facts)
        self._on_change(available)
