"""A site's results, read from what was counted and given."""

from collections.abc import Iterable
from dataclasses import dataclass

from service.domain.campaign import Campaign
from service.domain.holdback import Earned, Reading, earned
from service.domain.report import Report, Span, report_of
from service.domain.site import Site
from service.store.connection import Store
from service.store.counters import Counters
from service.store.ledger import Ledger
from service.store.reading import Readings
from service.store.shares import Shares


@dataclass(frozen=True, slots=True)
class Results:
    """All that is told of a span of days. `earned` and `reading`: None without a holdback, or before a look."""

    report: Report
    earned: Earned | None
    reading: Reading | None


class ResultsBook:
    """Reads results. `store`: one that no reader waits for."""

    def __init__(self, store: Store) -> None:
        self._counters, self._shares = Counters(store, background=False), Shares(store)
        self._ledger, self._readings = Ledger(store), Readings(store)

    def look(self, site: Site, campaigns: Iterable[Campaign], span: Span, only: str = "") -> Results:
        """The site's results in these days, of all campaigns or `only` of one. Raises StoreUnavailableError."""
        givings = list(self._ledger.givings(site.id, *span))
        counts, shares = self._counters.of(site.id, span.days), self._shares.of(site.id, *span)
        report = report_of(site, campaigns, span, counts, shares, givings, only)
        reading = self._readings.last(site.id, span.last) if site.holdback else None
        return Results(report, earned(site, givings), reading)
