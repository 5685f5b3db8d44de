"""The demo's clock: the real one, moved on by as many seconds as a file says."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

REREAD_SECONDS = 0.2
FARTHEST = timedelta(days=3650)


class DemoClock:
    """Call it for an aware UTC time. Every process that reads the same file sees the same time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = timedelta(0)
        self.written: tuple[int, int] | None = None
        self.next_look = 0.0

    def __call__(self) -> datetime:
        now = time.monotonic()
        if now >= self.next_look:
            self.next_look = now + REREAD_SECONDS
            self.look()
        return datetime.now(UTC) + self.offset

    def look(self) -> None:
        """Read the file again when it is another one than last time."""
        try:
            stat = self.path.stat()
            written = (stat.st_mtime_ns, stat.st_size)
            if written != self.written:
                self.offset = offset_in(self.path.read_text(encoding="utf-8"))
                self.written = written
        except OSError:
            self.offset, self.written = timedelta(0), None

    def move(self, offset: timedelta) -> datetime:
        """Write the offset for everybody; returns the new time. Raises ValueError beyond ten years."""
        if abs(offset) > FARTHEST:
            raise ValueError("The demo's clock can be moved by ten years at most.")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_suffix(".partial")
        partial.write_text(f"{int(offset.total_seconds())}\n", encoding="utf-8")
        partial.replace(self.path)
        self.look()
        return self()


def offset_in(text: str) -> timedelta:
    """The offset the file holds; none when somebody wrote nonsense into it."""
    try:
        return max(-FARTHEST, min(FARTHEST, timedelta(seconds=int(text))))
    except (ValueError, OverflowError):
        return timedelta(0)
