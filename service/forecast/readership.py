"""An invented readership. Each reader has dice of their own, so it does not matter who plays them, or in what order."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import log
from operator import attrgetter
from random import Random

from service.domain.audience import UNKNOWN_COUNTRY
from service.domain.memory import Memory
from service.domain.page import Page
from service.domain.plan import Plan
from service.domain.reader import Gift, GiftState, Visit
from service.forecast.assumptions import Assumptions
from service.forecast.names import Names, address_for, pick
from service.forecast.newspaper import Newspaper
from service.forecast.page_view import PageView, Person

_DAY = 86_400
_DEVICES = ["phone"] * 12 + ["desktop"] * 6 + ["tablet"] * 2
_LONGEST_READ = 360
_FROM_A_CAMPAIGN = 0.1
"""How many visits carry one of the utm values that a campaign names."""


class Readership:
    """`count` readers who come between `start` and `end`."""

    def __init__(
        self, plans: Sequence[Plan], assumptions: Assumptions, count: int, seed: int, span: tuple[datetime, datetime]
    ) -> None:
        self._start, self._seconds = span[0], int((span[1] - span[0]).total_seconds())
        self._assumptions, self._count, self._seed = assumptions, count, seed
        self._names = Names(plans)
        self._origin = min(plans[0].site.origins)
        self._paper = Newspaper(plans[0].site, self._names, assumptions, seed)

    def __len__(self) -> int:
        return self._count

    def person(self, number: int) -> Person:
        """The reader of this number (from 0), the same every time."""
        dice = Random(f"{self._seed}/reader/{number}")  # noqa: S311 - nothing secret
        return Person(f"reader-{number}", self._past(dice), self._views(dice))

    def _past(self, dice: Random) -> Memory:
        """What is remembered of the reader when the forecast begins."""
        memory, given = Memory(), self._assumptions
        before = self._start - timedelta(seconds=1 + int(dice.random() * 365 * _DAY))
        if dice.random() < given.newcomers:
            return memory
        memory.record_view(0, before)
        kind = dice.random()
        if kind < given.supporters:
            memory.record_gift("before", Gift(GiftState.RECURRING, before), 1, before)
        elif kind < given.supporters + given.lapsed:
            long_ago = self._start - timedelta(days=365)
            memory.record_gift("before", Gift(GiftState.ONCE, long_ago), 1, before)
        if self._names.newsletters and dice.random() < given.subscribed:
            memory.record_newsletter(pick(dice, self._names.newsletters), before, has=True)
        return memory

    def _views(self, dice: Random) -> list[PageView]:
        given = self._assumptions
        who = self._who(dice)
        consent = dice.random() >= given.refusing
        per_month = min(given.most_visits, given.fewest_visits * (1 - dice.random()) ** (-1 / given.steepness))
        apart = 30 * _DAY / per_month
        views: list[PageView] = []
        read: list[int] = []
        second = -log(1 - dice.random()) * apart
        while second < self._seconds:
            visit = self._came_from(dice, who)
            for at in self._moments(dice, int(second)):
                views.append(PageView(at, self._page(dice, at, read), visit, int(dice.random() * 2**32), consent))
            second += -log(1 - dice.random()) * apart
        return sorted(views, key=attrgetter("at"))

    def _who(self, dice: Random) -> Visit:
        """What is the same on all visits of a reader."""
        country = pick(dice, self._names.countries)
        return Visit(
            country=None if country == UNKNOWN_COUNTRY else country,
            device=pick(dice, _DEVICES),
            signed_in=dice.random() < self._assumptions.signed_in,
            attributes={name: pick(dice, values) for name, values in self._names.attributes.items()},
        )

    def _came_from(self, dice: Random, who: Visit) -> Visit:
        referrer = pick(dice, self._names.referrers)
        utm = {name: pick(dice, values) for name, values in self._names.utm.items() if dice.random() < _FROM_A_CAMPAIGN}
        return who._replace(referrer=address_for(referrer, "https://", "a"), utm=utm)

    def _moments(self, dice: Random, second: int) -> Iterator[datetime]:
        """When the pages of one visit are opened."""
        left = dice.random()
        for share in self._assumptions.pages_per_visit:
            yield self._start + timedelta(seconds=second)
            second += 20 + int(dice.random() * _LONGEST_READ)
            left -= share
            if left < 0 or second >= self._seconds:
                return

    def _page(self, dice: Random, at: datetime, read: list[int]) -> Page:
        """A page, perhaps one that was read before."""
        kind = dice.random()
        if kind < self._assumptions.other_pages:
            return self._paper.front(dice)
        if read and kind < self._assumptions.other_pages + self._assumptions.rereading:
            return self._paper.article(read[int(dice.random() * len(read))])
        read.append(self._paper.draw(at.toordinal(), dice))
        return self._paper.article(read[-1])
