"""Readers who arrive day by day and give, or do not: what allocation is tried on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp
from random import Random

from service.domain.allocation import Allocation, Tally, weights

DRAWS = 250  # enough to see what happens, and fast
FIRST_DAY = date(2026, 1, 1)
# In cents a year: gifts made once, annual ones, and monthly ones times twelve; few are large.
AMOUNTS = (1000, 2500, 5000, 2000, 5000, 10000, 2400, 6000, 12000, 30000, 100000)
HOW_OFTEN = (24, 18, 8, 6, 6, 3, 12, 14, 6, 2.5, 0.5)
MEAN = sum(amount * times for amount, times in zip(AMOUNTS, HOW_OFTEN, strict=True)) / sum(HOW_OFTEN)


@dataclass(frozen=True)
class Outcome:
    """What came of one campaign: each day's shares, and what was lost to always showing the best, in gifts' value."""

    shares: list[Mapping[str, float]]
    regret: float
    regret_of_a_fixed_split: float
    tallies: Mapping[str, Tally]

    def share(self, name: str, days: int = 7) -> float:
        """The variant's mean share in the last days."""
        return sum(shares[name] for shares in self.shares[-days:]) / days


def poisson(random: Random, mean: float) -> int:
    """Knuth's way; `mean` is a hundred or so at most."""
    limit, product, count = exp(-mean), random.random(), 0
    while product > limit:
        product *= random.random()
        count += 1
    return count


def a_campaign_of(
    rates: Mapping[str, float],
    allocation: Allocation,
    *,
    seed: int,
    days: int = 40,
    impressions: int = 10_000,
    larger: Mapping[str, float] | None = None,
    of_the_day: Callable[[int], float] = lambda day: 1.0,
) -> Outcome:
    """`rates`: gifts per impression. `larger`: how much larger a variant's gifts are. `of_the_day`: times the rates."""
    random = Random(seed)
    factor = dict.fromkeys(rates, 1.0) | dict(larger or {})
    seen: dict[str, dict[date, int]] = {name: {} for name in rates}
    gifts: dict[str, dict[date, list[int]]] = {name: {} for name in rates}
    tallies = {name: Tally(seen[name], gifts[name]) for name in rates}
    worth = {name: rates[name] * factor[name] * MEAN for name in rates}
    best, even = max(worth.values()), sum(worth.values()) / len(worth)
    shares, lost, lost_fixed = [], 0.0, 0.0
    for number in range(days):
        day = FIRST_DAY + timedelta(number)
        shares.append(weights(tallies, dict.fromkeys(rates, 1.0), allocation, f"{seed}", DRAWS))
        for name, share in shares[-1].items():
            seen[name][day] = round(impressions * share)
            count = poisson(random, seen[name][day] * rates[name] * of_the_day(number))
            gifts[name][day] = [round(one * factor[name]) for one in random.choices(AMOUNTS, HOW_OFTEN, k=count)]
            lost += seen[name][day] * of_the_day(number) * (best - worth[name])
        lost_fixed += impressions * of_the_day(number) * (best - even)
    return Outcome(shares, lost, lost_fixed, tallies)
