"""What became of placements, noted at once and counted later: three counters cost a decision as much as deciding."""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from contextlib import suppress

from service.domain.decision import Outcome, Show
from service.domain.site import Placement
from service.web.metrics import count_decisions

_EVERY_SECONDS = 1.0
_MOST = 20_000  # a worker answers fewer in a second


class Tally:
    """`note` may be called from any thread. What is noted is counted within a second, and before metrics are told."""

    def __init__(self) -> None:
        self._noted: deque[tuple[str, Mapping[Placement, Outcome]]] = deque()
        self._counting = False

    def note(self, site: str, outcomes: Mapping[Placement, Outcome]) -> None:
        """One page view."""
        self._noted.append((site, outcomes))
        if not self._counting:  # here, and not earlier: a thread does not live through the fork of the workers
            self._counting = True
            threading.Thread(target=self._count_for_ever, name="decision-tally", daemon=True).start()
        elif len(self._noted) > _MOST:
            self.count()

    def count(self) -> None:
        """Counts all that was noted."""
        counts: dict[tuple[str, Placement, str], int] = defaultdict(int)
        with suppress(IndexError):  # another thread may count, too, and take the last one
            while self._noted:
                site, outcomes = self._noted.popleft()
                for placement, outcome in outcomes.items():
                    counts[site, placement, "shown" if isinstance(outcome, Show) else outcome.reason] += 1
        for (site, placement, became), number in counts.items():
            count_decisions(site, placement, became, number)

    def _count_for_ever(self) -> None:
        while True:
            time.sleep(_EVERY_SECONDS)
            self.count()
