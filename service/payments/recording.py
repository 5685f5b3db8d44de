"""From a Stripe object to the ledger and to the reader who gave: once, whatever the order and number of calls."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from service.domain.contribution import Contribution, State
from service.domain.reader import Gift
from service.payments.gateway import Gateway
from service.payments.snapshot import attribution_of, from_payment_intent, from_subscription

log = structlog.get_logger(__name__)


class LedgerBook(Protocol):
    """Where lines are kept; see `store.ledger.Ledger`."""

    def begin_look(self, contribution: str) -> int: ...
    def write(self, contribution: Contribution, look: int) -> bool: ...
    def get(self, contribution: str) -> Contribution | None: ...


class ReaderBook(Protocol):
    """Where readers are remembered; see `store.readers.ReaderStore`."""

    def record_gift(self, site: str, reader: str, contribution: str, gift: Gift, fence: int, now: datetime) -> bool: ...


@dataclass(frozen=True, slots=True)
class Recorder:
    """Looks at Stripe and writes down what it says. `knows_site` tells ours from a stranger's."""

    gateway: Gateway
    ledger: LedgerBook
    readers: ReaderBook
    knows_site: Callable[[str], bool]

    def record_session(self, session_id: str, now: datetime) -> Contribution | None:
        """The contribution of a Checkout Session, recorded; None while nothing was paid or promised.

        Raises PaymentsError, and the store's error; both may be repeated.
        """
        session = self.gateway.session(session_id)
        subject = str(session.get("subscription") or session.get("payment_intent") or "")
        return self.record(subject, now) if session["status"] == "complete" and subject else None

    def record(self, subject: str, now: datetime) -> Contribution | None:
        """The contribution `subject` (a payment intent or a subscription), recorded; None for a stranger's.

        The look is numbered before Stripe is asked, so a later look has seen at least as much: of two that cross, the
        later one's line stands in the ledger and in the reader's record. The ledger is written first; when the service
        dies in between, Stripe sends the event again.
        """
        look = self.ledger.begin_look(subject) if subject else 0
        contribution = self._look(subject) if subject else None
        if contribution is None or self._never_began(contribution):
            return None
        if self.ledger.write(contribution, look):
            log.info("contribution_recorded", state=contribution.state, interval=contribution.interval, id=subject)
        given = contribution.attribution
        if given.reader:
            self.readers.record_gift(given.site, given.reader, subject, contribution.gift, look, now)
        return contribution

    def _look(self, subject: str) -> Contribution | None:
        if subject.startswith("sub_"):
            subscription = self.gateway.subscription(subject)
            attribution = attribution_of(subscription)
            if attribution is None or not self.knows_site(attribution.site):
                return None
            return from_subscription(subscription, self.gateway.paid_invoices(subject), attribution)
        intent = self.gateway.payment_intent(subject)
        attribution = attribution_of(intent)
        if attribution is None or not self.knows_site(attribution.site):
            return None
        return from_payment_intent(intent, attribution)

    def _never_began(self, contribution: Contribution) -> bool:
        """A declined card at Checkout is not a contribution; a delayed payment that fails was one."""
        return contribution.state is State.FAILED and self.ledger.get(contribution.id) is None
