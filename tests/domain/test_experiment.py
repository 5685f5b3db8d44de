"""Which wording a reader meets."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import pytest

from service.domain.allocation import Allocation
from service.domain.campaign import Campaign
from service.domain.experiment import choose_variant, in_share
from service.domain.site import Placement
from tests.builders import SITE, a_campaign_yaml, a_catalogue, variants_yaml

READERS = [f"reader-{number}" for number in range(10_000)]


def a_campaign(name: str = "lights-on", **weights: float) -> Campaign:
    """The campaign as the loader makes it of these variants and weights."""
    catalogue = a_catalogue(campaigns={name: a_campaign_yaml(variants=variants_yaml(**weights))})
    return catalogue.plans[SITE].of(Placement.INLINE)[0]


def allocated(**weights: float) -> Campaign:
    """The same, allocated automatically."""
    return replace(a_campaign(**weights), allocation=Allocation(0.1, 1000))


def choices(campaign: Campaign, weights: Mapping[str, float] | None = None) -> dict[str, str]:
    return {reader: choose_variant(campaign, reader, weights).name for reader in READERS}


def sharers(salt: str, share: float) -> set[str]:
    return {reader for reader in READERS if in_share(salt, reader, share)}


@pytest.mark.parametrize(
    "weights", [{"a": 1, "b": 1}, {"a": 60, "b": 40}, {"a": 1, "b": 9}, {"a": 0.5, "b": 0.25, "c": 0.25}]
)
def test_readers_are_shared_out_by_weight(weights: dict[str, float]) -> None:
    counted = Counter(choices(a_campaign(**weights)).values())
    whole = sum(weights.values())
    for name, weight in weights.items():
        share = weight / whole
        # five standard deviations of a fair draw
        assert abs(counted[name] / len(READERS) - share) < 5 * (share * (1 - share) / len(READERS)) ** 0.5


def test_a_weight_of_zero_is_never_drawn() -> None:
    assert set(choices(a_campaign(a=1, b=0)).values()) == {"a"}


def test_the_same_reader_meets_the_same_wording_after_a_restart_and_on_every_machine() -> None:
    """Written down, because "stable" means: not even the next version may change it."""
    chosen = choices(a_campaign(a=60, b=40))
    assert [chosen[reader] for reader in READERS[:12]] == list("baaaaaabaaba")


def test_a_heavier_weight_moves_readers_only_to_that_variant() -> None:
    before, after = choices(a_campaign(a=1, b=1, c=1)), choices(a_campaign(a=2, b=1, c=1))
    moved = {(before[reader], after[reader]) for reader in READERS if before[reader] != after[reader]}
    assert moved == {("b", "a"), ("c", "a")}


def test_a_new_variant_takes_readers_and_moves_none_between_the_others() -> None:
    before, after = choices(a_campaign(a=1, b=1)), choices(a_campaign(a=1, b=1, c=1))
    moved = {(before[reader], after[reader]) for reader in READERS if before[reader] != after[reader]}
    assert moved == {("a", "c"), ("b", "c")}


def test_the_order_in_which_variants_are_written_does_not_matter() -> None:
    assert choices(a_campaign(a=2, b=1)) == choices(a_campaign(b=1, a=2))


def test_two_campaigns_draw_independently() -> None:
    one, other = choices(a_campaign("one", a=1, b=1)), choices(a_campaign("other", a=1, b=1))
    alike = sum(one[reader] == other[reader] for reader in READERS)
    assert 4700 < alike < 5300


def test_weights_from_outside_do_what_the_same_weights_in_the_file_do() -> None:
    assert choices(allocated(a=1, b=1), {"a": 3.0, "b": 1.0}) == choices(a_campaign(a=3, b=1))


def test_weights_from_outside_never_bring_back_a_variant_that_the_file_switched_off() -> None:
    assert set(choices(allocated(a=1, b=0), {"a": 0.1, "b": 0.9}).values()) == {"a"}


def test_weights_that_do_not_know_a_variant_give_way_to_the_file() -> None:
    campaign = allocated(a=1, b=1, c=1)
    assert choices(campaign, {"a": 0.5, "b": 0.5}) == choices(campaign)


def test_weights_of_a_variant_that_is_gone_do_no_harm() -> None:
    campaign = allocated(a=1, b=1)
    assert choices(campaign, {"a": 0.2, "b": 0.2, "gone": 0.6}) == choices(campaign)


def test_weights_from_outside_mean_nothing_to_a_campaign_that_is_not_allocated_automatically() -> None:
    campaign = a_campaign(a=1, b=1)
    assert choices(campaign, {"a": 0.9, "b": 0.1}) == choices(campaign)


def test_nobody_is_in_a_share_of_nothing_and_everybody_in_the_whole() -> None:
    assert not sharers("holdback/gazette", 0)
    assert sharers("holdback/gazette", 1) == set(READERS)


@pytest.mark.parametrize("share", [0.01, 0.05, 0.25, 0.5, 0.9])
def test_a_share_holds_about_as_many_readers_as_it_says(share: float) -> None:
    many = len(READERS)
    assert abs(len(sharers("rollout/lights-on", share)) / many - share) < 5 * (share * (1 - share) / many) ** 0.5


def test_raising_a_share_only_adds_readers() -> None:
    shares = [sharers("rollout/lights-on", percent / 100) for percent in range(0, 101, 5)]
    assert all(smaller < larger for smaller, larger in pairwise(shares))


def test_a_share_is_the_same_after_a_restart_and_on_every_machine() -> None:
    """Written down, because whoever was held back last month must be held back after the next version, too."""
    assert [number for number in range(40) if in_share("holdback/gazette", READERS[number], 0.1)] == [10, 12]


@pytest.mark.parametrize("other", ["holdback/mercury", "rollout/lights-on"])
def test_two_shares_are_drawn_independently(other: str) -> None:
    both = sharers("holdback/gazette", 0.5) & sharers(other, 0.5)
    assert 2250 < len(both) < 2750


def test_a_share_tells_nothing_of_the_variant() -> None:
    chosen = choices(a_campaign(a=1, b=1))
    held = sharers("holdback/gazette", 0.5)
    assert 2250 < sum(chosen[reader] == "a" for reader in held) < 2750
