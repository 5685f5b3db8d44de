"""What an editor is told who writes a newsletter that could not be signed up for, or shown."""

from dataclasses import replace
from pathlib import Path

import pytest

from service.catalogue.loader import Loader
from service.domain.abilities import Abilities
from service.domain.newsletter import MailProvider
from tests.builders import SITE, a_campaign_yaml, a_catalogue, a_site_yaml, staff_files
from tests.catalogue.test_broken_files import CAMPAIGN_FILE, SITE_FILE, assert_only, problems_in

IN_SITE = [
    ("{title: [a] } # here", "title", "must be text"),
    ("{title: {ru: Неделя}} # here", "title", "is missing; the site falls back to it"),
    ("{title: {en: Week, de: Woche}} # here", "title", "is not among the languages of site.yaml (en, ru)"),
    ("{title: {en: Week, xx: y}} # here", "title.xx", "is not a language we know"),
    ("{title: {}} # here", "title", "is empty"),
    ("{title: Week, frequency: 7} # here", "frequency", "must be text"),
    ("{title: Week, preview: weekly.html} # here", "preview", "must be a path such as /letters/weekly, or a whole"),
    ("{title: Week, preview: //evil.example/x} # here", "preview", "must be a path"),
    ("{title: Week, preview: 'javascript:alert(1)'} # here", "preview", "must be a path"),
    ("{title: Week, privacy: 'http://a.example/'} # here", "privacy", "must be a path"),
    ("{title: Week, provider: mailchamp} # here", "provider", "did you mean mailchimp?"),
    ("{title: Week, provider: mailchimp} # here", "list", "is missing; write the audience's id"),
    ("{title: Week, provider: brevo, list: Weekly} # here", "list", "must be the list's number"),
    ("{title: Week, provider: csv, list: x} # here", "list", "is only for mailchimp, brevo and buttondown"),
    ("{title: Week, list: x} # here", "list", "is only for mailchimp, brevo and buttondown"),
    ("{title: Week, api_key: x} # here", "api_key", "unknown key"),
]


@pytest.mark.parametrize(("group", "key", "cure"), IN_SITE, ids=[row[0] for row in IN_SITE])
def test_a_mistake_in_a_newsletter_is_told_with_its_line_and_cure(group: str, key: str, cure: str) -> None:
    text = a_site_yaml(newsletters=f"\n  weekly: {group}")
    problems = [problem for problem in problems_in(text) if problem.path.startswith("newsletters")]
    assert [(problem.file, problem.line) for problem in problems] == [
        (SITE_FILE, text[: text.index("# here")].count("\n") + 1)
    ]
    assert problems[0].path.startswith(f"newsletters.weekly.{key}")
    assert cure in problems[0].message


WITH = a_site_yaml(newsletters="{weekly: {title: Week, provider: csv}, daily: {title: Day}}")
IN_CAMPAIGN = [
    ({"newsletter": None}, "newsletter", "is missing; name one"),
    ({"newsletter": "weekley # here"}, "newsletter", "did you mean weekly?"),
    ({"newsletter": "daily # here"}, "newsletter", "has no provider, so nobody could sign up"),
    ({"newsletter": "The Week # here"}, "newsletter", "a-z, 0-9 and hyphens"),
    ({"kind": "contribution", "newsletter": "weekly # here"}, "newsletter", "is only for kind: newsletter"),
    ({"allocation": "{method: automatic} # here"}, "allocation", "a newsletter brings none"),
    ({"placement": "gate # here"}, "placement", "gates open for gifts"),
]


@pytest.mark.parametrize(("lines", "key", "cure"), IN_CAMPAIGN, ids=[f"{row[1]} {row[2]}" for row in IN_CAMPAIGN])
def test_a_mistake_in_its_campaign_is_told_with_its_line_and_cure(
    lines: dict[str, str | None], key: str, cure: str
) -> None:
    text = a_campaign_yaml(**{"kind": "newsletter", "newsletter": "weekly", **lines})
    problems = problems_in(WITH, text)
    if "# here" in text:
        assert_only([one for one in problems if cure in str(one)], CAMPAIGN_FILE, text, key, cure)
    else:
        assert [one.path for one in problems if cure in str(one)] == [key]


def test_a_newsletter_after_a_snooze_must_be_one_that_can_be_had() -> None:
    for name, cure in (("weekley", "did you mean weekly?"), ("daily", "has no provider")):
        snooze = f"{{choices: [7d], default: 7d, newsletter: {name}}}"
        site = a_site_yaml(newsletters="{weekly: {title: Week, provider: csv}, daily: {title: Day}}", snooze=snooze)
        (problem,) = problems_in(site)
        assert (problem.path, cure in problem.message) == ("snooze.newsletter", True)


def test_each_language_has_its_words_and_the_sites_privacy_is_linked() -> None:
    letters = "{weekly: {title: {en: Week, ru: Неделя}, frequency: Sundays, provider: brevo, list: '7'}}"
    site = a_catalogue(a_site_yaml(newsletters=letters, privacy="https://gazette.example/p")).sites[SITE]
    weekly = site.newsletters["weekly"]
    assert (weekly.title, weekly.frequency) == ({"en": "Week", "ru": "Неделя"}, {"en": "Sundays", "ru": "Sundays"})
    assert (weekly.provider, weekly.list, weekly.privacy) == (MailProvider.BREVO, "7", "https://gazette.example/p")
    assert replace(weekly, privacy="/privacy").privacy_address("https://a.example") == "https://a.example/privacy"


def test_where_nobody_can_be_subscribed_its_campaign_does_not_run() -> None:
    files = staff_files(WITH, {"letter": a_campaign_yaml(kind="newsletter", newsletter="weekly")})
    raw = {f"config/{name}": text.encode() for name, text in files.items()}
    for providers, runs in (
        (None, True), ({SITE: frozenset({MailProvider.CSV})}, True), ({SITE: frozenset({MailProvider.BREVO})}, False),
        ({"other": frozenset({MailProvider.CSV})}, False), ({}, False),
    ):  # fmt: skip
        catalogue = Loader(Path("config"), abilities=Abilities(providers=providers)).build(raw)
        assert bool(catalogue.plans[SITE].campaigns) is runs
