"""Which wording a reader meets."""

from collections import Counter

import pytest

from service.domain.campaign import Campaign
from service.domain.experiment import choose_variant
from service.domain.site import Placement
from tests.builders import SITE, a_campaign_yaml, a_catalogue, variants_yaml

READERS = [f"reader-{number}" for number in range(10_000)]


def a_campaign(name: str = "lights-on", **weights: float) -> Campaign:
    """The campaign as the loader makes it of these variants and weights."""
    catalogue = a_catalogue(campaigns={name: a_campaign_yaml(variants=variants_yaml(**weights))})
    return catalogue.campaigns[SITE][Placement.INLINE][0]


def choices(campaign: Campaign) -> dict[str, str]:
    return {reader: choose_variant(campaign, reader).name for reader in READERS}


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
