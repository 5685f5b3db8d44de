"""Each line of `audience`, from the YAML an editor writes: include, exclude, what is not known, every boundary."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.domain.reader import GiftState, Visit, topic_key
from tests.builders import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    ORIGIN,
    SECOND,
    SHOWN,
    a_campaign_yaml,
    a_catalogue,
    a_page,
    a_reader,
    a_site_yaml,
    outcome,
)

OTHERS = "not_in_audience"
NEWSLETTERS = "{weekly: {title: The week}, sport: {title: Sport}}"


def asked(audience: str, *, time_zone: str = "Europe/Amsterdam", **given: Any) -> bool:
    """True when a campaign for this audience asks."""
    site = a_site_yaml(newsletters=NEWSLETTERS, time_zone=time_zone)
    decided = outcome(a_catalogue(site, {"lights-on": a_campaign_yaml(audience=audience)}), **given)
    assert decided in (SHOWN, OTHERS, "supporter")
    return decided == SHOWN


# For each field: a fact that the lists below name, one that they do not, and nothing known. NAMES has the first.
FACTS: Mapping[str, tuple[str, Any, Any, Any]] = {
    "sections": ("[Sport]", {"page": a_page(section="sport")}, {"page": a_page(section="World")}, {"page": a_page()}),
    "tags": ("[Floods]", {"page": a_page(tags=("a", "FLOODS"))}, {"page": a_page(tags=("a",))}, {"page": a_page()}),
    "authors": (
        "[Ada Writer]",
        {"page": a_page(authors=("Bob", "ADA writer"))},
        {"page": a_page(authors=("Ada",))},
        {"page": a_page()},
    ),
    "languages": (
        "[nl]",
        {"page": a_page(language="NL")},
        {"page": a_page(language="en")},
        {"page": a_page(language="")},
    ),
    "types": ("[section]", {"page": a_page(type="section")}, {"page": a_page(type="home")}, {"page": a_page(type="")}),
    "countries": (
        "[NL]",
        {"visit": Visit(country="NL")},
        {"visit": Visit(country="DE")},
        {"visit": Visit(country=None)},
    ),
    "devices": ("[phone]", {"visit": Visit(device="phone")}, {"visit": Visit(device="tablet")}, {"visit": Visit()}),
    "referrers": (
        "['*.search.example/*']",
        {"visit": Visit(referrer="https://www.search.example/")},
        {"visit": Visit(referrer="https://search.example/")},
        {"visit": Visit(referrer="")},
    ),
    "urls": (
        "['*/world/*']",
        {"page": a_page(f"{ORIGIN}/world/a")},
        {"page": a_page(f"{ORIGIN}/worlds/a")},
        {"page": a_page(f"{ORIGIN}/")},
    ),
    "newsletters": (
        "[weekly]",
        {"visit": Visit(newsletters=frozenset({"weekly"}))},
        {"visit": Visit(newsletters=frozenset({"sport"}))},
        {"visit": Visit()},
    ),
}
FIELDS = pytest.mark.parametrize(
    ("names", "named", "another", "unknown"),
    [
        *((f"{name}: {facts[0]}", *facts[1:]) for name, facts in FACTS.items()),
        *(
            (f"{group}: {{plan: [Basic]}}", *({"visit": Visit(**{group: known})} for known in values))
            for group in ("utm", "attributes")
            for values in [({"plan": "BASIC"}, {"plan": "pro"}, {"other": "basic"})]
        ),
    ],
    ids=[*FACTS, "utm", "attributes"],
)


def _with(names: str, template: str) -> str:
    """The audience with the field's list put into `template`."""
    key, _, value = names.partition(": ")
    if value.startswith("{"):
        inner, _, listed = value.strip("{}").partition(": ")
        return f"{{{key}: {{{inner}: {template.replace('LIST', listed)}}}}}"
    return f"{{{key}: {template.replace('LIST', value)}}}"


@FIELDS
@pytest.mark.parametrize("template", ["LIST", "{include: LIST}"])
def test_what_is_included_is_asked_and_nobody_else(
    names: str, named: dict[str, Any], another: dict[str, Any], unknown: dict[str, Any], template: str
) -> None:
    audience = _with(names, template)
    assert [asked(audience, **given) for given in (named, another, unknown)] == [True, False, False]


@FIELDS
def test_what_is_excluded_is_left_in_peace_and_what_is_not_known_is_not_excluded(
    names: str, named: dict[str, Any], another: dict[str, Any], unknown: dict[str, Any]
) -> None:
    audience = _with(names, "{exclude: LIST}")
    assert [asked(audience, **given) for given in (named, another, unknown)] == [False, True, True]


@FIELDS
def test_exclude_wins_over_include(
    names: str, named: dict[str, Any], another: dict[str, Any], unknown: dict[str, Any]
) -> None:
    audience = _with(names, "{include: LIST, exclude: LIST}")
    assert [asked(audience, **given) for given in (named, another, unknown)] == [False, False, False]


def test_one_match_is_enough_to_be_in_and_one_is_enough_to_be_out() -> None:
    audience = "{tags: {include: [a, b], exclude: [c]}}"
    assert asked(audience, page=a_page(tags=("b", "d")))
    assert not asked(audience, page=a_page(tags=("a", "b", "c")))


def test_every_line_must_hold() -> None:
    audience = "{sections: [Sport], devices: [phone]}"
    assert asked(audience, page=a_page(section="Sport"), visit=Visit(device="phone"))
    assert not asked(audience, page=a_page(section="Sport"), visit=Visit(device="desktop"))
    assert not asked(audience, page=a_page(section="World"), visit=Visit(device="phone"))


def test_names_are_whole_names() -> None:
    assert not asked("{sections: [Sport]}", page=a_page(section="Sports"))
    assert not asked("{tags: [flood]}", page=a_page(tags=("floods",)))


def test_capitals_do_not_matter_in_any_alphabet() -> None:
    assert asked("{sections: [ŠPORT, Спорт, Straße]}", page=a_page(section="спорт"))
    assert asked("{sections: [Straße]}", page=a_page(section="STRASSE"))


# Addresses


@pytest.mark.parametrize(
    ("pattern", "address", "expected"),
    [
        (f"{ORIGIN}/a", f"{ORIGIN}/a", True),
        (f"{ORIGIN}/a", f"{ORIGIN}/a/b", False),
        (f"{ORIGIN}/a*", f"{ORIGIN}/a", True),
        (f"{ORIGIN}/a*", f"{ORIGIN}/a/b?c=d", True),
        ("*", f"{ORIGIN}/", True),
        ("*/a**b", f"{ORIGIN}/ab", True),
        ("*/a/*/b", f"{ORIGIN}/a/x/y/b", True),
        ("*/a/*/b", f"{ORIGIN}/a/b", False),
        ("*ab*ab", f"{ORIGIN}/abab", True),
        ("*ab*ab", f"{ORIGIN}/abb", False),
        # Only the star means more than itself.
        ("*/a?b=1", f"{ORIGIN}/a?b=1", True),
        ("*/a?b=1", f"{ORIGIN}/axb=1", False),
        ("*/a?f[x]=1", f"{ORIGIN}/a?f[x]=1", True),
        ("*/a?f[x]=1", f"{ORIGIN}/a?fx=1", False),
        ("*/a.b+(c)|d^$", f"{ORIGIN}/a.b+(c)|d^$", True),
        ("*/a.b", f"{ORIGIN}/axb", False),
        ("*/A", f"{ORIGIN}/a", False),
    ],
)
def test_a_star_in_an_address_stands_for_anything_and_nothing_else_does(
    pattern: str, address: str, *, expected: bool
) -> None:
    assert asked(f'{{urls: ["{pattern}"]}}', page=a_page(address)) is expected
    assert asked(f'{{referrers: ["{pattern}"]}}', visit=Visit(referrer=address)) is expected


def test_a_hostile_address_costs_no_time() -> None:
    """A pattern that could go back and try again would need years for this one."""
    audience = f"{{urls: ['{'*a' * 30}*b', '{'*a*aa' * 10}c']}}"
    assert not asked(audience, page=a_page(f"{ORIGIN}/{'a' * 1900}"))


# Languages


@pytest.mark.parametrize(
    ("wanted", "language", "expected"),
    [
        ("en", "en-GB", True),
        ("en", "EN_gb", True),
        ("en", "eng", False),
        ("en-GB", "en-GB", True),
        ("en-GB", "en", False),
        ("en-GB", "en-US", False),
        ("pt-BR", "pt-br", True),
        ("pt-BR", "pt", False),
        ("pt", "pt-BR", True),
        ("zh-Hans", "zh-Hans-CN", True),
        ("zh-Hans", "zh-Hant-TW", False),
        ("zh", "zh-Hant-TW", True),
        ("en", "", False),
        ("en", "-", False),
    ],
)
def test_a_language_is_also_its_kinds(wanted: str, language: str, *, expected: bool) -> None:
    page = a_page(language=language)
    assert asked(f"{{languages: [{wanted}]}}", page=page) is expected
    assert asked(f"{{languages: {{exclude: [{wanted}]}}}}", page=page) is not expected


# Countries: unknown is a case that staff can state.


@pytest.mark.parametrize(
    ("audience", "nl", "norway", "unknown"),
    [
        ("{countries: [NL, unknown]}", True, False, True),
        ("{countries: [unknown]}", False, False, True),
        ("{countries: {exclude: [unknown]}}", True, True, False),
        ("{countries: {exclude: [NO]}}", True, False, True),
        ("{countries: [NO]}", False, True, False),
    ],
)
def test_readers_of_no_known_country_are_unknown(audience: str, *, nl: bool, norway: bool, unknown: bool) -> None:
    visits = [Visit(country=country) for country in ("NL", "NO", None)]
    assert [asked(audience, visit=visit) for visit in visits] == [nl, norway, unknown]


# Switches


@pytest.mark.parametrize(("wanted", "expected"), [("true", [True, False]), ("false", [False, True])])
def test_premium_chooses_articles(wanted: str, expected: list[bool]) -> None:
    assert [asked(f"{{premium: {wanted}}}", page=a_page(premium=premium)) for premium in (True, False)] == expected


@pytest.mark.parametrize(("wanted", "expected"), [("true", [True, False, False]), ("false", [False, True, False])])
def test_where_the_page_does_not_say_a_reader_is_neither_signed_in_nor_out(wanted: str, expected: list[bool]) -> None:
    visits = [Visit(signed_in=signed_in) for signed_in in (True, False, None)]
    assert [asked(f"{{signed_in: {wanted}}}", visit=visit) for visit in visits] == expected


# Newsletters: as the page says, and as we remember.


def test_a_newsletter_that_we_remember_is_as_good_as_one_that_the_page_names() -> None:
    assert asked("{newsletters: [weekly]}", reader=a_reader(newsletters=["weekly"]))
    assert not asked("{newsletters: [weekly]}", reader=a_reader(newsletters=["sport"]))
    assert not asked("{newsletters: {exclude: [weekly]}}", reader=a_reader(newsletters=["weekly"]))
    visit = Visit(newsletters=frozenset({"sport"}))
    assert not asked("{newsletters: {exclude: [weekly]}}", reader=a_reader(newsletters=["weekly"]), visit=visit)


# Numbers: both limits are allowed, and zero is a number.


RANGES = [
    ("{min: 3}", [(2, False), (3, True), (4, True)]),
    ("{max: 3}", [(2, True), (3, True), (4, False)]),
    ("{min: 2, max: 3}", [(1, False), (2, True), (3, True), (4, False)]),
    ("{min: 3, max: 3}", [(2, False), (3, True), (4, False)]),
    ("{max: 0}", [(0, True), (1, False)]),
    ("{min: 0}", [(0, True), (1, True)]),
    ("{min: 1}", [(0, False), (1, True)]),
]
READ = {
    "articles_read": lambda count: a_reader(read_at=[NOW - HOUR] * count),
    "articles_read_today": lambda count: a_reader(read_at=[NOW - HOUR] * count),
    "visits": lambda count: a_reader(visits=count),
    "days_since_first_seen": lambda count: a_reader(first_seen=NOW - count * DAY),
}


@pytest.mark.parametrize("field", READ)
@pytest.mark.parametrize(("limits", "cases"), RANGES, ids=[limits for limits, _ in RANGES])
def test_a_range_admits_both_its_limits(field: str, limits: str, cases: list[tuple[int, bool]]) -> None:
    audience = f"{{{field}: {limits}}}"
    assert [(count, asked(audience, reader=READ[field](count))) for count, _ in cases] == cases


@pytest.mark.parametrize(
    ("since", "expected"), [(2 * DAY - SECOND, False), (2 * DAY, True), (2 * DAY + SECOND, True)]
)
def test_a_day_since_first_seen_is_24_hours(since: timedelta, *, expected: bool) -> None:
    reader = a_reader(first_seen=NOW - since)
    assert asked("{days_since_first_seen: {min: 2}}", reader=reader) is expected
    assert asked("{days_since_first_seen: {max: 1}}", reader=reader) is not expected


# Articles read, within a half-open window and about a topic.


@pytest.mark.parametrize(
    ("window", "span"),
    [("", 30 * DAY), (", window: 7d", 7 * DAY), (", window: 12h", 12 * HOUR), (", window: 1m", MINUTE)],
)
@pytest.mark.parametrize(("off", "expected"), [(-SECOND, True), (0 * SECOND, False), (SECOND, False)])
def test_an_article_leaves_the_window_exactly_one_window_later(
    window: str, span: timedelta, off: timedelta, *, expected: bool
) -> None:
    reader = a_reader(read_at=[NOW - span - off, NOW])
    assert asked(f"{{articles_read: {{min: 2{window}}}}}", reader=reader) is expected
    assert asked(f"{{articles_read: {{max: 1{window}}}}}", reader=reader) is not expected


@pytest.mark.parametrize(("kind", "name"), [("section", "Sport"), ("tag", "Floods")])
@pytest.mark.parametrize(("count", "expected"), [(1, False), (2, True), (3, True)])
def test_articles_may_be_counted_within_one_section_or_tag(kind: str, name: str, count: int, *, expected: bool) -> None:
    reader = a_reader(read_at=[NOW - HOUR] * 5, about={topic_key(kind, name.upper()): count})
    assert asked(f"{{articles_read: {{min: 2, {kind}: {name}}}}}", reader=reader) is expected


def test_a_section_and_a_tag_of_one_name_are_two_topics() -> None:
    reader = a_reader(read_at=[NOW - HOUR] * 5, about={topic_key("section", "Sport"): 5})
    assert not asked("{articles_read: {min: 1, tag: Sport}}", reader=reader)


def test_an_article_about_the_topic_leaves_the_window_like_any_other() -> None:
    about = {topic_key("section", "Sport"): 1}
    for off, expected in ((-SECOND, True), (0 * SECOND, False)):
        reader = a_reader(read_at=[NOW - 7 * DAY - off, NOW], about=about)
        assert asked("{articles_read: {min: 1, window: 7d, section: Sport}}", reader=reader) is expected


# Today is a day in the site's time zone, 23 or 25 hours long where clocks change.


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("zone", "now", "midnight"),
    [
        ("Europe/Amsterdam", utc(2026, 11, 22, 12), utc(2026, 11, 21, 23)),
        ("Europe/Amsterdam", utc(2026, 11, 21, 23), utc(2026, 11, 21, 23)),
        ("Europe/Amsterdam", utc(2026, 11, 21, 22, 59, 59), utc(2026, 11, 20, 23)),
        ("Europe/Amsterdam", utc(2026, 7, 1, 12), utc(2026, 6, 30, 22)),
        # 29 March 2026 has 23 hours, 25 October 25.
        ("Europe/Amsterdam", utc(2026, 3, 29, 21, 59, 59), utc(2026, 3, 28, 23)),
        ("Europe/Amsterdam", utc(2026, 3, 29, 22), utc(2026, 3, 29, 22)),
        ("Europe/Amsterdam", utc(2026, 10, 25, 22, 59, 59), utc(2026, 10, 24, 22)),
        ("Europe/Amsterdam", utc(2026, 10, 25, 23), utc(2026, 10, 25, 23)),
        # Half an hour, and three quarters of one, off the full hour.
        ("Asia/Kolkata", utc(2026, 11, 22, 18, 29, 59), utc(2026, 11, 21, 18, 30)),
        ("Asia/Kolkata", utc(2026, 11, 22, 18, 30), utc(2026, 11, 22, 18, 30)),
        ("Asia/Kathmandu", utc(2026, 11, 22, 18, 14, 59), utc(2026, 11, 21, 18, 15)),
        ("Asia/Kathmandu", utc(2026, 11, 22, 18, 15), utc(2026, 11, 22, 18, 15)),
        # The southern summer begins on 4 October 2026 and ends on 5 April.
        ("Australia/Sydney", utc(2026, 10, 4, 12, 59, 59), utc(2026, 10, 3, 14)),
        ("Australia/Sydney", utc(2026, 10, 4, 13), utc(2026, 10, 4, 13)),
        ("Australia/Sydney", utc(2026, 4, 5, 13, 59, 59), utc(2026, 4, 4, 13)),
        # Clocks that change at midnight: 6 September 2026 begins at 01:00 in Santiago.
        ("America/Santiago", utc(2026, 9, 6, 12), utc(2026, 9, 6, 4)),
        ("America/Santiago", utc(2026, 9, 6, 3, 59, 59), utc(2026, 9, 5, 4)),
    ],
)
def test_today_begins_at_midnight_in_the_sites_time_zone(zone: str, now: datetime, midnight: datetime) -> None:
    for at, expected in ((midnight - SECOND, False), (midnight, True), (midnight + SECOND, True)):
        reader = a_reader(read_at=[at])
        assert asked("{articles_read_today: {min: 1}}", reader=reader, now=now, time_zone=zone) is expected


# Supporters: which cohorts a campaign is for.

GIVEN = {
    "never gave": ([], "stranger"),
    "a payment that failed": ([(GiftState.VOID, NOW - DAY)], "stranger"),
    "a payment on its way": ([(GiftState.PENDING, NOW - 14 * DAY + SECOND)], "supporter"),
    "a payment that never came": ([(GiftState.PENDING, NOW - 14 * DAY)], "stranger"),
    "gave once, just before the rest ends": ([(GiftState.ONCE, NOW - 90 * DAY + SECOND)], "supporter"),
    "gave once, exactly one rest ago": ([(GiftState.ONCE, NOW - 90 * DAY)], "lapsed"),
    "gave once, long ago": ([(GiftState.ONCE, NOW - 90 * DAY - SECOND)], "lapsed"),
    "gives every month": ([(GiftState.RECURRING, NOW - 900 * DAY)], "supporter"),
    "whose last renewal failed": ([(GiftState.PAST_DUE, NOW - 900 * DAY)], "past_due"),
    "stopped, just before the rest ends": ([(GiftState.ENDED, NOW - 30 * DAY + SECOND)], "supporter"),
    "stopped, exactly one rest ago": ([(GiftState.ENDED, NOW - 30 * DAY)], "lapsed"),
    "stopped, and gives again": ([(GiftState.ENDED, NOW - 400 * DAY), (GiftState.RECURRING, NOW)], "supporter"),
    "gave once long ago, and a failed payment": ([(GiftState.ONCE, NOW - 99 * DAY), (GiftState.VOID, NOW)], "lapsed"),
}
FOR = {
    "{}": {"stranger", "lapsed"},
    "{supporters: exclude}": {"stranger", "lapsed"},
    "{supporters: only}": {"supporter"},
    "{supporters: lapsed}": {"lapsed"},
    "{supporters: include}": {"stranger", "lapsed", "supporter"},
}


@pytest.mark.parametrize("audience", FOR)
@pytest.mark.parametrize(("gifts", "cohort"), GIVEN.values(), ids=GIVEN)
def test_a_campaign_is_for_those_who_have_given_as_it_says(audience: str, gifts: Any, cohort: str) -> None:
    assert asked(audience, reader=a_reader(gifts=gifts)) is (cohort in FOR[audience])


@pytest.mark.parametrize("audience", ["{supporters: only}", "{supporters: lapsed}"])
def test_a_stranger_is_not_told_to_be_a_supporter(audience: str) -> None:
    catalogue = a_catalogue(campaigns={"lights-on": a_campaign_yaml(audience=audience)})
    assert outcome(catalogue) == OTHERS


def test_a_supporter_is_one_whatever_campaigns_there_are() -> None:
    campaigns = {
        "lights-on": a_campaign_yaml(priority="20"),
        "thanks": a_campaign_yaml(priority="10", audience="{supporters: only, sections: [Sport]}"),
    }
    reader = a_reader(gifts=[(GiftState.RECURRING, NOW)])
    assert outcome(a_catalogue(campaigns=campaigns), reader) == "supporter"
    assert outcome(a_catalogue(campaigns=campaigns), reader, a_page(section="Sport")) == "shown: thanks"


def test_supporters_who_may_be_asked_are_still_left_in_peace_when_they_say_so() -> None:
    catalogue = a_catalogue(campaigns={"lights-on": a_campaign_yaml(audience="{supporters: include}")})
    gifts = [(GiftState.RECURRING, NOW)]
    assert outcome(catalogue, a_reader(gifts=gifts, never_again=True)) == "never_again"
    assert outcome(catalogue, a_reader(gifts=gifts, snoozed_until=NOW + SECOND)) == "snoozed"
    assert outcome(catalogue, a_reader(gifts=gifts, dismissed_at=NOW)) == "dismissed"


def test_half_a_character_in_a_page_is_text_like_any_other() -> None:
    page = a_page(section="\udfff", tags=("\ud800",), authors=("\ud83d",))
    assert outcome(page=page) == SHOWN
    assert not asked("{articles_read: {min: 1, tag: floods}}", page=page)
