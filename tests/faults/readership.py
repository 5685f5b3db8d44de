"""Readers with two tabs each, who read, see appeals and put them off, while something breaks."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tests.builders import a_decision_body

CAP = 4  # of the site's `frequency`
CONFIG = f"{{max: {CAP}, window: 30d, min_gap: 0m, per_page: 3}}"
_VISITS = 12
_PAUSE_SECONDS = 0.01

# A request's path and body; the answer's status and body.
Ask: TypeAlias = Callable[[str, Any], tuple[int, Any]]


@dataclass
class Reader:
    """One browser. `puts_off`: asks not to be asked, at the second appeal."""

    token: str
    puts_off: bool
    shown: int = 0
    snoozed_at: float = float("inf")
    outcomes: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Readership:
    """Pairs of tabs, each pair with one reader after the other, until `stop`."""

    def __init__(self, ask: Ask, a_token: Callable[[], str], pairs: int = 4) -> None:
        self._ask, self._a_token = ask, a_token
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._pair, daemon=True) for _ in range(pairs)]
        self.readers: list[Reader] = []
        self.answers: Counter[tuple[str, int]] = Counter()
        self.wrong: list[str] = []

    def __enter__(self) -> "Readership":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    @property
    def failures(self) -> dict[tuple[str, int], int]:
        """How often something other than 200 was answered, by path and status."""
        return {asked: times for asked, times in self.answers.items() if asked[1] != 200}

    @property
    def snoozed(self) -> list[Reader]:
        """Those whose snooze was acknowledged."""
        return [reader for reader in self.readers if reader.snoozed_at < float("inf")]

    def _pair(self) -> None:
        while not self._stopped.is_set():
            with self._lock:
                reader = Reader(self._a_token(), puts_off=len(self.readers) % 2 == 0)
                self.readers.append(reader)
            tabs = [threading.Thread(target=self._tab, args=(reader,), daemon=True) for _ in range(2)]
            for tab in tabs:
                tab.start()
            for tab in tabs:
                tab.join()

    def _tab(self, reader: Reader) -> None:
        for _ in range(_VISITS):
            if not self._stopped.is_set():
                self.visit(reader)
                time.sleep(_PAUSE_SECONDS)

    def visit(self, reader: Reader) -> str:
        """One page view and what the reader does with its appeal. Returns the reason where there is none."""
        began = time.monotonic()
        status, answer = self.ask("/v1/decisions", a_decision_body(reader=reader.token))
        if status != 200:
            return str(status)
        outcome = answer["withheld"].get("inline", "shown")
        with reader.lock:
            reader.outcomes[outcome] += 1
        for appeal in answer["appeals"]:
            self._see(reader, appeal["receipt"], began)
        return str(outcome)

    def _see(self, reader: Reader, receipt: str, began: float) -> None:
        with reader.lock:
            reader.shown += 1
            if began > reader.snoozed_at:
                self.wrong.append(f"asked {began - reader.snoozed_at:.3f} s after the snooze was acknowledged")
            if reader.shown > CAP + 1:
                self.wrong.append(f"asked for the {reader.shown}th time")
        self._until_accepted("/v1/events", {"events": [{"receipt": receipt, "type": "seen"}]})
        if reader.puts_off and reader.shown >= 2:
            snooze = {"reader": reader.token, "receipt": receipt, "days": 7}
            if self.ask("/v1/snoozes", snooze)[0] == 200:
                reader.snoozed_at = min(reader.snoozed_at, time.monotonic())

    def _until_accepted(self, path: str, body: Any) -> None:
        while self.ask(path, body)[0] != 200 and not self._stopped.is_set():
            time.sleep(_PAUSE_SECONDS)

    def ask(self, path: str, body: Any) -> tuple[int, Any]:
        """The answer, counted."""
        status, answer = self._ask(path, body)
        with self._lock:
            self.answers[path, status] += 1
        return status, answer
