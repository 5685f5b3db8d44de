"""The whole comparison with Stripe that nobody has to ask for: every night, and after Redis was lost."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from typing import Protocol

import structlog

from service.domain.reconciliation import Report, Scope
from service.payments.reconcile import BusyError, Reconciler

log = structlog.get_logger(__name__)

NIGHT = time(3, tzinfo=UTC)


class LastBook(Protocol):
    """See `store.reconciliations.Reconciliations`."""

    def last(self) -> Report | None: ...


def is_due(last: Report | None, now: datetime) -> bool:
    """True when none was begun since the last night, and when Redis remembers none: it is new, or it was lost."""
    tonight = datetime.combine(now.date(), NIGHT)
    night = tonight if tonight <= now else tonight - timedelta(days=1)
    return last is None or last.began_at < night


def reconcile_when_due(
    reconciler: Reconciler, book: LastBook, now: datetime, stopped: Callable[[], bool] = lambda: False
) -> bool:
    """False when it could not be finished: the next call goes on. Raises PaymentsError and the store's error."""
    if not is_due(book.last(), now):
        return True
    try:
        with closing(reconciler.repair(Scope(), now)) as looking:
            for _ in looking:
                if stopped():
                    return False
    except BusyError:  # another worker does it
        return True
    report = book.last()
    if report:
        log.info("reconciled", looked=report.looked, differed=report.differed, remained=report.remained)
    return True
