"""The log of outgoing webhooks that staff read: the latest thousand tries of each site."""

import json
from collections.abc import Iterator
from datetime import datetime

import structlog

from service.domain.delivery import Delivery
from service.store.connection import Store
from service.store.errors import StoreUnavailableError

log = structlog.get_logger(__name__)

MOST = 1000


class Deliveries:
    """Tries to deliver, newest first."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, delivery: Delivery) -> None:
        """Writes it down. Raises nothing: a log that cannot be written is no reason to deliver once more."""
        key = _key(delivery.site)
        row = [delivery.at.isoformat(), delivery.host, delivery.event, delivery.outcome, delivery.tries]
        try:
            self._store.command("LPUSH", key, json.dumps(row))
            self._store.command("LTRIM", key, 0, MOST - 1)
        except StoreUnavailableError as error:
            log.warning("delivery_not_logged", error=type(error).__name__)

    def of_site(self, site: str, most: int = MOST) -> Iterator[Delivery]:
        """The latest ones, newest first. Raises StoreUnavailableError."""
        for row in self._store.command("LRANGE", _key(site), 0, most - 1):
            at, host, event, outcome, tries = json.loads(row)
            yield Delivery(datetime.fromisoformat(at), site, host, event, outcome, tries)


def _key(site: str) -> str:
    return f"hb:d:{{{site}}}"
