"""Automatic allocation: that it finds the better wording, what it costs until then, and what does not fool it."""

from collections.abc import Mapping
from datetime import timedelta
from math import isclose, isfinite

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.allocation import Allocation, Tally, weights
from tests.domain.readership import AMOUNTS, FIRST_DAY, Outcome, a_campaign_of

ALLOCATION = Allocation(floor=0.1, minimum=1000)
EVEN = {"a": 1.0, "b": 1.0}
SEEDS = range(4)


def campaigns(rates: Mapping[str, float], floor: float = 0.1, **more: object) -> list[Outcome]:
    return [a_campaign_of(rates, Allocation(floor, 1000), seed=seed, **more) for seed in SEEDS]  # type: ignore[arg-type]


def regret(outcomes: list[Outcome]) -> float:
    """What was lost to always showing the best, as a part of what a fixed even split loses."""
    return sum(one.regret for one in outcomes) / sum(one.regret_of_a_fixed_split for one in outcomes)


def told(what: str, outcomes: list[Outcome], best: str) -> tuple[float, float]:
    """The best one's mean share in the last week and the regret; printed, for `pytest -s`."""
    share = sum(one.share(best) for one in outcomes) / len(outcomes)
    print(f"\n{what}: {share:.0%} of readers see the best; regret {regret(outcomes):.0%} of a fixed split's")  # noqa: T201
    return share, regret(outcomes)


def a_tally(gifts: int = 30, impressions: int = 10_000, more: tuple[int, ...] = ()) -> Tally:
    """One day's tally, with gifts of usual size."""
    usual = [AMOUNTS[number % len(AMOUNTS[:9])] for number in range(gifts)]
    return Tally({FIRST_DAY: impressions}, {FIRST_DAY: [*usual, *more]})


def shares(configured: Mapping[str, float] = EVEN, allocation: Allocation = ALLOCATION, **tallies: Tally) -> dict:
    return dict(weights(tallies, configured, allocation, "seed"))


def test_of_two_variants_it_finds_the_one_that_more_readers_give_for() -> None:
    share, lost = told("two, 0.30 % and 0.45 %", campaigns({"a": 0.003, "b": 0.0045}), "b")
    assert share > 0.8
    assert lost < 0.5


def test_of_two_variants_it_finds_the_one_that_readers_give_more_for() -> None:
    outcomes = campaigns({"a": 0.003, "b": 0.003}, larger={"b": 1.5})
    share, lost = told("two, gifts half as large again", outcomes, "b")
    assert share > 0.8
    assert lost < 0.5


def test_of_three_variants_it_finds_the_best() -> None:
    outcomes = campaigns({"a": 0.003, "b": 0.0045, "c": 0.002}, floor=0.05)
    share, lost = told("three, 0.20 %, 0.30 % and 0.45 %", outcomes, "b")
    assert share > 0.8
    assert lost < 0.5


def test_it_weighs_how_many_give_against_how_much() -> None:
    """Fewer give, but each so much more that it brings more."""
    outcomes = campaigns({"a": 0.005, "b": 0.0035}, larger={"b": 2.0})
    share, _ = told("two, 0.50 % and 0.35 % of twice the size", outcomes, "b")
    assert share > 0.8


def test_equal_variants_share_the_readers_and_neither_falls_below_the_floor() -> None:
    outcomes = campaigns({"a": 0.003, "b": 0.003}, days=40)
    assert all(share >= 0.1 for one in outcomes for day in one.shares for share in day.values())
    assert 0.25 < sum(one.share("a", days=40) for one in outcomes) / len(outcomes) < 0.75


def test_days_of_much_giving_favour_nobody() -> None:
    """Everybody gives ten times as much on one day, on which most readers happened to see a: that says nothing of a."""
    other = FIRST_DAY + timedelta(1)
    usual = [2500, 5000, 1000] * 30
    a = Tally({FIRST_DAY: 1000, other: 9000}, {FIRST_DAY: usual[:3], other: usual * 3})
    b = Tally({FIRST_DAY: 9000, other: 1000}, {FIRST_DAY: usual[:27], other: usual[:30]})
    assert 0.4 < shares(a=a, b=b)["a"] < 0.6


def test_a_variant_that_came_later_is_compared_on_the_days_that_it_shared() -> None:
    rich, lean = FIRST_DAY, FIRST_DAY + timedelta(1)
    old = Tally({rich: 10_000, lean: 5000}, {rich: [2500] * 100, lean: [2500] * 10})
    new = Tally({lean: 5000}, {lean: [2500] * 20})
    assert shares(a=old, b=new)["b"] > 0.7


@pytest.mark.parametrize("huge", [500_000, 6_000_000])
def test_one_huge_gift_does_not_win_the_readers(huge: int) -> None:
    without = shares(a=a_tally(30), b=a_tally(30))
    assert abs(shares(a=a_tally(29, more=(huge,)), b=a_tally(30))["a"] - without["a"]) < 0.15
    assert shares(a=a_tally(20, more=(huge,)), b=a_tally(40))["b"] > 0.7


def test_nothing_moves_before_every_variant_was_seen_often_enough() -> None:
    configured, good = {"a": 60.0, "b": 40.0}, a_tally(90)
    as_written = {"a": 0.6, "b": 0.4}
    assert shares(configured, a=good, b=a_tally(2, impressions=999)) == as_written
    assert shares(configured, a=a_tally(2, impressions=999), b=good) == as_written
    assert shares(configured, a=good, b=a_tally(2, impressions=1000)) != as_written
    assert shares(configured, a=good) == as_written


def test_nothing_moves_before_the_first_gift() -> None:
    configured = {"a": 3.0, "b": 1.0}
    assert shares(configured, a=a_tally(0), b=a_tally(0)) == {"a": 0.75, "b": 0.25}
    assert shares(configured, a=a_tally(0), b=a_tally(0, more=(0,))) == {"a": 0.75, "b": 0.25}


def test_a_variant_that_is_switched_off_is_neither_waited_for_nor_shown() -> None:
    found = shares({"a": 1.0, "b": 1.0, "c": 0.0}, a=a_tally(10), b=a_tally(60), c=a_tally(0, impressions=0))
    assert found["c"] == 0
    assert found["b"] > 0.8


def test_a_variant_that_is_alone_gets_everybody() -> None:
    assert shares({"a": 2.0, "b": 0.0}, a=a_tally(), b=a_tally()) == {"a": 1.0, "b": 0.0}


def test_variants_that_are_no_longer_written_are_left_out() -> None:
    assert shares(a=a_tally(), b=a_tally(), gone=a_tally(90)) == shares(a=a_tally(), b=a_tally())


def test_the_same_seed_gives_the_same_shares_in_any_order() -> None:
    a, b = a_tally(20), a_tally(30)
    assert shares(a=a, b=b) == shares({"b": 1.0, "a": 1.0}, b=b, a=a)


def test_the_floor_is_exact_and_the_best_gets_the_rest() -> None:
    found = shares(a=a_tally(300), b=a_tally(3))
    assert found == pytest.approx({"a": 0.9, "b": 0.1})


def test_a_floor_that_leaves_nothing_to_move_shares_evenly() -> None:
    assert shares(allocation=Allocation(0.5, 1), a=a_tally(300), b=a_tally(3)) == {"a": 0.5, "b": 0.5}


AMOUNT = st.integers(0, 10**12)
DAYS = st.integers(0, 5).map(lambda number: FIRST_DAY + timedelta(number))
TALLIES = st.builds(
    Tally,
    st.dictionaries(DAYS, st.integers(0, 10**9), max_size=4),
    st.dictionaries(DAYS, st.lists(AMOUNT, max_size=8), max_size=4),
)
NAMES = st.sampled_from(["a", "b", "c", "d"])


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(NAMES, TALLIES),
    st.dictionaries(NAMES, st.sampled_from([0.0, 0.5, 1.0, 60.0]), min_size=1).filter(lambda one: any(one.values())),
    st.builds(Allocation, st.sampled_from([0.0, 0.1, 0.25]), st.sampled_from([1, 1000])),
)
def test_shares_are_numbers_that_sum_to_one_and_keep_the_floor_whatever_was_counted(
    tallies: Mapping[str, Tally], configured: Mapping[str, float], allocation: Allocation
) -> None:
    found = weights(tallies, configured, allocation, "seed", 50)
    assert all(isfinite(share) for share in found.values())
    assert isclose(sum(found.values()), 1)
    assert found.keys() == configured.keys()
    whole = sum(configured.values())
    if found != {name: weight / whole for name, weight in configured.items()}:
        assert all(found[name] >= allocation.floor * (1 - 1e-9) for name, weight in configured.items() if weight)
    assert all(found[name] == 0 for name, weight in configured.items() if not weight)
