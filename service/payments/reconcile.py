"""Stripe compared with our ledger, contribution by contribution, and repaired from Stripe. Nothing is ever wiped.

Newest first, so that after a lost Redis those who gave last are known again soonest. Stripe's lists and our own are
gone through side by side: what Stripe lists and we lack is found that way as well as what only we hold.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from heapq import merge
from typing import NamedTuple, Protocol, TypeVar

import structlog

from service.domain.contribution import Contribution
from service.domain.reconciliation import Kind, Progress, Report, Scope, Verdict
from service.payments.errors import PaymentsError, StripeRefusedError, UnknownObjectError
from service.payments.gateway import Gateway, Stripe
from service.payments.patience import patiently
from service.payments.snapshot import attribution_of

log = structlog.get_logger(__name__)

T = TypeVar("T")
_SECOND = timedelta(seconds=1)  # the grain of Stripe's times


class BusyError(PaymentsError):
    """Somebody else is reconciling, or took over because we were too slow."""


class LedgerBook(Protocol):
    """See `store.ledger.Ledger`."""

    def get(self, contribution: str) -> Contribution | None: ...
    def began_between(
        self, site: str, after: datetime | None, until: datetime | None
    ) -> Iterator[tuple[datetime, str]]: ...


class Eye(Protocol):
    """Looks at one contribution; see `payments.recording.Recorder`."""

    def look(self, subject: str) -> Contribution | None: ...
    def record(self, subject: str, now: datetime) -> Contribution | None: ...


class ProgressBook(Protocol):
    """Who is at it, how far they came, and how the last one ended; see `store.reconciliations.Reconciliations`."""

    def take(self) -> bool: ...
    def keep(self) -> bool: ...
    def release(self) -> None: ...
    def progress(self, scope: Scope) -> Progress | None: ...
    def set_progress(self, scope: Scope, progress: Progress) -> None: ...
    def finish(self, scope: Scope, report: Report) -> None: ...


class Made(NamedTuple):
    """A contribution's id, and when it was made."""

    at: datetime
    subject: str


@dataclass(frozen=True, slots=True)
class Looked:
    """One contribution that was compared: what our ledger said and what Stripe says."""

    subject: str
    ledger: Contribution | None
    stripe: Contribution | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Reconciler:
    """Compares and repairs. `sites`: those in the staff files; `wait`: sleeps so many seconds."""

    gateway: Gateway
    recorder: Eye
    ledger: LedgerBook
    book: ProgressBook
    sites: Callable[[], Iterable[str]]
    wait: Callable[[float], None]

    def compare(self, scope: Scope) -> Generator[Looked, None, None]:
        """Everything that was compared, one by one; changes nothing. Raises PaymentsError and the store's error."""
        for kind in Kind:
            for made in self._made(kind, scope, None):
                looked = self._looked(made.subject, self.recorder.look, Verdict.DIFFERS)
                if looked:
                    yield looked

    def repair(self, scope: Scope, now: datetime) -> Generator[Looked, None, None]:
        """The same, and what differed is repaired. What is stopped half-way goes on from there the next time.

        Raises BusyError when somebody else is at it, and what `compare` raises.
        """
        if not self.book.take():
            raise BusyError("another reconcile is running")
        try:
            yield from self._repair(scope, now)
        finally:
            self.book.release()

    def _repair(self, scope: Scope, now: datetime) -> Iterator[Looked]:
        progress = self.book.progress(scope) or Progress(began_at=now)
        for kind in filter(progress.reached, Kind):
            progress = progress.turned_to(kind)
            for made in self._made(kind, scope, progress.before):
                looked = self._looked(made.subject, partial(self._record, now=now), Verdict.REPAIRED)
                self._keep()
                if looked:
                    progress = progress.after(kind, made.at, looked.verdict)
                    self.book.set_progress(scope, progress)
                    yield looked
        self._keep()
        self.book.finish(scope, Report(progress.began_at, now, progress.looked, progress.differed, progress.remained))

    def _record(self, subject: str, now: datetime) -> Contribution | None:
        return self.recorder.record(subject, now)

    def _keep(self) -> None:
        if not self.book.keep():
            raise BusyError("another reconcile took over")

    def _looked(
        self, subject: str, look: Callable[[str], Contribution | None], differs: Verdict
    ) -> Looked | None:
        """What came of the look; None for what is no contribution and never was one in our eyes."""
        held = self.ledger.get(subject)
        found, verdict = None, None
        try:
            found = self._patiently(partial(look, subject))
        except UnknownObjectError:
            verdict = Verdict.UNKNOWN
        except StripeRefusedError:  # it would stand in the way of all that follow, for ever
            verdict = Verdict.UNREADABLE
        if held is None and found is None and verdict is not Verdict.UNREADABLE:
            return None
        if verdict is None:
            ours = found is not None and found.id == subject
            verdict = (Verdict.AGREES if held == found else differs) if ours else Verdict.STRANGE
        if verdict is not Verdict.AGREES:
            log.warning("reconcile_differs", id=subject, verdict=verdict)
        return Looked(subject, held, found, verdict)

    def _made(self, kind: Kind, scope: Scope, before: datetime | None) -> Iterator[Made]:
        """Every contribution of this kind, at Stripe or only in our ledger, newest first. Memory: two pages."""
        sites = frozenset(self.sites()) & frozenset(scope.sites or self.sites())
        earlier: frozenset[str] = frozenset()
        until, last = before, ""
        while True:
            page = self._patiently(partial(self.gateway.made_between, kind, scope.since, before, last))
            things, more = page["data"], page["has_more"]
            listed = frozenset(str(thing["id"]) for thing in things)
            oldest = _made_at(things[-1]) if more else None
            since = oldest + _SECOND if oldest else scope.since  # the next page may hold more of that second
            ours = (Made(_made_at(thing), str(thing["id"])) for thing in things if _site_of(thing) in sites)
            only_held = (one for one in self._held(kind, sites, since, until) if one.subject not in listed | earlier)
            yield from merge(ours, only_held, key=lambda made: made.at, reverse=True)
            if not more:
                return
            earlier, until, last = listed, oldest, str(things[-1]["id"])

    def _held(
        self, kind: Kind, sites: Iterable[str], since: datetime | None, until: datetime | None
    ) -> Iterator[Made]:
        """What our ledger holds of the same span of time, newest first."""
        books = [map(Made._make, self.ledger.began_between(site, since, until)) for site in sites]
        for made in merge(*books, key=lambda made: made.at, reverse=True):
            if made.subject.startswith("sub_") is (kind is Kind.SUBSCRIPTIONS):
                yield made

    def _patiently(self, ask: Callable[[], T]) -> T:
        return patiently(ask, self.wait)


def _site_of(thing: Stripe) -> str:
    attribution = attribution_of(thing)
    return attribution.site if attribution else ""


def _made_at(thing: Stripe) -> datetime:
    return datetime.fromtimestamp(int(thing["created"]), UTC)
