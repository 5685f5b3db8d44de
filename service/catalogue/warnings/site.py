"""Warnings about what site.yaml says of the whole site."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from service.catalogue.problems import Problem
from service.catalogue.warnings.site_files import SiteFiles

_HERE = ("localhost", "127.0.0.1")


def switched_off(files: SiteFiles) -> Iterator[Problem]:
    """What is off, and the campaigns that are not shown for it."""
    if not files.site.switched_on:
        yield files.of_site(("switched_on",), "is false, so nobody is asked for anything; write true to begin again")
    for campaign in files.plan.campaigns:
        if not files.site.placements[campaign.placement].switched_on:
            told = f"is not shown: placements.{campaign.placement} of site.yaml is switched off; switch it on there"
            yield files.of_campaign(campaign, ("placement",), told)


def open_origins(files: SiteFiles) -> Iterator[Problem]:
    """Pages that are not encrypted: anybody on the way can change what they ask for, and where money goes."""
    origins = files.documents["site.yaml"].values["origins"]
    for place, origin in enumerate(origins):
        if origin.startswith("http:") and urlsplit(origin).hostname not in _HERE:
            cure = f"write https:{origin.removeprefix('http:')}"
            yield files.of_site(("origins", place), f"{origin} is not encrypted, and readers pay from there; {cure}")


def idle_currencies(files: SiteFiles) -> Iterator[Problem]:
    """A currency in which nobody is asked, and a rate for one that the site does not have."""
    site = files.site
    used = {site.default_currency, *site.currency_by_country.values()}
    for code in site.currencies:
        if code not in used and not site.currency_choice:
            cure = "name its countries in by_country, or write choice: true"
            yield files.of_site(("currencies", code), f"is never offered: no country of by_country has it; {cure}")
    for code in site.exchange_rates:
        if code not in site.currencies:
            yield files.of_site(("exchange_rates", code), "is not one of the site's currencies; delete it")
