"""What can be believed of a share and of a value, given what was counted: closed forms, no sampling.

A share (of those who saw an appeal, how many gave) has the beta posterior of Jeffreys' prior: Brown, Cai and DasGupta,
"Interval Estimation for a Binomial Proportion", Statistical Science 16 (2001).

A value per impression is a sum of Poisson counts, one for each size of gift, weighted by the size. Its posterior is
taken as a gamma with the sum's mean and variance: Fay and Feuer, "Confidence intervals for directly standardized
rates", Statistics in Medicine 16 (1997). The prior is one more gift of the largest size seen, or none, with even
chances, which is the mid-p form of Fay and Kim, "Confidence intervals for directly standardized rates using mid-p gamma
intervals", Biometrical Journal 59 (2017).
"""

from collections.abc import Callable, Iterable
from itertools import count
from math import exp, lgamma, log, log1p, sqrt
from statistics import NormalDist
from typing import NamedTuple

LEVEL = 0.95
_LARGE = 20.0  # from here on the approximations are right to a fivehundredth of a standard deviation
_TINY = 1e-300
_ENOUGH = 1e-12
_HALVINGS = 60
_NORMAL = NormalDist()
_SPREAD = 40.0  # standard deviations, beyond which nothing is left


class Interval(NamedTuple):
    """The truth lies between the two with a chance of `level`; `middle` is as likely below it as above."""

    low: float
    middle: float
    high: float


def share_interval(times: int, of: int, level: float = LEVEL) -> Interval:
    """Of a share, 0 to 1. `times` may be more than `of`, when counts were lost: it is taken for all of them."""
    times = min(times, of)
    tail = (1 - level) / 2
    a, b = times + 0.5, of - times + 0.5
    low = 0.0 if times == 0 else beta_quantile(tail, a, b)
    high = 1.0 if times == of else beta_quantile(1 - tail, a, b)
    return Interval(low, beta_quantile(0.5, a, b), high)


class Sums(NamedTuple):
    """What a posterior needs of many gifts: how many, the sum of values, of their squares, and the largest."""

    times: int = 0
    value: int = 0
    squares: int = 0
    largest: int = 0

    @classmethod
    def of(cls, values: Iterable[int]) -> "Sums":
        """Of gifts that are worth these; what is worth nothing is no gift."""
        worth = [value for value in values if value > 0]
        return cls(len(worth), sum(worth), sum(value * value for value in worth), max(worth, default=0))


def value_interval(gifts: Sums, of: int, largest: int, level: float = LEVEL) -> Interval | None:
    """Of the value per impression, after `of` of them. `largest`: gift known of, here or elsewhere in the campaign.

    None without impressions, and where no gift is known that could tell how much one is worth.
    """
    largest = max(largest, gifts.largest)
    if of <= 0 or largest <= 0:
        return None
    shapes = [_shape_and_scale(gifts.value + more * largest, gifts.squares + more * largest**2) for more in (0, 1)]

    def below(value: float) -> float:
        return sum(gamma_below(value / scale, shape) if scale else 1.0 for shape, scale in shapes) / 2

    spread = gifts.value + largest + _SPREAD * sqrt(gifts.squares + largest**2)
    tail = (1 - level) / 2
    return Interval(*(_solve(below, wanted, spread) / of for wanted in (tail, 0.5, 1 - tail)))


def _shape_and_scale(value: float, squares: float) -> tuple[float, float]:
    return (value * value / squares, squares / value) if value else (0.0, 0.0)


def _solve(below: Callable[[float], float], wanted: float, highest: float) -> float:
    """Where `below`, which only rises, comes to `wanted`; 0 where it begins above."""
    low, high = 0.0, highest
    if below(highest * 1e-12) >= wanted:
        return 0.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if below(middle) < wanted:
            low = middle
        else:
            high = middle
        if high - low <= high * 1e-6:
            break
    return (low + high) / 2


def gamma_below(x: float, shape: float) -> float:
    """The chance that a gamma variable of that shape and scale 1 is below `x`.

    Source: Abramowitz and Stegun, 6.5.29 and 6.5.31; from a shape of 20 on, its cube root is normal (26.4.14).
    """
    if x <= 0:
        return 0.0
    if shape >= _LARGE:
        return _NORMAL.cdf(3 * sqrt(shape) * ((x / shape) ** (1 / 3) - 1 + 1 / (9 * shape)))
    factor = exp(shape * log(x) - x - lgamma(shape))
    if x >= shape + 1:
        return 1 - factor * _fraction(
            x + 1 - shape, lambda step: (-step * (step - shape), x + 1 - shape + 2 * step)
        )
    term = total = 1 / shape
    for step in count(1):
        term *= x / (shape + step)
        total += term
        if term < total * _ENOUGH:
            break
    return min(1.0, total * factor)


def beta_below(x: float, a: float, b: float) -> float:
    """The chance that a beta variable is below `x`. Source: Abramowitz and Stegun, 26.5.8."""
    if not 0 < x < 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_below(1 - x, b, a)

    def term(step: int) -> tuple[float, float]:
        half, odd = divmod(step, 2)
        if odd:
            return -(a + half) * (a + b + half) * x / ((a + step - 1) * (a + step)), 1.0
        return half * (b - half) * x / ((a + step - 1) * (a + step)), 1.0

    factor = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    return min(1.0, factor * _fraction(1.0, term))


def beta_quantile(wanted: float, a: float, b: float) -> float:
    """Below which a beta variable is with the chance `wanted`.

    Source, where both are large: Abramowitz and Stegun, 26.5.22.
    """
    if min(a, b) < _LARGE:
        mean = a / (a + b)
        spread = sqrt(mean * (1 - mean) / (a + b + 1))
        return _solve(lambda x: beta_below(x, a, b), wanted, min(1.0, mean + _SPREAD * spread))
    y = _NORMAL.inv_cdf(1 - wanted)
    middle = (y * y - 3) / 6
    one, other = 1 / (2 * a - 1), 1 / (2 * b - 1)
    h = 2 / (one + other)
    w = y * sqrt(h + middle) / h - (other - one) * (middle + 5 / 6 - 2 / (3 * h))
    return a / (a + b * exp(2 * w))


def _fraction(first: float, term: Callable[[int], tuple[float, float]]) -> float:
    """1 / (first + above₁ / (below₁ + above₂ / (below₂ + …))), whose parts `term` gives, by Lentz's method."""
    c, d = 1 / _TINY, 1 / (first or _TINY)
    found = d
    for step in count(1):
        above, below = term(step)
        d = 1 / (above * d + below or _TINY)
        c = below + above / c or _TINY
        found *= c * d
        if abs(c * d - 1) < _ENOUGH:
            return found
    raise AssertionError("count has no end")
