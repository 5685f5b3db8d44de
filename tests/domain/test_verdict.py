"""What is concluded from results, and what is not: each sentence for its case."""

from collections.abc import Mapping

import pytest

from service.domain.holdback import Group, Reading, earned
from service.domain.report import CampaignResults, Line, Report, Span, report_of
from service.domain.results import Count, Giving
from service.domain.results_text import holdback_told, notes
from service.domain.verdict import money, percent, verdict, verdict_of_reading
from tests.builders import NOW, SITE, a_campaign_yaml, a_catalogue, a_site_yaml, variants_yaml

TODAY = NOW.date()
SPAN = Span(TODAY, TODAY)


def giving(variant: str = "a", amount_minor: int = 1000, currency: str = "USD", place: float | None = 0.5) -> Giving:
    began = int(NOW.timestamp())
    return Giving(
        "pi_1", began, "paid", "once", currency, amount_minor, amount_minor, 0,
        "lights-on", variant, "inline", "", "", "", place,
    )  # fmt: skip


def report(seen: Mapping[str, int], gifts: Mapping[str, int], site: str | None = None) -> Report:
    catalogue = a_catalogue(site, {"lights-on": a_campaign_yaml(variants=variants_yaml(a=1, b=1))})
    counts = [Count(TODAY, "lights-on", name, "inline", "seen", times) for name, times in seen.items()]
    givings = [giving(name) for name, many in gifts.items() for _ in range(many)]
    return report_of(catalogue.sites[SITE], catalogue.plans[SITE].campaigns, SPAN, counts, [], givings)


@pytest.mark.parametrize(
    ("seen", "gifts", "said"),
    [
        ({}, {}, "Nobody has seen this campaign"),
        ({}, {"a": 3}, "Nobody has seen this campaign"),  # its counts were lost
        ({"a": 900}, {}, "Only a was seen, so there is nothing to compare it with; no gift"),
        ({"a": 900}, {"a": 3}, "Only a was seen, so there is nothing to compare it with. A thousand impressions"),
        ({"a": 9000, "b": 9000}, {}, "Too early: no gift came of 18,000 impressions"),
        ({"a": 9000, "b": 900}, {"a": 30, "b": 9}, "Too early: the least seen wording has 900 impressions"),
        ({"a": 9000, "b": 9000}, {"a": 5, "b": 4}, "Too early: the least seen wording has 9,000 impressions"),
        ({"a": 9000, "b": 9000}, {"a": 30, "b": 31}, "No wording can be told to be better yet"),
        ({"a": 9000, "b": 9000}, {"a": 30, "b": 44}, "b is ahead"),
        ({"a": 9000, "b": 9000}, {"a": 20, "b": 80}, "b is very probably the best of those compared (>99%)"),
        ({"a": 9000, "gone": 9000}, {"a": 20, "gone": 80}, "gone is very probably the best"),
    ],
)
def test_each_case_has_its_sentence(seen: Mapping[str, int], gifts: Mapping[str, int], said: str) -> None:
    assert verdict(report(seen, gifts).campaigns["lights-on"], "USD").startswith(said)


def test_of_a_campaign_that_asks_for_no_money_gifts_conclude_nothing() -> None:
    card = a_campaign_yaml(kind="card_update", placement="banner")
    catalogue = a_catalogue(None, {"card": card})
    counts = [Count(TODAY, "card", "plain", "banner", "seen", 9000)]
    found = report_of(catalogue.sites[SITE], catalogue.plans[SITE].campaigns, SPAN, counts, [], [])
    assert verdict(found.campaigns["card"], "USD").startswith("This campaign asks for no money")


def test_one_campaign_s_results_are_the_same_beside_all_others_and_alone() -> None:
    catalogue = a_catalogue(None, {"lights-on": a_campaign_yaml(), "other": a_campaign_yaml()})
    counts = [Count(TODAY, name, "plain", "inline", "seen", 500) for name in ("lights-on", "other", "ended")]
    site, campaigns, givings = catalogue.sites[SITE], catalogue.plans[SITE].campaigns, [giving("plain")] * 9
    whole = report_of(site, campaigns, SPAN, counts, [], givings).campaigns
    alone = report_of(site, campaigns, SPAN, counts, [], givings, "lights-on").campaigns
    assert alone["lights-on"] == whole["lights-on"]
    assert alone.keys() == whole.keys()
    assert (alone["other"].whole.seen, whole["other"].whole.seen) == (0, 500)


def test_what_is_missing_is_a_number_that_comes_down_as_gifts_become_frequent() -> None:
    """Gifts all alike, 3 of a thousand: 2 · 2.8² / (0.25² · 0.003) is some 84,000."""
    assert "each needs about 84,000 impressions" in verdict(
        report({"a": 10_000, "b": 10_000}, {"a": 30, "b": 30}).campaigns["lights-on"], "USD"
    )


def test_values_say_their_currency_rates_and_what_is_left_out() -> None:
    catalogue = a_catalogue(a_site_yaml(exchange_rates="{EUR: 1.08}"))
    givings = [giving(currency=code) for code in ("USD", "GBP", "GBP")]
    found = report_of(catalogue.sites[SITE], catalogue.plans[SITE].campaigns, SPAN, [], [], givings)
    told = " ".join(notes(found))
    assert "in USD and for a year" in told
    assert "1 EUR = 1.08 USD" in told
    assert "2 gifts in GBP" in told
    assert (money(123456, "USD"), money(1200, "JPY"), money(-50, "USD")) == ("1,234.56 USD", "1,200 JPY", "-0.50 USD")
    assert [percent(chance) for chance in (0.0, 0.5, 0.999)] == ["<1%", "50%", ">99%"]


def test_what_asking_earned_is_told_or_why_not() -> None:
    plain, held = a_catalogue().sites[SITE], a_catalogue(a_site_yaml(holdback="5%")).sites[SITE]
    assert earned(plain, []) is None
    assert "Without a holdback" in " ".join(holdback_told(plain, None, None))
    for many, said in ((0, "Too early: nobody who is known"), (3, "Too early: asking may"), (3000, "Asking earned 2")):
        found = earned(held, [giving(place=0.5)] * many)
        assert any(line.startswith(said) for line in holdback_told(held, found, None)), said
    assert "Not compared: 1 gift of a reader" in " ".join(holdback_told(held, earned(held, [giving(place=None)]), None))


def test_what_asking_cost_in_reading_is_told_or_why_not() -> None:
    many = Group(1000, 5000, 27_000)
    assert verdict_of_reading(None).startswith("Too early")
    assert verdict_of_reading(Reading(TODAY, many, Group(99, 500, 2700))).startswith("Too early")
    assert verdict_of_reading(Reading(TODAY, many, many)).startswith("No difference in reading can be told yet")
    fewer = verdict_of_reading(Reading(TODAY, Group(1000, 4500, 22_000), many))
    assert fewer.startswith("Readers who are asked open fewer articles, by 0.50")
    assert "open more" in verdict_of_reading(Reading(TODAY, many, Group(1000, 4500, 22_000)))


def test_a_campaign_without_anything_has_no_estimates() -> None:
    line = CampaignResults("lights-on").whole
    assert (line.share("given"), line.value_per_thousand, line.average_per_thousand) == (None, None, None)
    assert Line({"seen": 10}).value_per_thousand is None
