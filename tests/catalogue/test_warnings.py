"""What staff wrote by the rules and hardly meant is told, at its place and with the cure; what is right is not."""

from collections.abc import Mapping

import pytest

from service.catalogue.loader import Catalogue
from service.catalogue.problems import Level
from service.catalogue.warnings import WARNINGS, warnings_of
from service.catalogue.warnings.site_files import SiteFiles
from tests.builders import NOW, SITE, a_campaign_yaml, a_catalogue, a_copy, a_site_yaml, variants_yaml

Lines = Mapping[str, str | None]
Told = tuple[str, str, str]

PLACEMENTS = "{inline: {selector: article}, banner: {edge: top}, overlay: {}, gate: {selector: article}}"
METER = {"meter": "{allowance: 5}"}


def catalogue_of(site: Lines, campaigns: Mapping[str, Lines]) -> Catalogue:
    files = {name: a_campaign_yaml(**lines) for name, lines in campaigns.items()}
    return a_catalogue(a_site_yaml(**{"languages": "[en]", "placements": PLACEMENTS} | dict(site)), files)


def told_of(site: Lines, campaigns: Mapping[str, Lines]) -> list[Told]:
    """File, path and message of every warning about them."""
    found = warnings_of(catalogue_of(site, campaigns), NOW)
    assert {one.level for one in found} <= {Level.WARNING}
    return [(one.file.rpartition("/")[2].removesuffix(".yaml"), one.path, one.message) for one in found]


def words(body: str = "Please", heading: str = "Help", button: str = "Go") -> str:
    return f"{{plain: {{copy: {{en: {a_copy(heading, body, button)}}}}}}}"


def two_currencies(more: str = "") -> str:
    amounts = "{minimum: 1, maximum: 9, once: [5], monthly: [5], annual: [5]}"
    return f"\n  default: USD\n  {more}\n  USD: {amounts}\n  EUR: {amounts}"


def two_variants(weight: int = 1) -> str:
    return f"{{plain: {{copy: {{en: {a_copy()}}}}}, other: {{weight: {weight}, copy: {{en: {a_copy('Else')}}}}}}}"


LETTERS = {"newsletters": "{weekly: {title: Week, provider: csv}, daily: {title: Day, provider: csv}}"}
WEEKLY = {"kind": "newsletter", "newsletter": "weekly"}
FIRST: Lines = {"priority": "20"}
SECOND: Lines = {"priority": "10"}

STRANGE: list[tuple[Lines, Mapping[str, Lines], str, str, str]] = [
    # schedules
    ({}, {"a": {"schedule": "{until: 2026-11-01 18:00}"}}, "a", "schedule.until", "is over since 2026-11-01 18:00"),
    ({}, {"a": FIRST, "b": SECOND}, "b", "priority", "is never shown: a (priority 20) goes first"),
    (LETTERS, {"a": {**FIRST, **WEEKLY}, "b": WEEKLY}, "b", "priority", "is never shown: a (priority 20)"),
    ({}, {"a": {}, "b": {}}, "b", "priority", "is never shown: a (priority 10) goes first"),
    ({}, {"a": {**FIRST, "always_ask": "true"}, "b": {**SECOND, "frequency": "{max: 1, window: 30d}"}}, "b", "priority",
     "is never shown"),
    ({}, {"a": {**FIRST, "audience": "{countries: [NL]}"}, "b": {"audience": "{countries: [NL], premium: true}"}}, "b",
     "priority", "is never shown"),
    ({}, {"a": {**FIRST, "schedule": "{until: 2027-02-01}"}, "b": {**FIRST, "schedule": "{from: 2027-01-01}"},
          "c": SECOND}, "c", "priority", "is never shown: a (priority 20) and b (priority 20) goes first"),
    (METER, {"a": {**FIRST, "placement": "gate"}, "b": {**SECOND, "placement": "gate"}}, "b", "priority", "is never"),
    # caps
    ({}, {"a": {"frequency": "{max: 6, window: 30d}"}}, "a", "frequency", "the site's own cap (6 within 30d)"),
    ({}, {"a": {"frequency": "{max: 9, window: 7d}"}}, "a", "frequency", "makes no difference"),
    ({}, {"a": {"frequency": "{max: 1, window: 7d}", "always_ask": "true"}}, "a", "frequency", "always_ask lifts it"),
    (METER, {"a": {"frequency": "{max: 1, window: 7d}", "placement": "gate"}}, "a", "frequency", "a gate obeys the"),
    ({}, {"a": {"frequency": "{max: 0, window: 7d}"}}, "a", "frequency.max", "is 0, so nobody is asked"),
    ({}, {"a": {"frequency": "{max: 4, window: 2d, min_gap: 24h}"}}, "a", "frequency.max", "only 2 fit into 2d"),
    ({"frequency": "{max: 0, window: 7d}"}, {"a": {}}, "site", "frequency.max", "is 0, so nobody is asked"),
    ({"retention": "{readers: 90d}"}, {"a": {"frequency": "{max: 1, window: 120d}"}}, "a", "frequency.window",
     "is longer than readers are remembered (90d)"),
    ({}, {"a": {"rollout": "0%"}}, "a", "rollout", "is 0%, so nobody meets it"),
    # audiences
    ({}, {"a": {"audience": "{sections: {include: [Sport], exclude: [sport, World]}}"}}, "a",
     "audience.sections.include", "which wins, so nobody"),
    ({}, {"a": {"audience": "{urls: {include: ['*/a/*'], exclude: ['*/a/*']}}"}}, "a", "audience.urls.include", "wins"),
    ({}, {"a": {"audience": "{utm: {source: {include: [mail], exclude: [mail]}}}"}}, "a", "audience.utm.source.include",
     "nobody is in"),
    ({}, {"a": {"audience": "{visits: {max: 0}}"}}, "a", "audience.visits.max", "the visit itself counts"),
    ({}, {"a": {"audience": "{types: [article], articles_read: {max: 0}}"}}, "a",
     "audience.articles_read.max", "counts"),
    ({}, {"a": {"audience": "{types: [article], articles_read_today: {max: 0}}"}}, "a",
     "audience.articles_read_today.max", "counts"),
    ({"never_ask_on": "{sections: [Obituaries]}"}, {"a": {"audience": "{sections: [obituaries]}"}}, "a",
     "audience.sections", "never_ask_on.sections of site.yaml"),
    ({}, {"a": {"placement": "gate"}}, "a", "placement", "site.yaml has no meter"),
    (METER, {"a": {"placement": "gate", "audience": "{supporters: only}"}}, "a", "audience.supporters",
     "pass every gate"),
    (METER, {"a": {"placement": "gate", "audience": "{types: [home]}"}}, "a", "audience.types", "only articles are"),
    # variants
    ({}, {"a": {"variants": two_variants(weight=0)}},
     "a", "variants.other.weight", "it can never win"),
    ({}, {"a": {"variants": variants_yaml(plain=1, other=1)}}, "a", "variants.other", "the same words as plain"),
    ({"exchange_rates": "{EUR: 1.1, JPY: 0.007}"}, {"a": {"allocation": "{method: automatic}"}}, "a", "allocation",
     "only one variant"),
    # copy
    ({"languages": "[en, ru, de]"}, {"a": {}}, "a", "variants.plain.copy", "has no words in ru, de"),
    ({}, {"a": {"placement": "banner", "variants": words(body="a" * 241)}}, "a",
     "variants.plain.copy.en.body", "240 fit"),
    ({}, {"a": {"variants": words(heading="a" * 91)}}, "a", "variants.plain.copy.en.heading", "91 characters long"),
    ({}, {"a": {"variants": words(button="a" * 25)}}, "a", "variants.plain.copy.en.button", "some 24 fit"),
    ({}, {"a": {"image": '{src: https://pictures.example/a.png, width: 9, height: 9, alt: ""}'}}, "a", "image.src",
     "pictures.example is not yours"),
    # the site
    ({"theme": "{light_colours: {text: '#ffffff'}}"}, {"a": {}}, "site", "theme.light_colours.text", "contrast of 1.0"),
    ({"switched_on": "false"}, {"a": {}}, "site", "switched_on", "nobody is asked"),
    ({"placements": "{inline: {selector: article, switched_on: false}}"}, {"a": {}}, "a", "placement", "is not shown"),
    ({"origins": "[https://a.example, http://b.example]"}, {"a": {}}, "site", "origins.1", "write https://b.example"),
    ({"currencies": two_currencies()}, {"a": {}}, "site", "currencies.EUR", "name its countries in by_country"),
    ({"exchange_rates": "{CHF: 1.2}"}, {"a": {}}, "site", "exchange_rates.CHF", "is not one of the site's currencies"),
]  # fmt: skip


@pytest.mark.parametrize(("site", "campaigns", "file", "path", "message"), STRANGE, ids=lambda value: str(value)[:50])
def test_what_is_strange_is_told_once(
    site: Lines, campaigns: Mapping[str, Lines], file: str, path: str, message: str
) -> None:
    told = told_of(site, campaigns)
    assert [row[:2] for row in told] == [(file, path)], told
    assert message in told[0][2]


RIGHT: list[tuple[Lines, Mapping[str, Lines]]] = [
    ({}, {"a": {}}),
    ({}, {"a": {"schedule": "{until: 2026-11-22 13:01}"}}),  # NOW is 13:00 there
    ({}, {"a": {**FIRST, "frequency": "{max: 5, window: 30d}"}, "b": SECOND}),
    ({}, {"a": {**FIRST, "rollout": "99%"}, "b": SECOND}),
    ({}, {"a": {**FIRST, "audience": "{countries: [NL]}"}, "b": SECOND}),
    ({}, {"a": {**FIRST, "audience": "{supporters: lapsed}"}, "b": SECOND}),
    ({}, {"a": {**FIRST, "placement": "banner"}, "b": SECOND}),
    (LETTERS, {"a": {**FIRST, **WEEKLY}, "b": SECOND}),
    (LETTERS, {"a": {**FIRST, **WEEKLY}, "b": {**WEEKLY, "newsletter": "daily"}}),
    ({}, {"a": {**FIRST, "kind": "card_update"}, "b": SECOND}),
    ({}, {"a": FIRST, "b": {**SECOND, "always_ask": "true"}}),
    ({}, {"a": {**FIRST, "schedule": "{until: 2027-02-01}"}, "b": SECOND}),
    ({}, {"a": {**FIRST, "schedule": "{until: 2027-01-01}"}, "b": {**FIRST, "schedule": "{from: 2027-01-02}"},
          "c": SECOND}),
    ({}, {"a": {**FIRST, "schedule": "{from: 2027-01-01}"}, "b": {**SECOND, "schedule": "{until: 2027-01-02}"}}),
    ({}, {"a": {"frequency": "{max: 6, window: 31d}"}}),
    ({}, {"a": {"frequency": "{max: 6, window: 30d, min_gap: 1h}"}}),
    ({}, {"a": {"frequency": "{max: 2, window: 2d, min_gap: 24h}"}}),
    ({}, {"a": {"audience": "{sections: {include: [a, b], exclude: [a]}, visits: {max: 1}, articles_read: {max: 0}}"}}),
    ({}, {"a": {"audience": "{types: [article], articles_read: {max: 0, section: sport}}"}}),
    ({"never_ask_on": "{sections: [a]}"}, {"a": {"audience": "{sections: [a, b]}"}}),
    (METER, {"a": {"placement": "gate", "audience": "{supporters: lapsed, types: [article, home]}"}}),
    ({}, {"a": {"placement": "banner", "variants": words(body="a" * 240, heading="b" * 60, button="c" * 24)}}),
    ({"origins": "[http://localhost:8001]"}, {"a": {}}),
    ({"currencies": two_currencies("choice: true")}, {"a": {}}),
    ({"currencies": two_currencies("by_country: {DE: EUR}")}, {"a": {}}),
]  # fmt: skip


@pytest.mark.parametrize(("site", "campaigns"), RIGHT, ids=lambda value: str(value)[:60])
def test_what_is_right_is_not_told(site: Lines, campaigns: Mapping[str, Lines]) -> None:
    assert told_of(site, campaigns) == []


def test_every_warning_has_been_seen_to_warn() -> None:
    catalogues = [catalogue_of(site, campaigns) for site, campaigns, *_ in STRANGE]
    sites = [SiteFiles(one.sites[SITE], one.plans[SITE], one.documents[SITE], NOW) for one in catalogues]
    assert [warn.__name__ for warn in WARNINGS if not any(list(warn(site)) for site in sites)] == []
