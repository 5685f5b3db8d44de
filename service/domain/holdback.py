"""What asking earned, and what it cost in reading: readers who are asked beside those who never are.

Who is of the holdback is drawn from the reader's id, so the two groups differ by nothing else. Money is compared by the
ledger, whoever was asked by which campaign: who gives unasked counts, too. Reading is compared by what readers' records
say of the last 30 days, so that nothing has to be counted while a reader waits.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

from service.domain.intervals import LEVEL, Interval
from service.domain.results import Giving
from service.domain.site import Site
from service.domain.value import value_in

_Z = NormalDist().inv_cdf(1 - (1 - LEVEL) / 2)
FEWEST_READERS = 100
"""In each group; with fewer, nothing is said of reading."""


class Group(NamedTuple):
    """Numbers that readers have: of how many, their sum and the sum of their squares."""

    readers: int = 0
    total: int = 0
    squares: int = 0

    def with_one(self, number: int) -> "Group":
        """One more reader."""
        return Group(self.readers + 1, self.total + number, self.squares + number * number)

    @property
    def mean(self) -> float:
        """For each reader; 0 without any."""
        return self.total / self.readers if self.readers else 0.0

    @property
    def variance_of_mean(self) -> float:
        """How far the mean may be off, squared."""
        if self.readers < 2:
            return 0.0
        return max(0.0, self.squares - self.total * self.mean) / (self.readers - 1) / self.readers


class Reading(NamedTuple):
    """Articles that readers opened in the 30 days before `day`: of those who are asked, and of the holdback."""

    day: date
    asked: Group
    held: Group

    @property
    def difference(self) -> Interval | None:
        """How many articles more a reader opens who is asked; None while there are too few readers to say."""
        if min(self.asked.readers, self.held.readers) < FEWEST_READERS:
            return None
        middle = self.asked.mean - self.held.mean
        around = _Z * sqrt(self.asked.variance_of_mean + self.held.variance_of_mean)
        return Interval(middle - around, middle, middle + around)


@dataclass(frozen=True, slots=True)
class Earned:
    """Gifts of both groups in a span of days. Values are in minor units, for a year. `unknown`: gifts of readers who
    did not agree to be remembered, and so of neither group."""

    holdback: float
    asked: Group
    held: Group
    largest: int
    unknown: int

    @property
    def difference(self) -> Interval:
        """What asking brought beyond what the same readers would have given unasked."""
        times = (1 - self.holdback) / self.holdback
        middle = self.asked.total - self.held.total * times
        # a holdback that gave nothing might have: one gift of the largest size is within what chance does
        held = self.held.squares or self.largest**2
        around = _Z * sqrt(self.asked.squares + held * times * times)
        return Interval(middle - around, middle, middle + around)


def earned(site: Site, givings: Iterable[Giving]) -> Earned | None:
    """None where the site has no holdback."""
    if not site.holdback:
        return None
    asked, held, unknown, largest = Group(), Group(), 0, 0
    for giving in givings:
        value = value_in(site, *giving.worth)
        if not giving.was_given or not value:
            continue
        largest = max(largest, value)
        if giving.place is None:
            unknown += 1
        elif giving.place < site.holdback:
            held = held.with_one(value)
        else:
            asked = asked.with_one(value)
    return Earned(site.holdback, asked, held, largest, unknown)
