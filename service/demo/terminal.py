"""What of the service's log a person at the demo's terminal should see."""

import json
import re
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

LOUD = {"warning", "error", "critical", "fatal"}
PLAIN = re.compile(r"\[?\b(WARNING|ERROR|CRITICAL)\b\]?:?\s*", re.IGNORECASE)
DULL = {"event", "level", "timestamp", "logger", "pid", "exception", "problem", "problems"}
SAME_AGAIN_SECONDS = 2.0
EDITING = {  # what an editor waits to hear after saving a file
    "config_problem": "Not taken up, the last good words stay:",
    "config_warning": "Taken up, but look again:",
    "config_taken": "Taken up: the edited files are live.",
}


def say(text: str = "") -> None:
    print(text, flush=True)


def complain(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class Forwarder:
    """Call it with each log line; warnings and worse reach the terminal once, though two workers log them."""

    def __init__(self, out: Callable[[str], None] = say) -> None:
        self.out, self.open = out, True
        self.heard: dict[str, float] = {}
        self.lock = threading.Lock()

    def __call__(self, line: str) -> None:
        shown = readable(line)
        if shown is None or not self.open:
            return
        now = time.monotonic()
        with self.lock:
            self.heard = {text: at for text, at in self.heard.items() if now - at < SAME_AGAIN_SECONDS}
            is_new = shown not in self.heard
            self.heard[shown] = now
        if is_new:
            self.out(shown)


def readable(line: str) -> str | None:
    """The line as a sentence, or None when it is not worth anybody's attention."""
    try:
        facts = json.loads(line)
    except ValueError:
        facts = None
    if isinstance(facts, dict):
        return from_facts(facts)
    match = PLAIN.search(line)
    return f"service {match[1].lower()}: {PLAIN.sub('', line, count=1).strip()}" if match else None


def from_facts(facts: dict[str, Any]) -> str | None:
    level, event = str(facts.get("level", "")).lower(), str(facts.get("event", ""))
    if event in EDITING:
        return "\n  ".join([EDITING[event], *problems_in(facts)])
    if level not in LOUD:
        return None
    rest = [f"{name}={value}" for name, value in facts.items() if name not in DULL]
    head = f"service {level}: {event}" + (f" ({', '.join(rest)})" if rest else "")
    return "\n  ".join([head, *problems_in(facts)])


def problems_in(facts: dict[str, Any]) -> list[str]:
    """The file:line messages, each on a line of its own."""
    found = facts.get("problems", facts.get("problem", []))
    return [str(problem) for problem in found] if isinstance(found, list) else str(found).splitlines()
