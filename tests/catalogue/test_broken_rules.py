"""Mistakes about audiences, the meter and experiments: each is told with its line and cure. `# here` marks the line."""

import pytest

from tests.builders import a_campaign_yaml, a_catalogue, a_site_yaml, variants_yaml
from tests.catalogue.test_broken_files import CAMPAIGN_FILE, SITE_FILE, assert_only, problems_in

A_LIST = "must be a list such as [one, two], or a group with include and exclude"
A_GROUP = "must be a group of indented lines, each `name: value`"
GATE = "{inline: {selector: article}, gate: {selector: article}}"
RATES = "{EUR: 1.08, JPY: 0.0064}"
WEEKLY = "{weekly: {title: The week}, sport: {title: Sport}}"


def lines(*rows: str) -> str:
    """Rows of a group, indented below its key; the last one is the wrong one."""
    return "".join(f"\n  {row}" for row in rows) + " # here"


AUDIENCES = [
    # the group itself
    (" # here", "audience", "has no value; write one or delete the line"),
    ("[sport] # here", "audience", A_GROUP),
    ("everybody # here", "audience", A_GROUP),
    (lines("section: [a]"), "audience.section", "did you mean sections?"),
    (lines("premium: true", "cuontries: [NL]"), "audience.cuontries", "did you mean countries?"),
    (lines("zzz: 1"), "audience.zzz", "choose from sections, tags, authors"),
    # names
    (lines("sections: Sport"), "audience.sections", A_LIST),
    (lines("sections: 7"), "audience.sections", A_LIST),
    (lines("sections: true"), "audience.sections", A_LIST),
    (lines("sections: []"), "audience.sections", A_LIST),
    (lines("sections: {}"), "audience.sections", A_LIST),
    (lines("sections:"), "audience.sections", "has no value"),
    (lines("sections: [2026]"), "audience.sections.0", "put it in quotes"),
    (lines("sections: ['']"), "audience.sections.0", "is empty"),
    (lines("sections: [a, ~, b]"), "audience.sections.1", "has no value"),
    (lines("sections:", "  - a", "  - [b]"), "audience.sections.1", "must be text"),
    (lines("sections:", "  include: [a]", "  exlude: [b]"), "audience.sections.exlude", "include, exclude"),
    (lines("sections:", "  include: a"), "audience.sections.include", "must be a list"),
    (lines("sections:", "  exclude:"), "audience.sections.exclude", "has no value"),
    (lines("sections:", "  include: [a]", "  exclude: []"), "audience.sections.exclude", "needs at least 1"),
    (lines("sections:", "  include:", "    - a", "    - 3"), "audience.sections.include.1", "must be text"),
    (lines(f"tags: [{'x' * 201}]"), "audience.tags.0", "at most 200 fit"),
    (lines("types: [artcle]"), "audience.types.0", "did you mean article?"),
    (lines("devices: [mobile]"), "audience.devices.0", "choose from phone, tablet, desktop"),
    (lines("devices: {exclude: [dekstop]}"), "audience.devices.exclude.0", "did you mean desktop?"),
    (lines("countries: [nl]"), "audience.countries.0", "write two capitals such as GB, DE or NL, or unknown"),
    (lines("countries: [NL, UK]"), "audience.countries.1", "UK is not a country code"),
    (lines("countries: [EU]"), "audience.countries.0", "EU is not a country code"),
    (lines("countries: [ZZ]"), "audience.countries.0", "or unknown"),
    (lines("countries: [Unknown]"), "audience.countries.0", "or unknown"),
    (lines("countries: {exclude: [419]}"), "audience.countries.exclude.0", "put it in quotes"),
    (lines("countries: ['419']"), "audience.countries.0", "419 is not a country code"),
    (lines("countries: [false]"), "audience.countries.0", "put it in quotes"),
    (lines("languages: [english]"), "audience.languages.0", "such as en, ru or pt-BR"),
    (lines("languages: [en_GB]"), "audience.languages.0", "such as en, ru or pt-BR"),
    (lines("languages: [EN]"), "audience.languages.0", "write en"),
    (lines("urls: [/privacy]"), "audience.urls.0", "would never match; write */privacy or https://"),
    (lines("urls: {exclude: [www.gazette.example]}"), "audience.urls.exclude.0", "write *www.gazette.example"),
    (lines("referrers: [search.example]"), "audience.referrers.0", "would never match; write *search.example"),
    (lines("utm: [source]"), "audience.utm", A_GROUP),
    (lines("utm: {source: mail}"), "audience.utm.source", A_LIST),
    (lines("utm: {utm_source: [mail]}"), "audience.utm.utm_source", "write source"),
    (lines("utm:", "  source: [mail]", "  medium: []"), "audience.utm.medium", A_LIST),
    (lines("attributes: {plan: basic}"), "audience.attributes.plan", A_LIST),
    (lines("attributes: {plan: [1]}"), "audience.attributes.plan.0", "put it in quotes"),
    (lines("newsletters: [Weekly]"), "audience.newsletters.0", "a-z, 0-9 and hyphens"),
    (lines("newsletters: [weekley]"), "audience.newsletters", "did you mean weekly?"),
    (lines("newsletters: {exclude: [daily]}"), "audience.newsletters", "daily is not among the newsletters of site"),
    # switches
    (lines("premium: yes"), "audience.premium", "must be true or false (got 'yes')"),
    (lines("premium: [true]"), "audience.premium", "must be true or false"),
    (lines("signed_in: unknown"), "audience.signed_in", "must be true or false (got 'unknown')"),
    (lines("supporters: all"), "audience.supporters", "choose from exclude, only, lapsed, include"),
    (lines("supporters: [only]"), "audience.supporters", "must be one of exclude, only, lapsed, include"),
    (lines("supporters: true"), "audience.supporters", "must be one of exclude, only, lapsed, include (got True)"),
    # numbers
    (lines("visits: 3"), "audience.visits", A_GROUP),
    (lines("visits: {}"), "audience.visits", "needs min, max or both"),
    (lines("visits: {min: three}"), "audience.visits.min", "must be a whole number (got 'three')"),
    (lines("visits: {min: 2.5}"), "audience.visits.min", "must be a whole number (got 2.5)"),
    (lines("visits: {min: true}"), "audience.visits.min", "must be a whole number (got True)"),
    (lines("visits: {min: -1}"), "audience.visits.min", "between 0 and"),
    (lines("visits:", "  min: 3", "  max: 2"), "audience.visits.max", "is less than min (3)"),
    (lines("visits: {min: 1, window: 3d}"), "audience.visits.window", "unknown key"),
    (lines("articles_read: {min: 3, max: 2}"), "audience.articles_read.max", "is less than min (3)"),
    (lines("articles_read: {window: 7d}"), "audience.articles_read", "needs min, max or both"),
    (lines("articles_read: {min: 201}"), "audience.articles_read.min", "between 0 and 200"),
    (lines("articles_read_today: {min: 201}"), "audience.articles_read_today.min", "between 0 and 200"),
    (lines("articles_read: {min: 1, window: 7}"), "audience.articles_read.window", "such as 12h, 7d or 4w (got 7)"),
    (lines("articles_read: {min: 1, window: month}"), "audience.articles_read.window", "such as 12h, 7d or 4w"),
    (lines("articles_read: {min: 1, window: 0d}"), "audience.articles_read.window", "must be longer than nothing"),
    (lines("articles_read: {min: 1, window: 367d}"), "audience.articles_read.window", "a year at most"),
    (lines("articles_read: {min: 1, section: a, tag: b}"), "audience.articles_read.tag", "write one of them"),
    (lines("articles_read: {min: 1, section: [a]}"), "audience.articles_read.section", "must be text"),
    (lines("articles_read: {min: 1, sections: a}"), "audience.articles_read.sections", "did you mean section?"),
    (lines("days_since_first_seen: {max: 1d}"), "audience.days_since_first_seen.max", "must be a whole number"),
]  # fmt: skip


@pytest.mark.parametrize(("audience", "path", "cure"), AUDIENCES, ids=[row[0].strip() for row in AUDIENCES])
def test_a_mistake_in_an_audience_is_told_with_its_line_and_cure(audience: str, path: str, cure: str) -> None:
    text = a_campaign_yaml(audience=audience)
    assert_only(problems_in(a_site_yaml(newsletters=WEEKLY), text), CAMPAIGN_FILE, text, path, cure)


CAMPAIGNS = [
    ({"always_ask": "yes # here"}, "always_ask", "must be true or false (got 'yes')"),
    ({"rollout": "25 # here"}, "rollout", "must be a share such as 5% or 2.5% (got 25)"),
    ({"rollout": "0.25 # here"}, "rollout", "must be a share such as 5% or 2.5% (got 0.25)"),
    ({"rollout": "-5% # here"}, "rollout", "must be a share such as 5% or 2.5% (got '-5%')"),
    ({"rollout": "101% # here"}, "rollout", "must be at most 100% (got 101%)"),
    ({"rollout": "a quarter # here"}, "rollout", "must be a share"),
    ({"allocation": "automatic # here"}, "allocation", A_GROUP),
    ({"allocation": "{floor: 10%} # here"}, "allocation.method", "is missing; add it"),
    ({"allocation": "{method: auto} # here"}, "allocation.method", "did you mean automatic?"),
    ({"allocation": "{method: automatic, floor: 51%} # here"}, "allocation.floor", "must be at most 50%"),
    ({"allocation": "{method: automatic, floor: 0.1} # here"}, "allocation.floor", "must be a share"),
    ({"allocation": "{method: automatic, minimum: 0} # here"}, "allocation.minimum", "between 1 and"),
    ({"allocation": "{method: automatic, flor: 5%} # here"}, "allocation.flor", "did you mean floor?"),
    (
        {"allocation": "{method: automatic, floor: 34%} # here", "variants": variants_yaml(a=1, b=1, c=1)},
        "allocation.floor",
        "is too much for 3 variants; 100% is all there is",
    ),
    ({"placement": "gate # here"}, "placement", "gate is not among the placements of site.yaml; add it there"),
    ({"frequency": "{max: 1, window: 0d} # here"}, "frequency.window", "must be longer than nothing"),
    ({"frequency": " # here"}, "frequency", "has no value; write one or delete the line"),
    ({"schedule": " # here"}, "schedule", "has no value; write one or delete the line"),
    ({"allocation": " # here"}, "allocation", "has no value; write one or delete the line"),
]


@pytest.mark.parametrize(("changed", "path", "cure"), CAMPAIGNS, ids=[f"{row[1]}: {row[2]}" for row in CAMPAIGNS])
def test_a_mistake_in_an_experiment_is_told_with_its_line_and_cure(
    changed: dict[str, str], path: str, cure: str
) -> None:
    text = a_campaign_yaml(**changed)
    assert_only(problems_in(a_site_yaml(exchange_rates=RATES), text), CAMPAIGN_FILE, text, path, cure)


METERS = [
    ("5 # here", "meter", A_GROUP),
    (" # here", "meter", "has no value"),
    ("{} # here", "meter.allowance", "is missing; add it"),
    (lines("allowance: five"), "meter.allowance", "must be a whole number (got 'five')"),
    (lines("allowance: -1"), "meter.allowance", "between 0 and 100 (got -1)"),
    (lines("allowance: 101"), "meter.allowance", "between 0 and 100 (got 101)"),
    (lines("allowance: 5", "period: day"), "meter.period", "must be month, week, or a length of time such as 30d"),
    (lines("allowance: 5", "period: 30"), "meter.period", "such as 30d (got 30)"),
    (lines("allowance: 5", "period: 0d"), "meter.period", "must be longer than nothing"),
    (lines("allowance: 5", "period: 400d"), "meter.period", "must be a year at most, 366d (got 400d)"),
    (lines("allowance: 5", "period: [week]"), "meter.period", "must be month, week"),
    (lines("allowance: 5", "mode: softt"), "meter.mode", "did you mean soft?"),
    (lines("allowance: 5", "later: 1"), "meter.later", "such as 12h, 7d or 4w (got 1)"),
    (lines("allowance: 5", "later: 0m"), "meter.later", "must be longer than nothing"),
    (lines("allowance: 5", "newsletter_bonus: -1"), "meter.newsletter_bonus", "between 0 and 100"),
    (lines("allowance: 5", "exempt: [opinion]"), "meter.exempt", A_GROUP),
    (lines("allowance: 5", "exempt:", "  section: [opinion]"), "meter.exempt.section", "did you mean sections?"),
    (lines("allowance: 5", "exempt:", "  sections: opinion"), "meter.exempt.sections", "must be a list"),
    (lines("allowance: 5", "exempt:", "  urls: [/about]"), "meter.exempt.urls.0", "write */about"),
    (lines("allowance: 5", "on_outage: true"), "meter.on_outage", "must be one of open, closed (got True)"),
    (lines("allowance: 5", "without_consent: close"), "meter.without_consent", "did you mean closed?"),
    (lines("allowance: 5", "markup: yes"), "meter.markup", "must be true or false"),
    (lines("allowance: 5", "alowance: 5"), "meter.alowance", "did you mean allowance?"),
]


@pytest.mark.parametrize(("meter", "path", "cure"), METERS, ids=[row[0].strip() for row in METERS])
def test_a_mistake_in_the_meter_is_told_with_its_line_and_cure(meter: str, path: str, cure: str) -> None:
    text = a_site_yaml(meter=meter, placements=GATE)
    assert_only(problems_in(text), SITE_FILE, text, path, cure)


SITES = [
    ({"meter": "{allowance: 5} # here"}, "meter", "add placements.gate with a selector"),
    ({"holdback": "5 # here"}, "holdback", "must be a share such as 5% or 2.5% (got 5)"),
    ({"holdback": "0.05 # here"}, "holdback", "must be a share such as 5% or 2.5% (got 0.05)"),
    ({"holdback": "51% # here"}, "holdback", "must be at most 50% (got 51%)"),
    ({"rest": lines("after_dismissal: []")}, "rest.after_dismissal", "needs at least 1"),
    ({"rest": lines("after_dismissal: [3d, soon]")}, "rest.after_dismissal.1", "such as 12h, 7d or 4w (got 'soon')"),
    ({"rest": lines("after_dismissal: {first: 3d}")}, "rest.after_dismissal", "such as 12h, 7d or 4w"),
    ({"snooze": "{choices: [7d], default: 7d, never: no} # here"}, "snooze.never", "true or false (got 'no')"),
    ({"frequency": "{max: 6, window: 0h} # here"}, "frequency.window", "must be longer than nothing"),
    ({"never_ask_on": "{urls: [/privacy]} # here"}, "never_ask_on.urls.0", "would never match; write */privacy"),
    ({"newsletters": "[weekly] # here"}, "newsletters", A_GROUP),
    ({"newsletters": "{weekly: The week} # here"}, "newsletters.weekly", A_GROUP),
    ({"newsletters": "{weekly: {}} # here"}, "newsletters.weekly.title", "is missing; add it"),
    ({"newsletters": "{The Week: {title: x}} # here"}, "newsletters.The Week", "a-z, 0-9 and hyphens"),
    ({"placements": "{inline: {selector: a}, gate: {}} # here"}, "placements.gate.selector", "is missing; add it"),
    (
        {"placements": "{inline: {selector: a}, gate: {selector: a, visible: -1}} # here"},
        "placements.gate.visible",
        "between 0 and 100 (got -1)",
    ),
    (
        {"placements": "{inline: {selector: a}, gate: {selector: a, position: end}} # here"},
        "placements.gate.position",
        "choose from switched_on, selector, visible",
    ),
]


@pytest.mark.parametrize(("changed", "path", "cure"), SITES, ids=[f"{row[1]}: {row[2]}" for row in SITES])
def test_a_mistake_about_gate_rest_and_holdback_is_told_with_its_line_and_cure(
    changed: dict[str, str], path: str, cure: str
) -> None:
    text = a_site_yaml(**{"placements": "{inline: {selector: article}}"} | changed)
    assert_only(problems_in(text), SITE_FILE, text, path, cure)


def test_every_mistake_in_an_audience_is_told_at_once() -> None:
    audience = "{sections: Sport, countries: [NL, UK, EU], visits: {min: 3, max: 2}, premum: true, supporters: all}"
    paths = [problem.path for problem in problems_in(campaign=a_campaign_yaml(audience=audience))]
    assert sorted(paths) == [
        "audience.countries.1", "audience.countries.2", "audience.premum", "audience.sections", "audience.supporters",
        "audience.visits.max",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "audience",
    [
        "{}", "{countries: [NO, unknown]}", "{visits: {min: 0}}", "{articles_read: {max: 0}}", "{utm: {}}",
        "{sections: {exclude: [a]}}", "{urls: ['*', 'https://www.gazette.example/a?b=[1]', 'android-app://x/*']}",
        "{languages: [en, pt-BR, zh-Hans]}", "{articles_read: {min: 200, window: 366d, tag: 'a/b'}}",
    ],
)  # fmt: skip
def test_what_is_unusual_but_right_is_taken(audience: str) -> None:
    a_catalogue(campaigns={"lights-on": a_campaign_yaml(audience=audience)})


@pytest.mark.parametrize("share", ["0%", "100%", "2.5%", "5 %", "0.01%"])
def test_a_share_may_be_written_in_the_usual_ways(share: str) -> None:
    a_catalogue(campaigns={"lights-on": a_campaign_yaml(rollout=share)})


def test_floors_may_come_to_exactly_everything() -> None:
    campaign = a_campaign_yaml(
        allocation="{method: automatic, floor: 20%}", variants=variants_yaml(a=1, b=1, c=1, d=1, e=1)
    )
    a_catalogue(a_site_yaml(exchange_rates=RATES), {"lights-on": campaign})
