"""One contribution, seen in our ledger and at Stripe; either may be away."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from service.domain.contribution import Contribution, Moment
from service.payments.errors import PaymentsError, StripeRefusedError, StripeUnavailableError, UnknownObjectError
from service.payments.gateway import Gateway
from service.payments.look import Eye
from service.payments.recent import RECENT, recent_moments
from service.payments.story import in_order
from service.store.errors import StoreUnavailableError

_SUBJECT = re.compile(r"(pi|sub)_[A-Za-z0-9_]{1,200}")
_SESSION = re.compile(r"cs_[A-Za-z0-9_]{1,200}")
_AWAY = "cannot be reached"


class LedgerBook(Protocol):
    """See `store.ledger.Ledger`."""

    def get(self, contribution: str) -> Contribution | None: ...
    def readers(self, contribution: str) -> tuple[str, ...]: ...
    def of_site(self, site: str) -> Iterable[Contribution]: ...


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was found. The two `…_trouble`s say in words why one of them could not be asked, or are empty."""

    subject: str
    ledger: Contribution | None = None
    stripe: Contribution | None = None
    ledger_trouble: str = ""
    stripe_trouble: str = ""
    session: str = ""
    """What became of a Checkout Session from which nothing came."""
    readers: int = 0
    """Further browsers that were recognised as the giver's."""
    recent: Sequence[Moment] = ()
    """What Stripe's objects do not tell, from its events of the last month."""

    @property
    def line(self) -> Contribution | None:
        """What Stripe says or, when it cannot be asked, what the ledger last heard."""
        return self.stripe or self.ledger

    @property
    def story(self) -> tuple[Moment, ...]:
        """Everything that is known to have happened, in order."""
        if self.line is None:
            return ()
        known = {moment.what for moment in self.recent}
        undated = (moment for moment in self.line.story if moment.at or moment.what not in known)
        return in_order((*undated, *self.recent))


@dataclass(frozen=True, slots=True)
class Observer:
    """Looks into both. `sites`: those whose ledger is searched for an attempt."""

    gateway: Gateway
    ledger: LedgerBook
    knows_site: Callable[[str], bool]
    sites: Iterable[str]

    def see(self, reference: str, since: datetime) -> Sighting:
        """The contribution of a payment intent, a subscription, a Checkout Session, or an attempt of ours.

        `since`: from when on Stripe's events are read; it keeps them for 30 days.
        """
        if _SUBJECT.fullmatch(reference):
            return self._with_recent(self._both(reference), since)
        if _SESSION.fullmatch(reference):
            return self._by_session(reference, since)
        return self._by_attempt(reference, since)

    def _both(self, subject: str) -> Sighting:
        seen = self._at_stripe(subject)
        subject = seen.stripe.id if seen.stripe else subject  # one payment of a regular gift leads to the gift
        try:
            held, readers = self.ledger.get(subject), len(self.ledger.readers(subject))
        except StoreUnavailableError:
            return replace(seen, subject=subject, ledger_trouble=_AWAY)
        return replace(seen, subject=subject, ledger=held, readers=readers)

    def _at_stripe(self, subject: str) -> Sighting:
        try:
            return Sighting(subject, stripe=Eye(self.gateway, self.knows_site).look(subject))
        except PaymentsError as error:
            return Sighting(subject, stripe_trouble=_told(error))

    def _by_session(self, session_id: str, since: datetime) -> Sighting:
        try:
            session = self.gateway.session(session_id)
        except StripeUnavailableError:
            instead = "it alone knows what came of a Checkout Session, our ledger knows payments and attempts"
            return Sighting(session_id, stripe_trouble=f"{_AWAY}, and {instead}")
        except PaymentsError as error:
            return Sighting(session_id, stripe_trouble=_told(error))
        subject = str(session.get("subscription") or session.get("payment_intent") or "")
        if not subject:
            return Sighting(session_id, session=str(session["status"]))
        return self._with_recent(replace(self._both(subject), session=str(session["status"])), since)

    def _by_attempt(self, attempt: str, since: datetime) -> Sighting:
        try:
            found = [line for site in self.sites for line in self.ledger.of_site(site)
                     if line.attribution.attempt == attempt]  # fmt: skip
        except StoreUnavailableError:
            return Sighting(attempt, ledger_trouble=_AWAY)
        return self._with_recent(self._both(found[0].id), since) if found else Sighting(attempt)

    def _with_recent(self, seen: Sighting, since: datetime) -> Sighting:
        """A regular gift's pauses are nowhere but in the events."""
        if seen.stripe is None or not seen.stripe.id.startswith("sub_"):
            return seen
        try:
            events = self.gateway.events_since(max(since, seen.stripe.began_at), list(RECENT))
        except PaymentsError as error:
            return replace(seen, stripe_trouble=f"did not tell its events: it {_told(error)}")
        return replace(seen, recent=tuple(recent_moments(events, seen.subject)))


def _told(error: PaymentsError) -> str:
    if isinstance(error, UnknownObjectError):
        return "knows nothing of that name"
    if isinstance(error, StripeRefusedError):
        return f"will not tell: {error}"
    return _AWAY if isinstance(error, StripeUnavailableError) else str(error)
