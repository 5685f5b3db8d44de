"""exchange_rates in site.yaml, and the campaigns that cannot do without."""

import pytest

from service.catalogue.problems import CatalogueError
from tests.builders import SITE, a_campaign_yaml, a_catalogue, a_site_yaml

ALLOCATED = {"lights-on": a_campaign_yaml(allocation="{method: automatic}")}


def problems(rates: str | None, campaigns: dict[str, str] | None = None) -> str:
    with pytest.raises(CatalogueError) as caught:
        a_catalogue(a_site_yaml(exchange_rates=rates), campaigns)
    return "\n".join(map(str, caught.value.problems))


def test_rates_are_exact() -> None:
    site = a_catalogue(a_site_yaml(exchange_rates="{EUR: 1.08, JPY: 0.0064}")).sites[SITE]
    assert [str(site.rate(code)) for code in ("USD", "EUR", "JPY")] == ["1", "1.08", "0.0064"]
    assert site.rate("GBP") is None


def test_an_automatic_campaign_needs_a_rate_for_every_other_currency() -> None:
    said = problems("{EUR: 1.08}", ALLOCATED)
    assert "campaigns/lights-on.yaml" in said
    assert "allocation.method: cannot compare gifts; add exchange_rates for JPY to site.yaml" in said
    assert "for EUR, JPY" in problems(None, ALLOCATED)


def test_with_all_rates_it_is_taken() -> None:
    assert a_catalogue(a_site_yaml(exchange_rates="{EUR: 1.08, JPY: 0.0064}"), ALLOCATED).sites[SITE]


def test_other_campaigns_need_none() -> None:
    assert a_catalogue(a_site_yaml(exchange_rates=None)).sites[SITE].exchange_rates == {}


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ("{EUR: 0}", "exchange_rates.EUR: must be above 0"),
        ("{EUR: -1}", "exchange_rates.EUR: must be between 0 and"),
        ("{EUR: a lot}", "exchange_rates.EUR: must be a number"),
        ("{EURO: 1.1}", "EURO is not a currency code"),
        ("{USD: 1}", "exchange_rates.USD: is the default currency, worth 1; delete it"),
        ("1.08", "exchange_rates: must be a group"),
    ],
)
def test_a_rate_that_cannot_be_meant_is_refused(rates: str, said: str) -> None:
    assert said in problems(rates)
