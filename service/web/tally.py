"""What became of placements, added up at once by each thread, and handed on later.

Three of Prometheus's counters cost a decision as much as deciding. A list of what happened, to be counted later, costs
more than it seems: what is kept cannot be written over, so that every decision works in memory that no cache holds.
"""

import threading
import time
from dataclasses import dataclass
from datetime import date, datetime

from service.domain.outcome import Outcome, Outcomes, Show
from service.domain.site import Placement
from service.store.counters import Counters
from service.web.metrics import count_decisions

_EVERY_SECONDS = 1.0


@dataclass(slots=True)
class _Same:
    """Page views on which the same became of every placement."""

    outcomes: Outcomes
    times: int = 0


class _Held:
    """One thread's page views, by site, day and what became of placements; replaced as a whole when handed on."""

    def __init__(self) -> None:
        self.sums: dict[tuple[str, int, str], _Same] = {}


class _Mine(threading.local):
    """The thread's own."""

    def __init__(self, of_all: list[_Held]) -> None:
        self.held = _Held()
        of_all.append(self.held)


class Tally:
    """`note` may be called from any thread. What is noted is counted within two seconds, and before metrics are told.

    For operators: what became of each placement. For results: which appeals were served, and which would have been, had
    the reader not been one of the holdback. `background`: count by itself; else only `count` does.
    """

    def __init__(self, counters: Counters, *, background: bool = True) -> None:
        self._counters = counters
        self._of_all: list[_Held] = []
        self._mine = _Mine(self._of_all)
        self._handing_on = threading.Lock()
        self._begun = not background

    def note(self, site: str, now: datetime, outcomes: Outcomes) -> None:
        """One page view."""
        sums, key = self._mine.held.sums, (site, now.toordinal(), outcomes.told)
        same = sums.get(key)
        if same is None:
            same = sums[key] = _Same(outcomes)
        same.times += 1
        if not self._begun:  # here, and not earlier: a thread does not live through the fork of the workers
            self._begun = True
            threading.Thread(target=self._count_for_ever, name="decision-tally", daemon=True).start()

    def count(self) -> None:
        """Counts all that was noted."""
        with self._handing_on:
            taken = []
            for held in list(self._of_all):
                taken.append(held.sums)
                held.sums = {}
            time.sleep(0)  # a thread that was just adding to what was taken away has done so when it comes back
            for sums in taken:
                for (site, day, _), same in list(sums.items()):
                    for placement, outcome in same.outcomes.items():
                        self._hand_on(site, date.fromordinal(day), placement, outcome, same.times)

    def _hand_on(self, site: str, day: date, placement: Placement, outcome: Outcome, times: int) -> None:
        if isinstance(outcome, Show):
            count_decisions(site, placement, "shown", times)
            self._counters.add(site, day, outcome.campaign.id, outcome.variant.name, placement, "served", times)
            return
        count_decisions(site, placement, outcome.reason, times)
        if outcome.campaign is not None:
            self._counters.add(site, day, outcome.campaign.id, "", placement, "holdback", times)

    def _count_for_ever(self) -> None:
        while True:
            time.sleep(_EVERY_SECONDS)
            self.count()
