"""From a Stripe object to the ledger and to the reader who gave: once, whatever the order and number of calls."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from service.domain.contribution import Contribution
from service.domain.lifecycle import can_become
from service.domain.reader import Gift
from service.payments.gateway import Gateway
from service.payments.look import Eye
from service.payments.snapshot import attribution_of

log = structlog.get_logger(__name__)


class Untold(Protocol):
    """A change that nobody has been told of; see `store.ledger.Untold`."""

    @property
    def line(self) -> Contribution: ...
    @property
    def before(self) -> Contribution | None: ...


class LedgerBook(Protocol):
    """Where lines are kept; see `store.ledger.Ledger`."""

    def begin_look(self, contribution: str) -> int: ...
    def write(self, contribution: Contribution, look: int) -> bool: ...
    def untold(self, contribution: str) -> Untold | None: ...
    def told(self, line: Contribution) -> None: ...
    def link(self, contribution: str, reader: str) -> None: ...
    def readers(self, contribution: str) -> tuple[str, ...]: ...


class ReaderBook(Protocol):
    """Where readers are remembered; see `store.readers.ReaderStore`."""

    def record_gift(self, site: str, reader: str, contribution: str, gift: Gift, fence: int, now: datetime) -> bool: ...


def nobody(line: Contribution, before: Contribution | None) -> None:
    """Who is told of changes where nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """Looks at Stripe and writes down what it says. `knows_site` tells ours from a stranger's.

    `on_change` is told of every change of a line, with the line as it was before, or None. After a crash it may be told
    twice; when it raises, the change counts as untold.
    """

    gateway: Gateway
    ledger: LedgerBook
    readers: ReaderBook
    knows_site: Callable[[str], bool]
    on_change: Callable[[Contribution, Contribution | None], None] = nobody

    def record_session(self, session_id: str, site: str, now: datetime) -> Contribution | None:
        """The contribution of one of the site's Checkout Sessions, recorded; None while nothing was paid or promised.

        Raises PaymentsError, and the store's error; both may be repeated.
        """
        session = self.gateway.session(session_id)
        attribution = attribution_of(session)
        if attribution is None or attribution.site != site or session["status"] != "complete":
            return None
        return self.record(str(session.get("subscription") or session.get("payment_intent") or ""), now)

    def record(self, subject: str, now: datetime) -> Contribution | None:
        """The contribution `subject` (a payment intent or a subscription), recorded; None for a stranger's.

        The look is numbered before Stripe is asked, so a later look has seen at least as much: of two that cross, the
        later one's line stands in the ledger and in the readers' records. The ledger is written first; when the service
        dies in between, Stripe sends the event again.
        """
        if not subject:
            return None
        look = self.ledger.begin_look(subject)
        contribution = self.look(subject)
        if contribution is None:
            return None
        if contribution.id != subject:
            return self.record(contribution.id, now)
        if self.ledger.write(contribution, look):
            log.info("contribution_recorded", state=contribution.state, interval=contribution.interval, id=subject)
        untold = self.ledger.untold(subject)
        if untold and untold.before is None:
            self._link_readers(contribution)
        self._remember(contribution, look, now)
        if untold:
            self._tell(untold)
        return contribution

    def look(self, subject: str) -> Contribution | None:
        """The contribution `subject` or, where that is one payment of a regular gift, the gift; writes nothing."""
        return Eye(self.gateway, self.knows_site).look(subject)

    def _link_readers(self, contribution: Contribution) -> None:
        """A line that is new to the ledger may be an old one that Redis lost, with the readers linked to it."""
        if contribution.customer:
            for reader in self.gateway.linked_readers(contribution.customer):
                self.ledger.link(contribution.id, reader)

    def _remember(self, contribution: Contribution, look: int, now: datetime) -> None:
        given = contribution.attribution
        everybody = dict.fromkeys((given.reader, *self.ledger.readers(contribution.id)))
        for reader in filter(None, everybody):
            self.readers.record_gift(given.site, reader, contribution.id, contribution.gift, look, now)

    def _tell(self, untold: Untold) -> None:
        line, before = untold.line, untold.before
        if before and not can_become(line.interval, before.state, line.state):
            # What Stripe says stands; but such a step is not in our table, so somebody should look.
            log.error("contribution_took_an_unknown_step", id=line.id, before=before.state, after=line.state)
        if line != before:
            self.on_change(line, before)
        self.ledger.told(line)
