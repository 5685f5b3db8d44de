"""What became of placements, noted at once and counted later: three counters cost a decision as much as deciding."""

import threading
import time
from collections import Counter, deque
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime

from service.domain.decision import Outcome, Show
from service.domain.reason import Reason
from service.domain.site import Placement
from service.store.counters import Counters
from service.web.metrics import count_decisions

_EVERY_SECONDS = 1.0
_MOST = 20_000  # a worker answers fewer in a second


class Tally:
    """`note` may be called from any thread. What is noted is counted within a second, and before metrics are told.

    For operators: what became of each placement. For results: which appeals were served, and which would have been, had
    the reader not been one of the holdback.
    """

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._noted: deque[tuple[str, datetime, Mapping[Placement, Outcome]]] = deque()
        self._counting = False

    def note(self, site: str, now: datetime, outcomes: Mapping[Placement, Outcome]) -> None:
        """One page view."""
        self._noted.append((site, now, outcomes))
        if not self._counting:  # here, and not earlier: a thread does not live through the fork of the workers
            self._counting = True
            threading.Thread(target=self._count_for_ever, name="decision-tally", daemon=True).start()
        elif len(self._noted) > _MOST:
            self.count()

    def count(self) -> None:
        """Counts all that was noted."""
        became: Counter[tuple[str, Placement, str]] = Counter()
        asked: Counter[tuple[str, date, str, str, Placement, str]] = Counter()
        with suppress(IndexError):  # another thread may count, too, and take the last one
            while self._noted:
                site, now, outcomes = self._noted.popleft()
                for placement, outcome in outcomes.items():
                    if isinstance(outcome, Show):
                        became[site, placement, "shown"] += 1
                        asked[site, now.date(), outcome.campaign.id, outcome.variant.name, placement, "served"] += 1
                        continue
                    became[site, placement, outcome.reason] += 1
                    if outcome.reason is Reason.HOLDBACK and outcome.campaign is not None:
                        asked[site, now.date(), outcome.campaign.id, "", placement, "holdback"] += 1
        for names, times in became.items():
            count_decisions(*names, times)
        for what, times in asked.items():
            self._counters.add(*what, times)

    def _count_for_ever(self) -> None:
        while True:
            time.sleep(_EVERY_SECONDS)
            self.count()
