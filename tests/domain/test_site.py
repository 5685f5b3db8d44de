"""What a site offers to whom."""

import pytest

from service.domain.amounts import TooLarge, TooSmall, check_amount
from service.domain.money import Interval
from tests.builders import SITE, SITE_LINES, a_catalogue, a_site_yaml


@pytest.mark.parametrize(
    ("languages", "wanted", "found"),
    [
        ("[en, ru]", "ru", "ru"),
        ("[en, ru]", "ru-RU", "ru"),
        ("[en, ru]", "RU_ru", "ru"),
        ("[en, ru]", "de", "en"),
        ("[en, ru]", "", "en"),
        ("[en, ru]", "not a language", "en"),
        ("[ru, en-GB, en]", "en-gb", "en-GB"),
        ("[ru, en-GB, en]", "en-US", "en"),
        ("[ru, en-GB]", "en-US", "en-GB"),
        ("[pt-BR, pt]", "pt", "pt"),
    ],
)
def test_a_page_gets_the_nearest_of_the_sites_languages(languages: str, wanted: str, found: str) -> None:
    copy = languages.strip("[]").split(",")[0]
    site = a_catalogue(a_site_yaml(languages=languages), campaigns={}).sites[SITE]
    assert site.language_for(wanted) == found
    assert site.default_language == copy


@pytest.mark.parametrize(
    ("country", "currency"), [("DE", "EUR"), ("NO", "EUR"), ("JP", "JPY"), ("US", "USD"), (None, "USD"), ("de", "USD")]
)
def test_a_country_gets_its_currency(country: str | None, currency: str) -> None:
    assert a_catalogue().sites[SITE].currency_for(country) == currency


def test_the_amount_filled_in_at_first_is_the_middle_one() -> None:
    site = a_catalogue().sites[SITE]
    assert site.currencies["USD"].chosen(Interval.ONCE) == 2500
    assert site.currencies["JPY"].chosen(Interval.ONCE) == 3500


@pytest.mark.parametrize(
    ("choice", "current", "offered"),
    [
        ("true", "USD", ("USD", "EUR", "JPY")),
        ("true", "JPY", ("JPY", "USD", "EUR")),
        ("false", "USD", ()),
    ],
)
def test_a_reader_may_change_the_currency_where_the_site_lets_them(
    choice: str, current: str, offered: tuple[str, ...]
) -> None:
    site = a_catalogue(a_site_yaml(currencies=f"{SITE_LINES['currencies']}\n  choice: {choice}")).sites[SITE]
    assert site.currencies_to_choose(current) == offered


def test_one_currency_is_no_choice() -> None:
    dollars = "{minimum: 2, maximum: 50, once: [10], monthly: [2], annual: [20]}"
    site = a_catalogue(a_site_yaml(currencies=f"\n  default: USD\n  choice: true\n  USD: {dollars}")).sites[SITE]
    assert site.currencies_to_choose("USD") == ()


def test_each_interval_may_have_limits_of_its_own() -> None:
    limits = "minimum: {once: 5, monthly: 2, annual: 20}, maximum: 5000"
    amounts = f"{{{limits}, once: [10], monthly: [2], annual: [20]}}"
    site = a_catalogue(a_site_yaml(currencies=f"\n  default: USD\n  USD: {amounts}")).sites[SITE]
    found = site.currencies["USD"].limits
    assert {interval: (found[interval].minimum_minor, found[interval].maximum_minor) for interval in Interval} == {
        Interval.ONCE: (500, 500_000), Interval.MONTHLY: (200, 500_000), Interval.ANNUAL: (2000, 500_000),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("minor", "expected"),
    [(199, TooSmall(200)), (200, None), (201, None), (499_999, None), (500_000, None), (500_001, TooLarge(500_000))],
)
def test_both_limits_of_an_amount_are_themselves_accepted(minor: int, expected: object) -> None:
    assert check_amount(minor, a_catalogue().sites[SITE].currencies["USD"].limits[Interval.ONCE]) == expected
