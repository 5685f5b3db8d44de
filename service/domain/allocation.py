"""Automatic allocation: a wording that brings more is shown to more readers, by Thompson sampling.

Each variant's share is the chance, given what was seen, that it is the best in value per impression: rate of giving
times mean gift. Thompson, Biometrika 25 (1933); Scott, "A modern Bayesian look at the multi-armed bandit" (2010).

The rate. Gifts come as a Poisson process with rate s·r: s is the day's, the same for all variants, r the variant's.
Taking the days apart is what keeps an honest comparison once shares move: else the variant that had most readers on a
day of much giving would look better than it is, and one added in a lean month worse. r has a gamma prior around 1, so
its posterior is gamma again; unlike a beta, it bears more gifts than impressions, which is what a lost counter leaves.

The mean gift. Gifts are gamma-distributed with one shape for the campaign and a mean for each variant, the conjugate
(inverse gamma) prior of which sits at the mean of all: Fader and Hardie, "The gamma-gamma model of monetary value"
(2013). Amounts have a heavier tail than that model, so a gift counts as no more than the campaign's fifth largest, or
its 99th percentile where that is lower (capping: Kohavi, Tang and Xu, "Trustworthy Online Controlled Experiments",
2020, chapter 18): no single gift decides, and what a variant does to the few largest alone goes unnoticed. A log-normal
with a common variance was rejected: it compares geometric means, and so takes a variant that turns some single gifts
into monthly ones for the poorer.

Both priors are worth five gifts of the campaign's average: until a variant has more of its own, it looks like the rest.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil, isclose
from random import Random

_PRIOR_GIFTS = 5
DRAWS = 4000  # a share is then right to within a percent or two
_ROUNDS = 100  # a few are enough
_SHAPE_LIMIT = 100.0  # gifts that are all alike would have none


@dataclass(frozen=True, slots=True)
class Allocation:
    """Readers go to variants by their success, once each has `minimum` impressions; none has a share below `floor`."""

    floor: float
    minimum: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What one variant did, by day: how often it was seen, and each gift's value in minor units of one currency."""

    impressions: Mapping[date, int] = field(default_factory=dict)
    gifts: Mapping[date, Sequence[int]] = field(default_factory=dict)

    @property
    def seen(self) -> int:
        """Impressions on all days."""
        return sum(self.impressions.values())


@dataclass(frozen=True, slots=True)
class _Posterior:
    """What is believed of one variant: a gamma rate, relative to the others', and an inverse gamma mean gift."""

    rate_shape: float
    rate_exposure: float
    mean_shape: float
    mean_scale: float

    def draw(self, random: Random) -> float:
        """One value per impression that it may have, relative to the others'."""
        rate = random.gammavariate(self.rate_shape, 1 / self.rate_exposure)
        return rate * self.mean_scale / random.gammavariate(self.mean_shape, 1)


def weights(
    tallies: Mapping[str, Tally],
    configured: Mapping[str, float],
    allocation: Allocation,
    seed: str,
    draws: int = DRAWS,
) -> Mapping[str, float]:
    """Each variant's share of readers; all together 1. The same for the same `seed`.

    `configured`: the file's weights, which stand until every variant that is drawn has `allocation.minimum`
    impressions, and until there is a gift to learn from. A variant of weight 0 keeps it.
    """
    drawn = {name: tallies.get(name, Tally()) for name in sorted(configured) if configured[name]}
    enough = len(drawn) > 1 and all(tally.seen >= allocation.minimum for tally in drawn.values())
    believed = _posteriors(_comparable(drawn)) if enough else {}
    if not believed:
        whole = sum(configured.values())
        return {name: weight / whole for name, weight in configured.items()}
    chances = _chances(believed, draws, Random(seed))  # noqa: S311  nothing to guard
    floor = min(allocation.floor, 1 / len(drawn))
    left = 1 - floor * len(drawn)
    return {name: floor + left * chances[name] if name in chances else 0.0 for name in configured}


def chances(tallies: Mapping[str, Tally], seed: str, draws: int = DRAWS) -> Mapping[str, float]:
    """For each variant, how likely it is to be the best, as allocation sees it; nothing before the first gift."""
    believed = _posteriors(_comparable({name: tallies[name] for name in sorted(tallies)}))
    return _chances(believed, draws, Random(seed)) if believed else {}  # noqa: S311  nothing to guard


def _comparable(tallies: Mapping[str, Tally]) -> Mapping[str, Tally]:
    """Without the days on which none of them was seen, and without gifts that are worth nothing."""
    days = {day for tally in tallies.values() for day, count in tally.impressions.items() if count > 0}

    def gifts(tally: Tally) -> Iterator[tuple[date, list[int]]]:
        for day in days & tally.gifts.keys():
            yield day, [value for value in tally.gifts[day] if value > 0]

    return {name: Tally(tally.impressions, dict(gifts(tally))) for name, tally in tallies.items()}


def _posteriors(tallies: Mapping[str, Tally]) -> Mapping[str, _Posterior]:
    """What is believed of each variant; nothing while none has a gift."""
    pooled = sorted((value for tally in tallies.values() for value in _values(tally)), reverse=True)
    if not pooled:
        return {}
    most = pooled[min(len(pooled), max(5, ceil(len(pooled) / 100))) - 1]
    mean, shape = _mean_and_shape([min(value, most) for value in pooled])
    exposures = _exposures(tallies)

    def posterior(name: str) -> _Posterior:
        values = [min(value, most) for value in _values(tallies[name])]
        gifts = _PRIOR_GIFTS + len(values)
        scale = shape * (_PRIOR_GIFTS * mean + sum(values))
        return _Posterior(gifts, _PRIOR_GIFTS + exposures[name], 1 + shape * gifts, scale)

    return {name: posterior(name) for name in tallies}


def _values(tally: Tally) -> Iterator[int]:
    for gifts in tally.gifts.values():
        yield from gifts


def _mean_and_shape(values: Sequence[int]) -> tuple[float, float]:
    mean = sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values) / len(values)
    return mean, min(mean * mean / variance, _SHAPE_LIMIT) if variance else _SHAPE_LIMIT


def _exposures(tallies: Mapping[str, Tally]) -> Mapping[str, float]:
    """How many gifts each variant would have had at a relative rate of 1, given which days it was seen on.

    Days' rates and variants' rates depend on each other, so each is worked out from the other in turn, as in
    Hunter, "MM algorithms for generalized Bradley-Terry models" (2004).
    """
    gifts = {name: sum(1 for _ in _values(tally)) for name, tally in tallies.items()}
    days = [
        (total, [(name, tally.impressions.get(day, 0)) for name, tally in tallies.items()])
        for day in sorted(set().union(*(tally.gifts for tally in tallies.values())))
        if (total := sum(len(tally.gifts.get(day, ())) for tally in tallies.values()))
    ]
    rates = dict.fromkeys(tallies, 1.0)
    exposures: dict[str, float] = {}
    for _ in range(_ROUNDS):
        exposures = dict.fromkeys(tallies, 0.0)
        for total, seen in days:
            per_impression = total / sum(count * rates[name] for name, count in seen)
            for name, count in seen:
                exposures[name] += count * per_impression
        last, rates = rates, {name: (_PRIOR_GIFTS + gifts[name]) / (_PRIOR_GIFTS + exposures[name]) for name in tallies}
        if all(isclose(last[name], rates[name], rel_tol=1e-4) for name in tallies):
            break
    return exposures


def _chances(believed: Mapping[str, _Posterior], draws: int, random: Random) -> Mapping[str, float]:
    """For each variant, how likely it is to be the best."""
    won = dict.fromkeys(believed, 0)
    for _ in range(draws):
        won[max(believed, key=lambda name: believed[name].draw(random))] += 1
    return {name: count / draws for name, count in won.items()}
