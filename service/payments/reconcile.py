"""Stripe compared with our ledger, contribution by contribution, and repaired from Stripe. Nothing is ever wiped.

Newest first, so that after a lost Redis those who gave last are known again soonest.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

import structlog

from service.domain.contribution import Contribution
from service.domain.reconciliation import Kind, Progress, Report, Scope, Verdict
from service.payments.errors import PaymentsError, StripeRefusedError, UnknownObjectError
from service.payments.gateway import Gateway
from service.payments.patience import patiently
from service.payments.walk import IndexBook, Made, Walk

log = structlog.get_logger(__name__)

T = TypeVar("T")


class BusyError(PaymentsError):
    """Somebody else is reconciling, or took over because we were too slow."""


class LedgerBook(IndexBook, Protocol):
    """See `store.ledger.Ledger`."""

    def get(self, contribution: str) -> Contribution | None: ...
    def link(self, contribution: str, reader: str) -> None: ...
    def readers(self, contribution: str) -> tuple[str, ...]: ...


class Recording(Protocol):
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
    recorder: Recording
    ledger: LedgerBook
    book: ProgressBook
    sites: Callable[[], Iterable[str]]
    wait: Callable[[float], None]

    def compare(self, scope: Scope) -> Generator[Looked, None, None]:
        """Everything that was compared, one by one; changes nothing. Raises PaymentsError and the store's error."""
        for kind in Kind:
            for made in self._walk(scope, lambda: None).newest_first(kind, None):
                looked = self._looked(made.subject, self.recorder.look, Verdict.DIFFERS)
                if looked and self._unlinked(looked, made):
                    looked = replace(looked, verdict=Verdict.DIFFERS)
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
            for made in self._walk(scope, self._keep).newest_first(kind, progress.before):
                looked = self._looked(made.subject, partial(self._record, now=now), Verdict.REPAIRED)
                if looked and (unlinked := self._unlinked(looked, made)):
                    looked = self._linked(looked, unlinked, now)
                self._keep()
                if looked:
                    progress = progress.after(kind, made.at, looked.verdict)
                    self.book.set_progress(scope, progress)
                    yield looked
        self._keep()
        self.book.finish(scope, Report(progress.began_at, now, progress.looked, progress.differed, progress.remained))

    def _record(self, subject: str, now: datetime) -> Contribution | None:
        return self.recorder.record(subject, now)

    def _unlinked(self, looked: Looked, made: Made) -> tuple[str, ...]:
        """Readers that Stripe knows to be the giver's and our ledger does not."""
        if looked.verdict.remains or not made.linked:
            return ()
        known = self.ledger.readers(made.subject)
        return tuple(reader for reader in made.linked if reader not in known)

    def _linked(self, looked: Looked, readers: Iterable[str], now: datetime) -> Looked:
        for reader in readers:
            self.ledger.link(looked.subject, reader)
        self._patiently(partial(self._record, looked.subject, now))  # into the records of all of them
        return replace(looked, verdict=Verdict.REPAIRED)

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
            tell = log.warning if verdict.remains else log.info
            tell("reconcile_differs", id=subject, verdict=verdict)
        return Looked(subject, held, found, verdict)

    def _walk(self, scope: Scope, after_page: Callable[[], None]) -> Walk:
        sites = frozenset(self.sites()) & frozenset(scope.sites or self.sites())
        return Walk(self.gateway, self.ledger, sites, scope.since, self.wait, after_page)

    def _patiently(self, ask: Callable[[], T]) -> T:
        return patiently(ask, self.wait)
