"""From a change in the ledger to a job for each receiver, and from the job to the receiver."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

import structlog

from service.domain.contribution import Contribution
from service.domain.delivery import Delivery
from service.outgoing.change import change_of
from service.outgoing.errors import NobodyThereError, NotDeliveredError
from service.outgoing.sender import Sender

log = structlog.get_logger(__name__)

KIND = "outgoing_webhook"
GONE = 410  # the receiver wants no more of them. Source: standard-webhooks/spec, "Operational considerations"
_REST = timedelta(seconds=30)

Receivers = Mapping[str, Sequence[str]]
"""Site -> the addresses that are told of it."""


class Put(Protocol):
    """See `store.jobs.Jobs.put`."""

    def __call__(self, kind: str, arguments: dict[str, Any], unique: str = "") -> None: ...


class DeliveryBook(Protocol):
    """See `store.deliveries.Deliveries`."""

    def add(self, delivery: Delivery) -> None: ...


@dataclass(frozen=True, slots=True)
class Announcer:
    """Called with each change of a contribution. `number`: how many changes of it were told before."""

    receivers: Receivers
    put: Put
    number: Callable[[str], int]
    clock: Callable[[], datetime]

    def __call__(self, line: Contribution, before: Contribution | None) -> None:
        """Has every receiver of the site told. Raises the store's error: then the change counts as untold."""
        site = line.attribution.site
        urls = self.receivers.get(site)
        if not urls:
            return
        change = change_of(line, before, self.number(line.id), self.clock())
        for url in urls:
            arguments = {"site": site, "url": url, "id": change.id, "body": change.body}
            self.put(KIND, arguments, unique=f"{change.id} {url}")


@dataclass(frozen=True, slots=True)
class Courier:
    """Delivers what the announcer put. `tries`: which try this is; `clock`: the real time, as receivers have it.

    A receiver that cannot be reached is left alone for half a minute: others, and e-mail, wait in the same queue.
    """

    receivers: Receivers
    sender: Sender
    book: DeliveryBook
    tries: Callable[[], int]
    clock: Callable[[], datetime]
    _resting: dict[str, datetime] = field(default_factory=dict)

    def __call__(self, arguments: Mapping[str, Any]) -> None:
        """Returns when the receiver has it. Raises OutgoingError."""
        site, url, name = arguments["site"], arguments["url"], arguments["id"]
        if url not in self.receivers.get(site, ()):
            raise NobodyThereError(name)
        now = self.clock()
        if now < self._resting.get(url, now):
            raise NotDeliveredError("resting")
        outcome = self._outcome(url, name, arguments["body"], now)
        host = urlsplit(url).netloc
        self.book.add(Delivery(at=now, site=site, host=host, event=name, outcome=outcome, tries=self.tries()))
        if outcome == str(GONE):
            raise NobodyThereError(name)
        if not outcome.startswith("2"):
            raise NotDeliveredError(outcome)

    def _outcome(self, url: str, name: str, body: str, now: datetime) -> str:
        try:
            outcome = str(self.sender.send(url, name, body, int(now.timestamp())))
        except NotDeliveredError as error:
            self._resting[url] = now + _REST
            return str(error)
        self._resting.pop(url, None)
        return outcome
