"""Twenty currencies as a site could have them, from the least that Stripe charges to the most, in four languages."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from service.catalogue.words import load_dictionary
from service.domain.money import Interval
from service.domain.site import Site
from service.web.giving_form import form
from tests.builders import SITE, a_catalogue, a_site_yaml

LANGUAGES = ("en", "ru", "fr", "ja")

# What stands after minimum and maximum are the suggestions: once, monthly, annual.
CURRENCIES = {
    "USD": ("0.50", "999999.99", "[10, 25, 50]", "[2, 5, 10]", "[20, 50, 100]"),
    "EUR": ("0.50", "999999.99", "[10, 25, 50]", "[2.50, 5, 10]", "[20, 1200, 12000]"),
    "GBP": ("0.30", "999999.99", "[10, 20, 40]", "[2, 5, 10]", "[20, 45, 90]"),
    "CHF": ("0.50", "999999.99", "[10, 25, 50]", "[2.50, 5, 10]", "[20, 50, 100]"),
    "SEK": ("3", "999999.99", "[100, 250, 500]", "[20, 50, 100]", "[200, 500, 1000]"),
    "PLN": ("2", "999999.99", "[40, 100, 200]", "[10, 20, 40]", "[80, 1200, 12000]"),
    "CZK": ("15", "999999.99", "[200, 500, 1000]", "[50, 100, 200]", "[400, 1000, 2000]"),
    "HUF": ("175", "999999.99", "[2000, 5000, 10000]", "[500, 1500.50, 3000]", "[5000, 12000, 25000]"),
    "TWD": ("0.01", "999999.99", "[300, 800, 1500]", "[60, 150, 300]", "[600, 1500, 3000]"),
    "BRL": ("0.50", "999999.99", "[30, 60, 120]", "[10, 20, 40]", "[100, 200, 400]"),
    "COP": ("0.50", "99999999.99", "[20000, 50000, 90000]", "[5000, 12000, 20000]", "[40000, 90000, 200000]"),
    "INR": ("0.50", "9999999.99", "[500, 1000, 2000]", "[100, 250, 500]", "[1000, 100000, 200000]"),
    "IDR": ("0.50", "9999999999.99", "[50000, 100000, 250000]", "[15000, 30000, 50000]", "[150000, 1500000, 3000000]"),
    "JPY": ("50", "99999999", "[1500, 3500, 7000]", "[300, 500, 1500]", "[3000, 7000, 15000]"),
    "KRW": ("50", "99999999", "[10000, 30000, 50000]", "[3000, 5000, 10000]", "[30000, 50000, 100000]"),
    "VND": ("1", "99999999", "[100000, 250000, 500000]", "[50000, 120000, 250000]", "[500000, 1200000, 2500000]"),
    "ISK": ("1", "999999", "[1500, 3500, 7000]", "[300, 700, 1500]", "[3000, 7000, 15000]"),
    "UGX": ("1", "999999", "[15000, 40000, 90000]", "[5000, 10000, 20000]", "[50000, 100000, 200000]"),
    "KWD": ("0.01", "99999.99", "[2, 5, 10]", "[1, 2.50, 5]", "[10, 20, 50]"),
    "TND": ("0.01", "99999.99", "[10, 25, 50]", "[5, 12.50, 20]", "[50, 1200, 12000]"),
}


def _yaml() -> str:
    rows = (
        f"  {code}: {{minimum: {least}, maximum: {most}, once: {once}, monthly: {monthly}, annual: {annual}}}"
        for code, (least, most, once, monthly, annual) in CURRENCIES.items()
    )
    return "\n  default: USD\n" + "\n".join(rows)


@cache
def the_site() -> Site:
    """The site, as the loader makes it."""
    return a_catalogue(a_site_yaml(languages="[en, ru, fr, ja]", currencies=_yaml())).sites[SITE]


@cache
def a_form(currency: str, language: str) -> dict[str, Any]:
    """The form of the site, as a reader of this language gets it."""
    return form(the_site(), currency, load_dictionary().for_language(language), language)


@dataclass(frozen=True, slots=True)
class Cell:
    """One amount on one form, and how it is written there."""

    currency: str
    language: str
    interval: Interval
    minor: int
    label: str

    @property
    def line(self) -> str:
        """What the form says that it costs."""
        line: str = a_form(self.currency, self.language)["amount_labels"][self.interval]
        return line.replace("{amount}", self.label)


def cells() -> Iterator[Cell]:
    """Every suggestion, and the least and the most, of every currency, interval and language."""
    for currency in CURRENCIES:
        for language in LANGUAGES:
            said = a_form(currency, language)
            for interval in Interval:
                limits = said["limits"][interval]
                amounts = [(one["minor"], one["label"]) for one in said["amounts"][interval]]
                amounts.append((limits["minimum_minor"], limits["minimum_label"]))
                amounts.append((limits["maximum_minor"], limits["maximum_label"]))
                yield from (Cell(currency, language, interval, minor, label) for minor, label in amounts)
