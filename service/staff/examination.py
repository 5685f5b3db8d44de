"""What may take longer than a page: asking Stripe and the mail server. Done beside the pages, and kept for a while."""

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from service.doctor.checks import Check
from service.doctor.finding import Finding, warning
from service.doctor.patient import Patient

_GOOD_FOR, _PATIENCE_SECONDS = timedelta(minutes=1), 2.0


class Examined(NamedTuple):
    """What was found, and when it was begun."""

    at: datetime
    findings: Sequence[tuple[str, Finding]]


class Examination:
    """Looks at `checks` once a minute at most, and never twice at a time."""

    def __init__(self, patient: Callable[[], Patient], checks: Sequence[Check]) -> None:
        self._patient, self._checks = patient, checks
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._last: Examined | None = None

    def latest(self, now: datetime) -> Examined | None:
        """The newest findings, after two seconds at most; None before the first."""
        with self._lock:
            fresh = self._last is not None and timedelta() <= now - self._last.at < _GOOD_FOR
            if not fresh and (self._thread is None or not self._thread.is_alive()):
                self._thread = threading.Thread(target=self._examine, args=(now,), name="examination", daemon=True)
                self._thread.start()
            thread = None if fresh else self._thread
        if thread is not None:
            thread.join(_PATIENCE_SECONDS)
        return self._last

    def _examine(self, now: datetime) -> None:
        self._last = Examined(now, tuple(self._look()))

    def _look(self) -> Iterator[tuple[str, Finding]]:
        patient = self._patient()
        for check in self._checks:
            missing = [name for name in check.needs if name not in patient.values]
            found = [warning("is not set up", "")] if missing else check.look(patient)
            yield from ((check.name, finding) for finding in found)
