"""A file of comma-separated values, for whoever sends a newsletter by hand or takes it up from there."""

import csv
import fcntl
import os
from pathlib import Path

from service.mail.errors import ProviderUnavailableError
from service.mail.providers.subscriber import Subscriber

_COLUMNS = ("id", "at", "what", "site", "newsletter", "email", "language")


class CsvFile:
    """A row for each thing that happened, oldest first. Any number of workers on one machine may write."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def subscribe(self, subscriber: Subscriber) -> None:
        """See Provider."""
        self._add("subscribed", subscriber)

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """See Provider."""
        self._add("unsubscribed", subscriber)

    def _add(self, what: str, subscriber: Subscriber) -> None:
        """Once: a worker that died after writing is followed by another that looks first."""
        row = (
            subscriber.id, subscriber.at.isoformat(), what, subscriber.site, subscriber.newsletter,
            _harmless(subscriber.email), subscriber.language,
        )  # fmt: skip
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "r+", encoding="utf-8", newline="") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                rows = list(csv.reader(file))
                if any((known[0], known[2]) == (row[0], row[2]) for known in rows if len(known) == len(_COLUMNS)):
                    return
                _mend(file.fileno())
                writer = csv.writer(file)
                writer.writerows([row] if rows else [_COLUMNS, row])
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise ProviderUnavailableError(type(error).__name__) from error


def _mend(descriptor: int) -> None:
    """Ends the last line, of which a power cut may have left half."""
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        os.write(descriptor, b"\r\n")


def _harmless(text: str) -> str:
    """What a spreadsheet would run as a formula has a ' in front, as in the export of contributions."""
    return f"'{text}" if text[:1] in "=+-@" else text
