"""Each reason, in order, and each boundary before, at and after; through the files that staff would write."""

from datetime import UTC, datetime, timedelta

import pytest

from service.domain.reader import GiftState
from service.domain.reason import Reason
from service.domain.rules import CAMPAIGN_RULES, PAGE_RULES, PLACEMENT_RULES, READER_RULES
from tests.builders import (
    DAY,
    HOUR,
    NOW,
    SECOND,
    SHOWN,
    a_campaign_yaml,
    a_catalogue,
    a_page,
    a_reader,
    a_site_yaml,
    outcome,
    outcomes,
    unknown_reader,
)

NEVER = "{sections: [Obituaries], tags: [breaking-attack], urls: ['*/privacy*']}"


def test_a_reader_we_know_nothing_bad_of_is_asked() -> None:
    assert outcome() == SHOWN


def test_the_rules_run_in_the_order_of_the_design() -> None:
    rows = [*PLACEMENT_RULES, *PAGE_RULES, *READER_RULES, *CAMPAIGN_RULES]
    assert [str(rule.reason) for rule in rows] == [
        "switched_off",
        "page_excluded",
        "supporter",
        "never_again",
        "snoozed",
        "dismissed",
        "site_cap",
        "supporter",
        "not_scheduled",
        "not_in_audience",
        "subscribed",
        "campaign_cap",
    ]


def test_every_reason_has_a_meaning_for_staff() -> None:
    assert all(reason.meaning.endswith(".") for reason in Reason)


# The first rule that refuses gives the reason: each step mends the first thing that is wrong.
EVERYTHING_WRONG = {
    "seen": [NOW, NOW - 2 * HOUR, ("lights-on", NOW - HOUR)],
    "dismissed_at": NOW,
    "snoozed_until": NOW + DAY,
    "gifts": [(GiftState.RECURRING, NOW)],
}
ENDED = "{until: 2026-01-01}"
ROOMY = {"frequency": "{max: 9, window: 30d}"}
ASKABLE = ("gifts", "snoozed_until", "dismissed_at")
ORDER = [
    ("switched_off", {"switched_on": "false"}, ("world", ENDED), ()),
    ("page_excluded", {}, ("Obituaries", ENDED), ()),
    ("supporter", {}, ("world", ENDED), ()),
    ("snoozed", {}, ("world", ENDED), ("gifts",)),
    ("dismissed", {}, ("world", ENDED), ("gifts", "snoozed_until")),
    ("site_cap", {}, ("world", ENDED), ASKABLE),
    ("not_scheduled", ROOMY, ("world", ENDED), ASKABLE),
    ("campaign_cap", ROOMY, ("world", None), ASKABLE),
    (SHOWN, ROOMY, ("world", None), tuple(EVERYTHING_WRONG)),
]


@pytest.mark.parametrize(("reason", "lines", "page_and_schedule", "mended"), ORDER, ids=[row[0] for row in ORDER])
def test_the_first_rule_that_refuses_gives_the_reason(
    reason: str, lines: dict[str, str], page_and_schedule: tuple[str, str | None], mended: tuple[str, ...]
) -> None:
    section, schedule = page_and_schedule
    site = a_site_yaml(**{"never_ask_on": NEVER, "frequency": "{max: 3, window: 30d}"} | lines)
    campaigns = {"lights-on": a_campaign_yaml(schedule=schedule, frequency="{max: 1, window: 30d}")}
    history = {key: value for key, value in EVERYTHING_WRONG.items() if key not in mended}
    page = a_page(section=section)
    assert outcome(a_catalogue(site, campaigns), a_reader(**history), page) == reason  # type: ignore[arg-type]


def test_no_campaign_for_the_placement_is_a_reason_of_its_own() -> None:
    assert outcomes(placements=["banner"]) == {"banner": "no_campaign"}


def test_a_placement_can_be_switched_off_alone() -> None:
    site = a_site_yaml(placements="{inline: {selector: article, switched_on: false}, banner: {}}")
    campaigns = {"lights-on": a_campaign_yaml(), "strip": a_campaign_yaml(placement="banner")}
    decided = outcomes(a_catalogue(site, campaigns), placements=["inline", "banner"])
    assert decided == {"inline": "switched_off", "banner": "shown: strip"}


def test_a_placement_that_site_yaml_leaves_out_is_off() -> None:
    catalogue = a_catalogue(a_site_yaml(placements="{inline: {selector: article}}"))
    assert outcomes(catalogue, placements=["overlay"]) == {"overlay": "switched_off"}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"section": "obituaries"}, "page_excluded"),
        ({"section": "OBITUARIES"}, "page_excluded"),
        ({"section": "Obituaries & more"}, SHOWN),
        ({"tags": ("sport", "Breaking-Attack")}, "page_excluded"),
        ({"tags": ("breaking",)}, SHOWN),
        ({"url": "https://www.gazette.example/privacy"}, "page_excluded"),
        ({"url": "https://www.gazette.example/about/privacy?lang=en"}, "page_excluded"),
        ({"url": "https://www.gazette.example/on-privacy"}, SHOWN),
        ({"section": ""}, SHOWN),
    ],
)
def test_pages_that_staff_excluded_are_left_in_peace(facts: dict[str, object], expected: str) -> None:
    catalogue = a_catalogue(a_site_yaml(never_ask_on=NEVER))
    assert outcome(catalogue, page=a_page(**facts)) == expected


@pytest.mark.parametrize("reason", [Reason.NO_CONSENT, Reason.STORE_UNAVAILABLE])
def test_a_reader_whose_history_is_unknown_is_not_asked(reason: Reason) -> None:
    assert outcome(reader=unknown_reader(reason)) == reason


def test_an_unknown_history_is_named_after_the_rules_of_the_page() -> None:
    catalogue = a_catalogue(a_site_yaml(switched_on="false"))
    assert outcome(catalogue, unknown_reader(Reason.NO_CONSENT)) == "switched_off"


# Snooze, DESIGN §6 rule 4 and the issue's "no appeal at 6 days 23 hours, an appeal again after 7 days".


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (timedelta(0), "snoozed"),
        (6 * DAY + 23 * HOUR, "snoozed"),
        (7 * DAY - SECOND, "snoozed"),
        (7 * DAY, SHOWN),
        (7 * DAY + SECOND, SHOWN),
        (400 * DAY, SHOWN),
    ],
)
def test_a_snooze_of_seven_days_holds_for_seven_days(since: timedelta, expected: str) -> None:
    assert outcome(reader=a_reader(snoozed_until=NOW + 7 * DAY), now=NOW + since) == expected


@pytest.mark.parametrize(
    ("since", "expected"), [(3 * DAY - SECOND, "dismissed"), (3 * DAY, SHOWN), (3 * DAY + SECOND, SHOWN)]
)
def test_a_dismissal_is_respected_for_as_long_as_site_yaml_says(since: timedelta, expected: str) -> None:
    assert outcome(reader=a_reader(dismissed_at=NOW), now=NOW + since) == expected


def test_a_rest_of_zero_does_not_rest() -> None:
    catalogue = a_catalogue(a_site_yaml(rest="{after_dismissal: 0m}"))
    assert outcome(catalogue, a_reader(dismissed_at=NOW)) == SHOWN


# Caps, DESIGN §6: windows are half-open; an impression exactly one window old is free.


@pytest.mark.parametrize(
    ("since", "expected"), [(30 * DAY - SECOND, "site_cap"), (30 * DAY, SHOWN), (30 * DAY + SECOND, SHOWN)]
)
def test_an_impression_leaves_the_site_window_exactly_one_window_later(since: timedelta, expected: str) -> None:
    catalogue = a_catalogue(a_site_yaml(frequency="{max: 2, window: 30d}"))
    assert outcome(catalogue, a_reader(seen=[NOW - since, NOW - DAY])) == expected


@pytest.mark.parametrize(("seen", "expected"), [(1, SHOWN), (2, SHOWN), (3, "site_cap"), (4, "site_cap")])
def test_the_site_cap_counts_the_impressions_of_all_campaigns(seen: int, expected: str) -> None:
    catalogue = a_catalogue(a_site_yaml(frequency="{max: 3, window: 30d}"))
    impressions = [(f"campaign-{number}", NOW - number * DAY) for number in range(1, seen + 1)]
    assert outcome(catalogue, a_reader(seen=impressions)) == expected


def test_a_cap_of_zero_asks_nobody() -> None:
    assert outcome(a_catalogue(a_site_yaml(frequency="{max: 0, window: 30d}"))) == "site_cap"


@pytest.mark.parametrize("level", ["site_cap", "campaign_cap"])
@pytest.mark.parametrize(
    ("since", "free"), [(12 * HOUR - SECOND, False), (12 * HOUR, True), (12 * HOUR + SECOND, True)]
)
def test_two_appeals_are_at_least_min_gap_apart(level: str, since: timedelta, *, free: bool) -> None:
    cap = "{max: 9, window: 30d, min_gap: 12h}"
    site = a_site_yaml(frequency=cap if level == "site_cap" else "{max: 9, window: 30d}")
    campaign = a_campaign_yaml(frequency=cap if level == "campaign_cap" else None)
    reader = a_reader(seen=[("lights-on", NOW - 5 * DAY), ("lights-on", NOW - since)])
    assert outcome(a_catalogue(site, {"lights-on": campaign}), reader) == (SHOWN if free else level)


@pytest.mark.parametrize(
    ("since", "expected"), [(7 * DAY - SECOND, "campaign_cap"), (7 * DAY, SHOWN), (7 * DAY + SECOND, SHOWN)]
)
def test_a_campaign_counts_only_its_own_impressions_in_its_own_window(since: timedelta, expected: str) -> None:
    campaigns = {"lights-on": a_campaign_yaml(frequency="{max: 1, window: 7d}")}
    reader = a_reader(seen=[("lights-on", NOW - since), ("another", NOW - HOUR)])
    assert outcome(a_catalogue(campaigns=campaigns), reader) == expected


def test_the_next_campaign_takes_over_from_one_that_reached_its_cap() -> None:
    campaigns = {
        "lights-on": a_campaign_yaml(priority="20", frequency="{max: 1, window: 7d}"),
        "second": a_campaign_yaml(priority="10"),
    }
    assert outcome(a_catalogue(campaigns=campaigns)) == SHOWN
    assert outcome(a_catalogue(campaigns=campaigns), a_reader(seen=[("lights-on", NOW - DAY)])) == "shown: second"


def test_the_best_campaign_tells_why_when_none_will_do() -> None:
    campaigns = {
        "first": a_campaign_yaml(priority="20", schedule=ENDED),
        "second": a_campaign_yaml(priority="10", frequency="{max: 0, window: 7d}"),
    }
    assert outcome(a_catalogue(campaigns=campaigns)) == "not_scheduled"


# Supporters, DESIGN §6 rule 3.


@pytest.mark.parametrize(
    ("state", "since", "expected"),
    [
        (GiftState.RECURRING, timedelta(0), "supporter"),
        (GiftState.RECURRING, 4000 * DAY, "supporter"),
        (GiftState.PAST_DUE, 4000 * DAY, "supporter"),
        (GiftState.ONCE, 90 * DAY - SECOND, "supporter"),
        (GiftState.ONCE, 90 * DAY, SHOWN),
        (GiftState.ONCE, 90 * DAY + SECOND, SHOWN),
        (GiftState.PENDING, 14 * DAY - SECOND, "supporter"),
        (GiftState.PENDING, 14 * DAY, SHOWN),
        (GiftState.ENDED, 30 * DAY - SECOND, "supporter"),
        (GiftState.ENDED, 30 * DAY, SHOWN),
        (GiftState.VOID, timedelta(0), SHOWN),
    ],
)
def test_a_gift_keeps_us_quiet_for_its_own_time(state: GiftState, since: timedelta, expected: str) -> None:
    assert outcome(reader=a_reader(gifts=[(state, NOW - since)])) == expected


def test_one_living_gift_among_dead_ones_is_enough() -> None:
    gifts = [(GiftState.VOID, NOW), (GiftState.ENDED, NOW - 300 * DAY), (GiftState.RECURRING, NOW - 900 * DAY)]
    assert outcome(reader=a_reader(gifts=gifts)) == "supporter"


# Schedules are written in the site's time zone; `from` is included, `until` is the first moment after.


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("schedule", "now", "expected"),
    [
        # Amsterdam in winter is UTC+1, in summer UTC+2.
        ("{from: 2026-12-01 09:00}", utc(2026, 12, 1, 7, 59, 59), "not_scheduled"),
        ("{from: 2026-12-01 09:00}", utc(2026, 12, 1, 8), SHOWN),
        ("{from: 2026-07-10 00:00}", utc(2026, 7, 9, 21, 59, 59), "not_scheduled"),
        ("{from: 2026-07-10 00:00}", utc(2026, 7, 9, 22), SHOWN),
        ("{until: 2026-12-31 23:59}", utc(2026, 12, 31, 22, 58, 59), SHOWN),
        ("{until: 2026-12-31 23:59}", utc(2026, 12, 31, 22, 59), "not_scheduled"),
        ("{until: 2026-12-31}", utc(2026, 12, 30, 22, 59, 59), SHOWN),
        ("{until: 2026-12-31}", utc(2026, 12, 30, 23), "not_scheduled"),
        # The clocks go forward on 29 March 2026 at 02:00: before that moment +1, after it +2.
        ("{from: 2026-03-29 01:59}", utc(2026, 3, 29, 0, 58, 59), "not_scheduled"),
        ("{from: 2026-03-29 01:59}", utc(2026, 3, 29, 0, 59), SHOWN),
        ("{from: 2026-03-29 03:00}", utc(2026, 3, 29, 0, 59, 59), "not_scheduled"),
        ("{from: 2026-03-29 03:00}", utc(2026, 3, 29, 1), SHOWN),
        # 02:30 does not exist that night: half an hour after the change.
        ("{from: 2026-03-29 02:30}", utc(2026, 3, 29, 1, 29, 59), "not_scheduled"),
        ("{from: 2026-03-29 02:30}", utc(2026, 3, 29, 1, 30), SHOWN),
        # They go back on 25 October at 03:00: 02:30 comes twice, and the first one counts.
        ("{from: 2026-10-25 02:30}", utc(2026, 10, 25, 0, 29, 59), "not_scheduled"),
        ("{from: 2026-10-25 02:30}", utc(2026, 10, 25, 0, 30), SHOWN),
        ("{until: 2026-10-25 03:00}", utc(2026, 10, 25, 1, 59, 59), SHOWN),
        ("{until: 2026-10-25 03:00}", utc(2026, 10, 25, 2), "not_scheduled"),
    ],
)
def test_a_schedule_is_read_in_the_sites_time_zone(schedule: str, now: datetime, expected: str) -> None:
    assert outcome(a_catalogue(campaigns={"lights-on": a_campaign_yaml(schedule=schedule)}), now=now) == expected


@pytest.mark.parametrize("text", ["2026-12-01 09:00", "2026-12-01 09:00:00", "2026-12-01T09:00", "'2026-12-01 09:00'"])
def test_a_moment_may_be_written_in_the_usual_ways(text: str) -> None:
    catalogue = a_catalogue(campaigns={"lights-on": a_campaign_yaml(schedule=f"{{from: {text}}}")})
    assert outcome(catalogue, now=utc(2026, 12, 1, 7, 59)) == "not_scheduled"
    assert outcome(catalogue, now=utc(2026, 12, 1, 8)) == SHOWN
