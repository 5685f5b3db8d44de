"""Credible intervals: known numbers, and that the truth lies in them as often as they say."""

from math import exp, isclose
from random import Random

import pytest

from service.domain.intervals import Sums, beta_below, beta_quantile, gamma_below, share_interval, value_interval

SIMULATIONS = 500
# 475 of 500 are expected; 18 fewer or more happens by chance about twice in a thousand times
EXPECTED = range(457, 494)
AMOUNTS = [500, 1000, 2500, 5000, 6000, 10_000, 12_000, 24_000]
WEIGHTS = [10, 10, 10, 6, 8, 4, 6, 3]
MEAN = sum(amount * weight for amount, weight in zip(AMOUNTS, WEIGHTS, strict=True)) / sum(WEIGHTS)


def many(random: Random, expected: float) -> int:
    """A Poisson count."""
    count, passed = 0, random.expovariate(1)
    while passed < expected:
        count, passed = count + 1, passed + random.expovariate(1)
    return count


@pytest.mark.parametrize(
    ("x", "shape", "chance"),
    [
        (2.5, 1, 1 - exp(-2.5)),
        (18.307 / 2, 5, 0.95),  # the table of chi-squared, 10 degrees of freedom
        (3.940 / 2, 5, 0.05),
        (124.342 / 2, 50, 0.95),
        (77.929 / 2, 50, 0.05),
    ],
)
def test_gamma_is_that_of_the_tables(x: float, shape: float, chance: float) -> None:
    assert gamma_below(x, shape) == pytest.approx(chance, abs=2e-5)


@pytest.mark.parametrize(
    ("x", "a", "b", "chance"),
    [(0.5, 2, 3, 0.6875), (0.3, 1, 1, 0.3), (0.2, 1, 5, 1 - 0.8**5), (0.9, 4, 1, 0.9**4), (0.5, 30, 30, 0.5)],
)
def test_beta_is_that_of_its_closed_forms(x: float, a: float, b: float, chance: float) -> None:
    assert beta_below(x, a, b) == pytest.approx(chance, abs=1e-9)
    assert beta_quantile(chance, a, b) == pytest.approx(x, abs=1e-4)


def test_the_quick_quantile_of_large_counts_is_the_slow_one_s() -> None:
    for a, b in ((20.5, 1e5), (20.5, 20.5), (500.5, 1200.5)):
        for chance in (0.025, 0.5, 0.975):
            assert beta_below(beta_quantile(chance, a, b), a, b) == pytest.approx(chance, abs=1e-3)


def test_a_share_lies_in_its_interval_as_often_as_that_says() -> None:
    random = Random(2)
    for share, of in ((0.003, 3000), (0.003, 100_000), (0.3, 400)):
        within = 0
        for _ in range(SIMULATIONS):
            times = many(random, share * of) if share < 0.1 else sum(random.random() < share for _ in range(of))
            low, _, high = share_interval(times, of)
            within += low <= share <= high
        assert within in EXPECTED, (share, of)


def test_a_value_lies_in_its_interval_as_often_as_that_says() -> None:
    random = Random(3)
    for gifts, of in ((15, 5000), (60, 20_000), (400, 130_000)):
        within = 0
        for _ in range(SIMULATIONS):
            values = random.choices(AMOUNTS, WEIGHTS, k=many(random, gifts))
            found = value_interval(Sums.of(values), of, AMOUNTS[-1])
            assert found is not None
            within += found.low <= gifts * MEAN / of <= found.high
        assert within in EXPECTED, gifts


def test_what_can_be_said_at_the_edges() -> None:
    assert share_interval(0, 1000).low == 0
    assert share_interval(1000, 1000).high == 1
    assert share_interval(1200, 1000) == share_interval(1000, 1000)  # counts were lost, the ledger was not
    assert value_interval(Sums(), 0, 1000) is None
    assert value_interval(Sums(), 1000, 0) is None
    nothing = value_interval(Sums(), 1000, 2500)  # not one gift, where others gave 25.00
    assert nothing is not None
    assert nothing.low == 0
    assert isclose(nothing.high, 3 * 2.5, rel_tol=0.01)  # "the rule of three"


def test_more_gifts_never_lower_what_is_believed_and_more_impressions_narrow_it() -> None:
    before = share_interval(0, 10_000)
    for times in range(1, 60):
        now = share_interval(times, 10_000)
        assert now.low >= before.low
        assert now.high >= before.high
        before = now
    few, more = (share_interval(3 * times, 1000 * times) for times in (10, 100))
    assert more.high - more.low < few.high - few.low
