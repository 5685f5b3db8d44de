"""The audit log of the staff pages: one line in the log for each deed, and the latest thousand for the page."""

import json
from collections.abc import Iterator
from datetime import datetime

import structlog

from service.domain.staff_deed import StaffDeed
from service.store.connection import Store
from service.store.errors import StoreUnavailableError

log = structlog.get_logger(__name__)

MOST = 1000
_KEY = "hb:audit"
_LONGEST = 200


class Audit:
    """What staff did, newest first."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, deed: StaffDeed) -> None:
        """Writes it down. Raises nothing: what Redis cannot keep stands in the log."""
        who, what, about = (text[:_LONGEST] for text in (deed.who, deed.what, deed.about))
        log.info("staff_deed", who=who, what=what, about=about)
        try:
            self._store.command("LPUSH", _KEY, json.dumps([deed.at.isoformat(), who, what, about]))
            self._store.command("LTRIM", _KEY, 0, MOST - 1)
        except StoreUnavailableError as error:
            log.warning("staff_deed_not_kept", error=type(error).__name__)

    def latest(self, most: int = MOST) -> Iterator[StaffDeed]:
        """The latest ones. Raises StoreUnavailableError."""
        for row in self._store.command("LRANGE", _KEY, 0, most - 1):
            at, who, what, about = json.loads(row)
            yield StaffDeed(datetime.fromisoformat(at), who, what, about)
