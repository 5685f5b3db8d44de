"""Mistakes that staff make: each is told with file, line and the cure. `# here` marks the line that must be named."""

import pytest

from service.catalogue.problems import CatalogueError, Problem
from tests.builders import SITE, a_campaign_yaml, a_catalogue, a_copy, a_site_yaml, variants_yaml

SITE_FILE = f"config/sites/{SITE}/site.yaml"
CAMPAIGN_FILE = f"config/sites/{SITE}/campaigns/lights-on.yaml"


def problems_in(site: str | None = None, campaign: str | None = None) -> list[Problem]:
    """What is wrong with these files."""
    with pytest.raises(CatalogueError) as caught:
        a_catalogue(site, {"lights-on": campaign or a_campaign_yaml()})
    return list(caught.value.problems)


def assert_only(problems: list[Problem], file: str, text: str, path: str, cure: str) -> None:
    """One problem, in that file, on the line marked `# here`."""
    line = next(number for number, row in enumerate(text.splitlines(), 1) if "# here" in row)
    assert [(problem.file, problem.line, problem.path) for problem in problems] == [(file, line, path)]
    assert cure in problems[0].message


USD = "minimum: 2, maximum: 5000, once: [10, 25], monthly: [2, 5], annual: [20, 50]"


def amounts(old: str, new: str, code: str = "USD") -> dict[str, str]:
    """The currency with one thing written otherwise."""
    return {"currencies": currencies(code, USD.replace(old, new))}


def currencies(code: str = "USD", amounts: str = USD, more: str = "") -> str:
    return f"\n  default: {code}\n  {code}: {{{amounts}}} # here{more}"


def fees(percent: str = "1.5", fixed: str = "{USD: 0.30}") -> dict[str, str]:
    """A site with one currency, and its offer to cover the fees."""
    offer = f"{{percent: {percent}, fixed: {fixed}}} # here"
    return {"currencies": currencies().replace(" # here", ""), "cover_fees": offer}


SITES = [
    # keys
    ({"nmae": "x # here"}, "nmae", "did you mean name?"),
    ({"frequensy": "{} # here"}, "frequensy", "did you mean frequency?"),
    ({"zzz": "1 # here"}, "zzz", "choose from name, origins"),
    ({"name": " # here"}, "name", "has no value; write one or delete the line"),
    ({"name": "'  ' # here"}, "name", "is empty; write something"),
    ({"name": f"{'x' * 101} # here"}, "name", "at most 100 fit"),
    ({"name": "[a, list] # here"}, "name", "must be text"),
    # origins
    ({"origins": "[] # here"}, "origins", "needs at least 1"),
    ({"origins": "https://www.gazette.example # here"}, "origins", "must be a list, such as [one, two]"),
    ({"origins": "[https://www.gazette.example/] # here"}, "origins.0", "no path"),
    ({"origins": "[www.gazette.example] # here"}, "origins.0", "such as https://www.example.org"),
    ({"origins": "[https://www.gazette.example:443] # here"}, "origins.0", "no usual port"),
    ({"origins": "[http://www.gazette.example:80] # here"}, "origins.0", "no usual port"),
    ({"origins": "\n  - https://ok.example\n  - ftp://gazette.example # here"}, "origins.1", "must be an origin"),
    # languages, time zone
    ({"time_zone": "Europe/Amsterdm # here"}, "time_zone", "did you mean Europe/Amsterdam?"),
    ({"time_zone": "1 # here"}, "time_zone", "put it in quotes"),
    ({"languages": "[en, klingon] # here"}, "languages.1", "such as en, ru or pt-BR"),
    ({"languages": "[en, RU] # here"}, "languages.1", "write ru"),
    ({"languages": "[en, pt-br] # here"}, "languages.1", "write pt-BR"),
    # switches
    ({"switched_on": "yes # here"}, "switched_on", "must be true or false (got 'yes')"),
    ({"switched_on": "off # here"}, "switched_on", "must be true or false (got 'off')"),
    ({"switched_on": "1 # here"}, "switched_on", "must be true or false (got 1)"),
    # money
    ({"currencies": currencies(code="USDX")}, "currencies.USDX", "three capitals such as USD"),
    ({"currencies": currencies(code="DEM")}, "currencies.DEM", "is not charged by Stripe; choose another"),
    (amounts("once: [10, 25], ", ""), "currencies.USD.once", "is missing"),
    (amounts("[10, 25]", "[]"), "currencies.USD.once", "at least 1"),
    (amounts("[10, 25]", "[10, 6000]"), "currencies.USD.once.1", "between minimum and maximum (2 to 5000; got 6000)"),
    (amounts("[10, 25]", "[1.99, 25]"), "currencies.USD.once.0", "between minimum and maximum (2 to 5000; got 1.99)"),
    (amounts("[10, 25]", "[25, 10]"), "currencies.USD.once", "from small to large, each amount once; write [10, 25]"),
    (amounts("[10, 25]", "[10, 10, 12.50]"), "currencies.USD.once", "each amount once; write [10, 12.50]"),
    (amounts("minimum: 2", "minimum: 6000"), "currencies.USD.maximum", "is less than minimum (6000)"),
    (amounts("25]", "25.505]"), "currencies.USD.once.1", "has 2 decimals (got 25.505); write 25.50"),
    (amounts("25]", "$25]"), "currencies.USD.once.1", "must be a number"),
    (amounts("minimum: 2", "minimum: -2"), "currencies.USD.minimum", "between 0"),
    (amounts("minimum: 2", "minimum: .nan"), "currencies.USD.minimum", "number"),
    (amounts("maximum: 5000", "maximum: .inf"), "currencies.USD.maximum", "number"),
    (amounts("maximum: 5000", "maximum: 1000000"), "currencies.USD.maximum", "8 digits; write at most 999999.99"),
    (amounts("minimum: 2", "minimum: 0.49"), "currencies.USD.minimum", "at least 0.5"),
    (amounts("50]", "50.5]", "ISK"), "currencies.ISK.annual.1", "has 0 decimals (got 50.5); write 50"),
    (amounts("maximum: 5000", "maximum: 1000000", "ISK"), "currencies.ISK.maximum", "write at most 999999"),
    (amounts("minimum: 2", "minimum: {once: 5, monthly: 2}"), "currencies.USD.minimum.annual", "is missing; add it"),
    (amounts("minimum: 2", "minimum: {once: 5, monthly: 2, yearly: 9, annual: 9}"), "currencies.USD.minimum.yearly",
     "choose from once, monthly, annual"),
    (amounts("minimum: 2", "minimum: {once: 0.49, monthly: 2, annual: 9}"), "currencies.USD.minimum.once",
     "at least 0.50"),
    (amounts("minimum: 2", "minimum: {once: 12, monthly: 2, annual: 9}"), "currencies.USD.once.0", "(12 to 5000; got"),
    (amounts("maximum: 5000", "maximum: {once: 25, monthly: 1, annual: 99}"), "currencies.USD.maximum.monthly",
     "is less than minimum (2)"),
    (amounts("maximum: 5000", "maximum: [5000]"), "currencies.USD.maximum", "must be a number"),
    ({"currencies": currencies(code="JPY")}, "currencies.JPY.minimum", "at least 50"),
    (amounts("[2, 5]", "[2.125]", "KWD"), "currencies.KWD.monthly.0", "at most two decimals; write 2.13"),
    (amounts("um: 2", "um: 0", "KWD"), "currencies.KWD.minimum", "at least 0.01"),
    ({"currencies": currencies(code="HUF", amounts=USD)}, "currencies.HUF.minimum", "at least 175"),
    ({"currencies": currencies(more="\n  by_country: {UK: USD}").replace(" # here", "") + " # here"},
     "currencies.by_country.UK", "two capitals such as GB"),
    ({"currencies": currencies(more="\n  by_country: {GB: GPB}").replace(" # here", "") + " # here"},
     "currencies.by_country.GB", "GPB is not known here"),
    ({"currencies": currencies().replace("default: USD", "default: EUR # here").replace("} # here", "}")},
     "currencies.default", "must name one of the currencies below (USD)"),
    ({"currencies": currencies().replace("default: USD", "default: [USD] # here").replace("} # here", "}")},
     "currencies.default", "must name one of the currencies below (USD)"),
    ({"currencies": "USD # here"}, "currencies", "must be a group"),
    ({"currencies": currencies(more="\n  choice: 2").replace(" # here", "") + " # here"},
     "currencies.choice", "must be true or false (got 2)"),
    # covering the fees
    (fees(percent="1.5%"), "cover_fees.percent", "must be a number such as 1.5"),
    (fees(percent="true"), "cover_fees.percent", "must be a number such as 1.5"),
    (fees(percent="-1"), "cover_fees.percent", "between 0 and 20 (got -1)"),
    (fees(percent="20.01"), "cover_fees.percent", "between 0 and 20 (got 20.01); write 1.5 for 1.5 %"),
    (fees(percent="0.015"), "cover_fees.percent", "is only 0.015 % of a payment; write 1.5 for 1.5 %"),
    (fees(percent="1.555"), "cover_fees.percent", "at most two decimals (got 1.555); write 1.56"),
    (fees(percent="0", fixed="{USD: 0}"), "cover_fees.percent", "nothing to cover; delete cover_fees"),
    (fees(fixed="{}"), "cover_fees.fixed.USD", "is missing; add it, and write 0 where nothing is fixed"),
    (fees(fixed="{USD: 0.30, EUR: 0.25}"), "cover_fees.fixed.EUR", "is not one of the site's currencies (USD); delete"),
    (fees(fixed="{USD: 0.305}"), "cover_fees.fixed.USD", "has 2 decimals (got 0.305); write 0.30"),
    (fees(fixed="{USD: 30}"), "cover_fees.fixed.USD", "more than the smallest gift (2.00); write it in USD"),
    (fees(fixed="{USD: -1}"), "cover_fees.fixed.USD", "must be between 0"),
    (fees(fixed="0.30"), "cover_fees.fixed", "must be a group of indented lines"),
    ({"cover_fees": "{percent: 1.5} # here"}, "cover_fees.fixed", "is missing; add it"),
    ({"cover_fees": "{percent: 1.5, fixed: {USD: 0.3}, cheked: true} # here"}, "cover_fees.cheked", "mean checked?"),
    ({"cover_fees": "true # here"}, "cover_fees", "must be a group of indented lines"),
    (amounts("maximum: 5000", "maximum: 999999") | {"cover_fees": "{percent: 1.5, fixed: {USD: 0.30}}"},
     "currencies.USD.maximum", "once the fees are added; write at most 984999.69"),
    # how often
    ({"frequency": "{max: six, window: 30d} # here"}, "frequency.max", "must be a whole number (got 'six')"),
    ({"frequency": "{max: 2.5, window: 30d} # here"}, "frequency.max", "whole number (got 2.5)"),
    ({"frequency": "{max: 6} # here"}, "frequency.window", "is missing; add it"),
    ({"frequency": "{max: 6, window: 30} # here"}, "frequency.window", "such as 12h, 7d or 4w (got 30)"),
    ({"frequency": "{max: 6, window: a month} # here"}, "frequency.window", "such as 12h, 7d or 4w"),
    ({"frequency": "{max: 6, window: -3d} # here"}, "frequency.window", "such as 12h, 7d or 4w"),
    ({"frequency": "{max: 6, window: 30d, per_page: 0} # here"}, "frequency.per_page", "between 1 and 3"),
    ({"frequency": "{max: 61, window: 30d} # here"}, "frequency.max", "between 0 and 60"),
    ({"frequency": "often # here"}, "frequency", "must be a group of indented lines"),
    ({"rest": "{after_dismissal: 3days} # here"}, "rest.after_dismissal", "such as 12h, 7d or 4w"),
    ({"rest": "{after_dismissed: 3d} # here"}, "rest.after_dismissed", "did you mean after_dismissal?"),
    ({"rest": "{after_once: 367d} # here"}, "rest.after_once", "a year at most"),
    ({"snooze": "{choices: [12h], default: 7d} # here"}, "snooze.choices.0", "whole days such as 7d"),
    ({"snooze": "{choices: [7d], default: 8d} # here"}, "snooze.default", "must be one of the choices"),
    ({"snooze": "{choices: [], default: 8d} # here"}, "snooze.choices", "needs at least 1"),
    ({"snooze": "{choices: [0d], default: 7d} # here"}, "snooze.choices.0", "whole days such as 7d"),
    ({"snooze": "{choices: [7d, 99999d], default: 7d} # here"}, "snooze.choices.1", "a year at most"),
    # places
    ({"placements": "{inline: {selector: article}, sidebar: {}} # here"}, "placements.sidebar", "choose from banner"),
    ({"placements": "{inline: {position: end}} # here"}, "placements.inline.selector", "is missing; add it"),
    ({"placements": "{inline: {selector: article, position: top}} # here"}, "placements.inline.position", "end, after"),
    ({"default_interval": "yearly # here"}, "default_interval", "choose from once, monthly, annual"),
    ({"default_interval": "anual # here"}, "default_interval", "did you mean annual?"),
    ({"payment_methods": "[card, paypall] # here"}, "payment_methods.1", "did you mean paypal?"),
    ({"never_ask_on": "{section: [obituaries]} # here"}, "never_ask_on.section", "did you mean sections?"),
    ({"name": "one\nname: two # here"}, "name", "is written twice (first on line"),
    ({"name": "a: b # here"}, "", "put text that contains a colon in quotes"),
    ({"name": "\ttab # here"}, "", "no tabs"),
    ({"name": "one\nswitched_on true # here"}, "", "write a colon and a space"),
    ({"name": "one\nswitched_on:true # here"}, "", "write a colon and a space"),
    ({"name": "@gazette # here"}, "", "put the text in quotes"),
    ({"name": "*The* Gazette # here"}, "", "begins with * in quotes"),
    ({"name": "'The' Gazette # here"}, "", "put all of the text in quotes"),
    ({"name": "!important news # here"}, "name", "begins with !important"),
    ({"name": "The\x07 Gazette # here"}, "", "U+0007; delete it"),
    ({"frequency": "{max: 6, window: 30d # here"}, "", "is a } or ] missing?"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "path", "cure"), SITES, ids=[f"{row[1] or 'yaml'}: {row[2]}" for row in SITES])
def test_a_mistake_in_site_yaml_is_told_with_its_line_and_cure(lines: dict[str, str], path: str, cure: str) -> None:
    extra = {"placements": "{inline: {selector: article}}"} | lines
    text = a_site_yaml(**extra)
    assert_only(problems_in(text), SITE_FILE, text, path, cure)


def one_variant(copy: str, weight: str = "1") -> str:
    return f"{{plain: {{weight: {weight}, copy: {copy}}}}} # here"


def body(markdown: str) -> str:
    return one_variant(f"{{en: {a_copy(body=markdown)}}}")


def heading(text: str) -> str:
    return one_variant(f"{{en: {a_copy(heading=text)}}}")


def button(text: str) -> str:
    return one_variant(f"{{en: {a_copy(button=text)}}}")


AT = "variants.plain.copy.en"
CAMPAIGNS = [
    ({"kind": "donation # here"}, "kind", "contribution"),
    ({"placement": "inlne # here"}, "placement", "did you mean inline?"),
    ({"placement": "overlay # here"}, "placement", "add it there"),
    ({"priority": "high # here"}, "priority", "must be a whole number (got 'high')"),
    ({"priority": "1001 # here"}, "priority", "between -1000 and 1000"),
    ({"schedul": "{} # here"}, "schedul", "did you mean schedule?"),
    ({"schedule": "{form: 2026-07-10} # here"}, "schedule.form", "did you mean from?"),
    ({"schedule": "{from: 10 July} # here"}, "schedule.from", "such as 2026-07-10"),
    ({"schedule": "{from: 2026-02-30} # here"}, "schedule.from", "must be a date"),
    ({"schedule": "{from: 2026-07-10 25:00} # here"}, "schedule.from", "must be a date"),
    ({"schedule": "{until: 2026-07-10T18:00:00Z} # here"}, "schedule.until", "in the site's time zone"),
    ({"schedule": "{from: 2026-07-10, until: 2026-07-10} # here"}, "schedule.until", "must be later than from"),
    ({"schedule": "{until: 9999-12-31 23:59} # here"}, "schedule.until", "leave the line out"),
    ({"schedule": "{from: 0001-01-01} # here"}, "schedule.from", "leave the line out"),
    ({"frequency": "{max: 4} # here"}, "frequency.window", "is missing; add it"),
    ({"frequency": "{max: 4, window: 30d, per_page: 1} # here"}, "frequency.per_page", "unknown key"),
    ({"variants": "{} # here"}, "variants", "needs at least 1"),
    ({"variants": None, "variant": "{} # here"}, "variant", "did you mean variants?"),
    ({"variants": variants_yaml(plain=0) + " # here"}, "variants.weight", "give one variant a weight above 0"),
    ({"variants": variants_yaml(plain=-1) + " # here"}, "variants.plain.weight", "must be between 0"),
    ({"variants": variants_yaml(**{"Has Spaces": 1}) + " # here"}, "variants.Has Spaces", "a-z, 0-9 and hyphens"),
    ({"variants": one_variant("{}")}, "variants.plain.copy", "needs at least 1"),
    ({"variants": one_variant(f"{{ru: {a_copy()}}}")}, AT, "is missing; The Gazette falls back to it"),
    ({"variants": one_variant(f"{{en: {a_copy()}, de: {a_copy()}}}")}, "variants.plain.copy.de", "(en, ru)"),
    ({"variants": one_variant("{en: {heading: H, body: B}}")}, f"{AT}.button", "is missing; add it"),
    ({"variants": one_variant("{en: {heading: H, body: B, button: C, buton: D}}")}, f"{AT}.buton", "mean button?"),
    ({"variants": heading("x" * 121)}, f"{AT}.heading", "at most 120 fit"),
    ({"variants": body("Read {articles_red} articles")}, f"{AT}.body", "did you mean articles_read?"),
    ({"variants": heading("Hi {name}")}, f"{AT}.heading", "{name} is not a placeholder"),
    ({"variants": body("{articles_read: article}")}, f"{AT}.body", "needs 2 forms in en, separated by | (one | other)"),
    ({"variants": body("{articles_read: article | }")}, f"{AT}.body", "empty form"),
    ({"variants": body("Read {articles-read} articles")}, f"{AT}.body", "did you mean articles_read?"),
    ({"variants": body("Read {Site_Name}")}, f"{AT}.body", "did you mean site_name?"),
    ({"variants": heading("{1 + 1} }{ {{}}")}, f"{AT}.heading", "{1 + 1} is not a placeholder"),
    ({"variants": body("Read {} now")}, f"{AT}.body", "{} is not a placeholder"),
    ({"variants": body("Read {site_name now")}, f"{AT}.body", "such as {site_name}"),
    ({"variants": body("Read {{site_name}} now")}, f"{AT}.body", "such as {site_name}"),
    ({"variants": body("{articles_read: *one* | articles}")}, f"{AT}.body", "in one piece"),
    ({"variants": heading("Keep site_name} lit")}, f"{AT}.heading", "such as {site_name}"),
    ({"variants": button("Support {site_name}")}, f"{AT}.button", "write the words themselves"),
    ({"variants": body("# A title")}, f"{AT}.body", "headings cannot be used here"),
    ({"variants": body("![a cat](https://cats.example/cat.jpg)")}, f"{AT}.body", "pictures cannot be used here"),
    ({"variants": body("> They said")}, f"{AT}.body", "block quotes cannot be used here"),
    ({"variants": body("Use `code`")}, f"{AT}.body", "code cannot be used here"),
    ({"variants": body("one\n\n    four spaces")}, f"{AT}.body", "indented by four spaces"),
    ({"variants": body("one\n\n---\n\ntwo")}, f"{AT}.body", "rules cannot be used here"),
    ({"variants": body("[why](http://insecure.example)")}, f"{AT}.body", "must begin with https:// or mailto:"),
    ({"variants": body("[why](/about)")}, f"{AT}.body", "must begin with https:// or mailto:"),
    ({"variants": body("<ftp://a.example>")}, f"{AT}.body", "must begin with https:// or mailto:"),
    ({"variants": body("a \ue000receipt\ue001 b")}, f"{AT}.body", "cannot be shown"),
    ({"variants": button("a \ue0000\ue001")}, f"{AT}.button", "cannot be shown"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "path", "cure"), CAMPAIGNS, ids=[f"{row[1]}: {row[2]}" for row in CAMPAIGNS])
def test_a_mistake_in_a_campaign_is_told_with_its_line_and_cure(
    lines: dict[str, str | None], path: str, cure: str
) -> None:
    if lines.get("variants", "") is None:
        lines = {"kind": "contribution", "variants": variants_yaml(plain=1)} | {"variant": lines["variant"]}
    text = a_campaign_yaml(**lines)
    site = a_site_yaml(placements="{inline: {selector: article}}")
    assert_only(problems_in(site, text), CAMPAIGN_FILE, text, path, cure)
