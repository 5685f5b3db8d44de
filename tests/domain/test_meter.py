"""Whether the article is open: allowance, period, exemptions, the gate and what becomes of appeals at it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.catalogue.loader import Catalogue
from service.domain.access import Access, metering
from service.domain.decision import Reader
from service.domain.page import Page
from service.domain.reader import GiftState, Visit, short_key
from service.domain.reason import Reason
from tests.builders import (
    ARTICLE,
    DAY,
    HOUR,
    NOW,
    ORIGIN,
    SECOND,
    SITE,
    a_campaign_yaml,
    a_catalogue,
    a_page,
    a_reader,
    a_site_yaml,
    decided_by,
    outcomes,
    unknown_reader,
)

PLACES = "{inline: {selector: article}, banner: {}, overlay: {}, gate: {selector: article}}"
GATE_CAMPAIGN = {"wall": a_campaign_yaml(placement="gate", priority="1")}


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def a_metered_site(meter: str = "{allowance: 2}", **lines: str) -> str:
    return a_site_yaml(**{"meter": meter, "placements": PLACES} | lines)


def access(
    meter: str = "{allowance: 2}",
    *,
    counted: Sequence[datetime] = (),
    this: datetime | None = None,
    page: Page | None = None,
    now: datetime = NOW,
    reader: Reader | None = None,
    lines: dict[str, str] | None = None,
    visit: Visit | None = None,
    **facts: Any,
) -> Access:
    """The access of a reader for whom the meter counted others at `counted`, and this article at `this`."""
    page = page or a_page()
    reader = reader or a_reader(counted_at=counted, **facts)
    if this is not None:
        reader.history.counted.append((short_key(page.url), int(this.timestamp())))  # type: ignore[union-attr]
    return decided_by(a_catalogue(a_metered_site(meter, **lines or {})), reader, page, now, visit=visit).access


def told(found: Access) -> tuple[bool, str]:
    return found.granted, str(found.reason)


OPEN, CUT = (True, "within_allowance"), (False, "used_up")


# How many


@pytest.mark.parametrize("allowance", [1, 2, 5, 100])
def test_the_last_free_article_is_open_and_the_next_one_is_cut(allowance: int) -> None:
    meter = f"{{allowance: {allowance}}}"
    last = access(meter, counted=[NOW - HOUR] * (allowance - 1), this=NOW)
    assert (told(last), last.used, last.allowance) == (OPEN, allowance, allowance)
    following = access(meter, counted=[NOW - HOUR] * allowance)
    assert (told(following), following.used, following.allowance) == (CUT, allowance, allowance)


def test_an_allowance_of_zero_cuts_the_first_article() -> None:
    found = access("{allowance: 0}")
    assert (told(found), found.used, found.allowance, found.resets_at) == (CUT, 0, 0, None)


def test_reading_a_counted_article_again_is_free() -> None:
    assert told(access(counted=[NOW - DAY], this=NOW - 2 * DAY)) == OPEN


def test_an_article_that_was_read_but_not_counted_is_cut() -> None:
    """The record keeps articles for longer than the meter counts them."""
    reader = a_reader(counted_at=[NOW - HOUR] * 2)
    page = a_page()
    opened = [(short_key(page.url), int(NOW.timestamp()))]
    reader = reader._replace(history=reader.history._replace(articles=opened))
    assert told(access(reader=reader, page=page)) == CUT


def test_a_smaller_allowance_takes_no_article_back() -> None:
    counted = [NOW - HOUR] * 4
    assert told(access("{allowance: 2}", counted=counted, this=NOW - HOUR)) == OPEN
    found = access("{allowance: 2}", counted=counted)
    assert (told(found), found.used, found.allowance) == (CUT, 4, 2)


# Which period, in the site's time zone: [start, end).


PERIODS = [
    # period, zone, now, start, end
    ("month", "Europe/Amsterdam", utc(2026, 11, 22, 12), utc(2026, 10, 31, 23), utc(2026, 11, 30, 23)),
    ("month", "Europe/Amsterdam", utc(2026, 11, 30, 22, 59, 59), utc(2026, 10, 31, 23), utc(2026, 11, 30, 23)),
    ("month", "Europe/Amsterdam", utc(2026, 11, 30, 23), utc(2026, 11, 30, 23), utc(2026, 12, 31, 23)),
    ("month", "Europe/Amsterdam", utc(2027, 1, 31, 12), utc(2026, 12, 31, 23), utc(2027, 1, 31, 23)),
    ("month", "Europe/Amsterdam", utc(2027, 2, 28, 12), utc(2027, 1, 31, 23), utc(2027, 2, 28, 23)),
    ("month", "Europe/Amsterdam", utc(2028, 2, 29, 12), utc(2028, 1, 31, 23), utc(2028, 2, 29, 23)),
    ("month", "Europe/Amsterdam", utc(2028, 2, 29, 23), utc(2028, 2, 29, 23), utc(2028, 3, 31, 22)),
    ("month", "Europe/Amsterdam", utc(2026, 12, 31, 23), utc(2026, 12, 31, 23), utc(2027, 1, 31, 23)),
    ("month", "Europe/Amsterdam", utc(2026, 10, 31, 12), utc(2026, 9, 30, 22), utc(2026, 10, 31, 23)),
    ("month", "Asia/Kolkata", utc(2026, 11, 30, 18, 30), utc(2026, 11, 30, 18, 30), utc(2026, 12, 31, 18, 30)),
    ("month", "America/New_York", utc(2026, 12, 1, 4, 59, 59), utc(2026, 11, 1, 4), utc(2026, 12, 1, 5)),
    ("month", "Pacific/Auckland", utc(2026, 9, 30, 10, 59, 59), utc(2026, 8, 31, 12), utc(2026, 9, 30, 11)),
    ("week", "Europe/Amsterdam", utc(2026, 11, 22, 12), utc(2026, 11, 15, 23), utc(2026, 11, 22, 23)),
    ("week", "Europe/Amsterdam", utc(2026, 11, 22, 23), utc(2026, 11, 22, 23), utc(2026, 11, 29, 23)),
    # Weeks in which clocks change have 167 and 169 hours.
    ("week", "Europe/Amsterdam", utc(2026, 3, 29, 12), utc(2026, 3, 22, 23), utc(2026, 3, 29, 22)),
    ("week", "Europe/Amsterdam", utc(2026, 10, 25, 12), utc(2026, 10, 18, 22), utc(2026, 10, 25, 23)),
    ("week", "Europe/Amsterdam", utc(2027, 1, 1, 12), utc(2026, 12, 27, 23), utc(2027, 1, 3, 23)),
    ("week", "Asia/Kolkata", utc(2026, 11, 22, 18, 29, 59), utc(2026, 11, 15, 18, 30), utc(2026, 11, 22, 18, 30)),
]


@pytest.mark.parametrize(("period", "zone", "now", "start", "end"), PERIODS)
def test_a_calendar_period_begins_at_midnight_in_the_sites_time_zone(
    period: str, zone: str, now: datetime, start: datetime, end: datetime
) -> None:
    def one_counted(at: datetime) -> Access:
        lines = {"time_zone": zone}
        return access(f"{{allowance: 1, period: {period}}}", counted=[at], now=now, lines=lines)

    assert [one_counted(at).used for at in (start - SECOND, start, start + SECOND)] == [0, 1, 1]
    assert one_counted(start).resets_at == end


def test_month_is_the_period_unless_site_yaml_says_another() -> None:
    assert access().resets_at == utc(2026, 11, 30, 23)


@pytest.mark.parametrize("period", ["month", "week"])
def test_an_article_of_the_last_period_must_be_counted_again(period: str) -> None:
    """What the record still holds of a period that is over opens nothing."""
    start = utc(2026, 10, 31, 23) if period == "month" else utc(2026, 11, 15, 23)
    meter = f"{{allowance: 1, period: {period}}}"
    assert told(access(meter, this=start - SECOND, counted=[start])) == CUT
    assert told(access(meter, this=start)) == OPEN


@pytest.mark.parametrize(("period", "span"), [("30d", 30 * DAY), ("2w", 14 * DAY), ("12h", 12 * HOUR)])
@pytest.mark.parametrize(("off", "used"), [(-SECOND, 1), (0 * SECOND, 0), (SECOND, 0)])
def test_an_article_leaves_a_rolling_period_exactly_one_period_later(
    period: str, span: timedelta, off: timedelta, used: int
) -> None:
    found = access(f"{{allowance: 1, period: {period}}}", counted=[NOW - span - off])
    assert found.used == used


def test_a_rolling_period_resets_when_its_oldest_article_leaves_it() -> None:
    counted = [NOW - 2 * DAY, NOW - 5 * DAY, NOW - DAY]
    assert access("{allowance: 3, period: 7d}", counted=counted).resets_at == NOW + 2 * DAY
    # With more counted than are free, another one is only when enough have left.
    assert access("{allowance: 2, period: 7d}", counted=counted).resets_at == NOW + 5 * DAY
    assert access("{allowance: 1, period: 7d}", counted=counted).resets_at == NOW + 6 * DAY


def test_at_that_very_moment_another_article_is_free() -> None:
    found = access("{allowance: 1, period: 7d}", counted=[NOW - DAY])
    assert told(found) == CUT
    assert found.resets_at is not None
    meter = "{allowance: 1, period: 7d}"
    assert access(meter, counted=[NOW - DAY], now=found.resets_at - SECOND).used == 1
    assert access(meter, counted=[NOW - DAY], now=found.resets_at).used == 0


def test_a_moment_between_two_seconds_counts_as_the_store_does() -> None:
    now = NOW + timedelta(milliseconds=500)
    assert access("{allowance: 1, period: 7d}", counted=[NOW - 7 * DAY], now=now).used == 0
    assert access("{allowance: 1, period: 7d}", counted=[NOW - 7 * DAY + SECOND], now=now).used == 1


# Which pages


EXEMPT = "{allowance: 0, exempt: {sections: [Opinion], tags: [free], urls: ['*/about/*']}}"
NEVER = {"never_ask_on": "{sections: [Obituaries], tags: [attack], urls: ['*/privacy*']}"}


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (a_page(), CUT),
        (a_page(section="OPINION"), (True, "exempt")),
        (a_page(section="Opinions"), CUT),
        (a_page(tags=("a", "Free")), (True, "exempt")),
        (a_page(f"{ORIGIN}/about/us"), (True, "exempt")),
        (a_page(f"{ORIGIN}/about"), CUT),
        (a_page(section="obituaries"), (True, "exempt")),
        (a_page(tags=("ATTACK",)), (True, "exempt")),
        (a_page(f"{ORIGIN}/privacy"), (True, "exempt")),
        # Premium articles are gated even where others are exempt, but not where nobody is ever asked.
        (a_page(premium=True), (False, "premium")),
        (a_page(section="Opinion", premium=True), (False, "premium")),
        (a_page(tags=("free",), premium=True), (False, "premium")),
        (a_page(f"{ORIGIN}/about/us", premium=True), (False, "premium")),
        (a_page(section="Obituaries", premium=True), (True, "exempt")),
        (a_page(f"{ORIGIN}/privacy", premium=True), (True, "exempt")),
        # Only articles are metered.
        (a_page(type="section"), (True, "not_metered")),
        (a_page(type="home"), (True, "not_metered")),
        (a_page(type="other"), (True, "not_metered")),
    ],
)
def test_exempt_pages_are_never_cut(page: Page, expected: tuple[bool, str]) -> None:
    found = access(EXEMPT, page=page, lines=NEVER)
    assert told(found) == expected
    assert (found.allowance is None) == (expected != CUT)
    counts = metering(a_catalogue(a_metered_site(EXEMPT, **NEVER)).sites[SITE], page, frozenset(), NOW)
    assert (counts.since > 0) == (expected == CUT)


def test_a_premium_article_is_cut_while_free_ones_are_left() -> None:
    found = access("{allowance: 5}", page=a_page(premium=True))
    assert (told(found), found.used, found.allowance, found.resets_at, found.later) == (
        (False, "premium"), None, None, None, False,
    )  # fmt: skip


def test_a_site_without_a_meter_cuts_nothing() -> None:
    assert told(decided_by(page=a_page(premium=True)).access) == (True, "no_meter")


@pytest.mark.parametrize(
    "lines",
    [
        {"switched_on": "false"},
        {"placements": "{inline: {selector: article}, gate: {selector: article, switched_on: false}}"},
    ],
)
def test_a_gate_that_is_switched_off_cuts_and_counts_nothing(lines: dict[str, str]) -> None:
    assert told(access("{allowance: 0}", lines=lines)) == (True, "no_meter")
    assert told(access("{allowance: 0}", page=a_page(premium=True), lines=lines)) == (True, "no_meter")
    site = a_catalogue(a_metered_site("{allowance: 5}", **lines)).sites[SITE]
    assert metering(site, a_page(), frozenset(), NOW).since == 0


# Which readers


@pytest.mark.parametrize("page", [a_page(), a_page(premium=True)])
@pytest.mark.parametrize(
    ("gifts", "passes"),
    [
        ([(GiftState.RECURRING, NOW)], True),
        ([(GiftState.PAST_DUE, NOW)], True),
        ([(GiftState.PENDING, NOW)], True),
        ([(GiftState.ONCE, NOW - 90 * DAY + SECOND)], True),
        ([(GiftState.ONCE, NOW - 90 * DAY)], False),
        ([(GiftState.ENDED, NOW - 30 * DAY + SECOND)], True),
        ([(GiftState.ENDED, NOW - 30 * DAY)], False),
        ([(GiftState.VOID, NOW)], False),
    ],
)
def test_supporters_always_pass(page: Page, gifts: Any, *, passes: bool) -> None:
    found = access("{allowance: 0, mode: hard}", page=page, gifts=gifts)
    assert found.granted is passes
    assert (found.reason == "supporter") is passes


@pytest.mark.parametrize(
    ("unknown", "key"), [(Reason.NO_CONSENT, "without_consent"), (Reason.STORE_UNAVAILABLE, "on_outage")]
)
@pytest.mark.parametrize(("says", "granted"), [("", True), ("open", True), ("closed", False)])
@pytest.mark.parametrize("page", [a_page(), a_page(premium=True)])
def test_without_a_history_it_is_as_the_site_says(
    unknown: Reason, key: str, says: str, page: Page, *, granted: bool
) -> None:
    meter = f"{{allowance: 5, {key}: {says}}}" if says else "{allowance: 5}"
    found = access(meter, reader=unknown_reader(unknown), page=page)
    assert told(found) == (granted, str(unknown))
    assert (found.used, found.resets_at, found.later) == (None, None, False)


@pytest.mark.parametrize("unknown", [Reason.NO_CONSENT, Reason.STORE_UNAVAILABLE])
def test_what_is_open_to_everybody_is_open_without_a_history(unknown: Reason) -> None:
    closed = "{allowance: 0, on_outage: closed, without_consent: closed, exempt: {sections: [Opinion]}}"
    assert told(access(closed, reader=unknown_reader(unknown), page=a_page(section="Opinion"))) == (True, "exempt")
    assert told(access(closed, reader=unknown_reader(unknown), page=a_page(type="home"))) == (True, "not_metered")


# More for those who have a newsletter


BONUS = "{allowance: 1, newsletter_bonus: 2}"
WEEKLY = {"newsletters": "{weekly: {title: The week}}"}


@pytest.mark.parametrize(
    ("known", "visit"),
    [({"newsletters": ["weekly"]}, Visit()), ({}, Visit(newsletters=frozenset({"weekly"})))],
    ids=["as we remember", "as the page says"],
)
def test_a_newsletter_makes_more_articles_free(known: dict[str, Any], visit: Visit) -> None:
    last = access(BONUS, counted=[NOW - HOUR] * 2, this=NOW, visit=visit, lines=WEEKLY, **known)
    assert (told(last), last.used, last.allowance) == (OPEN, 3, 3)
    following = access(BONUS, counted=[NOW - HOUR] * 3, visit=visit, lines=WEEKLY, **known)
    assert (told(following), following.allowance) == (CUT, 3)


def test_without_a_newsletter_there_is_no_bonus() -> None:
    assert access(BONUS, counted=[NOW], lines=WEEKLY).allowance == 1


# Soft and hard gates


LATER = "{allowance: 0, mode: soft, later: 6h}"


@pytest.mark.parametrize(
    ("since", "expected"),
    [(0 * SECOND, True), (6 * HOUR - SECOND, True), (6 * HOUR, False), (6 * HOUR + SECOND, False)],
)
def test_a_gate_that_was_put_off_stays_away_for_as_long_as_later_says(since: timedelta, *, expected: bool) -> None:
    found = access(LATER, put_off_at=NOW - since)
    assert told(found) == ((True, "put_off") if expected else CUT)
    assert not found.later


def test_later_is_a_day_unless_site_yaml_says_another() -> None:
    assert access("{allowance: 0}", put_off_at=NOW - DAY + SECOND).granted
    assert not access("{allowance: 0}", put_off_at=NOW - DAY).granted


@pytest.mark.parametrize(("at", "again"), [(utc(2026, 10, 31, 22, 59, 59), True), (utc(2026, 10, 31, 23), False)])
def test_a_soft_gate_may_be_put_off_once_in_a_period(at: datetime, *, again: bool) -> None:
    assert access(LATER, put_off_at=at).later is again


@pytest.mark.parametrize(("off", "again"), [(-SECOND, False), (0 * SECOND, True), (SECOND, True)])
def test_a_rolling_period_lets_it_be_put_off_again_one_period_later(off: timedelta, *, again: bool) -> None:
    meter = "{allowance: 0, period: 7d, later: 6h}"
    assert access(meter, put_off_at=NOW - 7 * DAY - off).later is again


def test_a_gate_is_soft_unless_site_yaml_says_hard() -> None:
    assert access("{allowance: 0}").later
    assert access("{allowance: 0, mode: soft}").later
    assert not access("{allowance: 0, mode: hard}").later


def test_a_gate_that_has_become_hard_is_not_put_off_any_more() -> None:
    assert told(access("{allowance: 0, mode: hard}", put_off_at=NOW)) == CUT


def test_putting_off_opens_no_premium_article() -> None:
    assert told(access(LATER, put_off_at=NOW, page=a_page(premium=True))) == (False, "premium")


def test_what_is_free_is_said_to_be_free_while_the_gate_is_put_off() -> None:
    assert told(access("{allowance: 1}", this=NOW, put_off_at=NOW)) == OPEN


# Appeals at the gate


def at_the_gate(reader: Reader | None = None, catalogue: Catalogue | None = None, **given: Any) -> dict[str, str]:
    campaigns = GATE_CAMPAIGN | {
        "lights-on": a_campaign_yaml(priority="90"),
        "letter": a_campaign_yaml(placement="overlay", priority="80"),
    }
    catalogue = catalogue or a_catalogue(a_metered_site("{allowance: 0}"), campaigns)
    return outcomes(catalogue, reader, placements=["inline", "overlay", "gate"], **given)


def test_a_gate_has_the_page_to_itself_whatever_the_priorities() -> None:
    assert at_the_gate() == {"inline": "shut_out", "overlay": "shut_out", "gate": "shown: wall"}


def test_where_the_article_is_open_there_is_nothing_to_gate() -> None:
    decided = at_the_gate(page=a_page(type="section"))
    assert decided == {"inline": "shown: lights-on", "overlay": "shut_out", "gate": "access_granted"}


@pytest.mark.parametrize(
    ("history", "gate"),
    [
        ({"snoozed_until": NOW + SECOND}, "snoozed"),
        ({"snoozed_until": NOW}, "shown: wall"),
        ({"never_again": True}, "never_again"),
        # A gate obeys the meter, not dismissals and caps.
        ({"dismissed_at": NOW}, "shown: wall"),
        ({"seen": [("wall", NOW)] * 60}, "shown: wall"),
        ({"dismissed_at": NOW, "seen": [("wall", NOW)] * 60, "snoozed_until": NOW + DAY}, "snoozed"),
    ],
)
def test_whoever_asked_to_be_left_in_peace_is_gated_without_being_asked(history: dict[str, Any], gate: str) -> None:
    catalogue = a_catalogue(
        a_metered_site("{allowance: 0}", frequency="{max: 1, window: 30d}"),
        {"wall": a_campaign_yaml(placement="gate", frequency="{max: 1, window: 30d, min_gap: 1d}")},
    )
    reader = a_reader(**history)
    assert at_the_gate(reader, catalogue)["gate"] == gate
    assert not decided_by(catalogue, reader).access.granted


def test_supporters_meet_no_gate_even_where_they_may_be_asked() -> None:
    campaigns = {"wall": a_campaign_yaml(placement="gate", audience="{supporters: include}")}
    reader = a_reader(gifts=[(GiftState.RECURRING, NOW)])
    catalogue = a_catalogue(a_metered_site("{allowance: 0}"), campaigns)
    assert at_the_gate(reader, catalogue)["gate"] == "access_granted"


def test_a_gate_obeys_schedule_and_audience() -> None:
    for lines, reason in (
        ({"schedule": "{until: 2026-01-01}"}, "not_scheduled"),
        ({"audience": "{sections: [Sport]}"}, "not_in_audience"),
        ({"rollout": "0%"}, "not_in_audience"),
    ):
        campaigns = {"wall": a_campaign_yaml(placement="gate", **lines)}
        assert at_the_gate(catalogue=a_catalogue(a_metered_site("{allowance: 0}"), campaigns))["gate"] == reason


def test_a_gate_without_a_campaign_asks_for_nothing_and_shuts_out_nobody() -> None:
    campaigns = {"lights-on": a_campaign_yaml()}
    decided = at_the_gate(catalogue=a_catalogue(a_metered_site("{allowance: 0}"), campaigns))
    assert decided == {"inline": "shown: lights-on", "overlay": "no_campaign", "gate": "no_campaign"}


def test_a_page_that_is_left_in_peace_has_no_gate() -> None:
    catalogue = a_catalogue(a_metered_site("{allowance: 0}", **NEVER), GATE_CAMPAIGN)
    assert at_the_gate(catalogue=catalogue, page=a_page(section="Obituaries"))["gate"] == "page_excluded"


def test_a_gate_that_is_closed_on_outage_asks_for_nothing() -> None:
    catalogue = a_catalogue(a_metered_site("{allowance: 0, on_outage: closed}"), GATE_CAMPAIGN)
    reader = unknown_reader(Reason.STORE_UNAVAILABLE)
    assert set(at_the_gate(reader, catalogue).values()) == {"store_unavailable"}
    opened = a_catalogue(a_metered_site("{allowance: 0}"), GATE_CAMPAIGN)
    assert at_the_gate(reader, opened)["gate"] == "access_granted"


def test_the_articles_address_is_what_is_counted() -> None:
    """Not its section or title; what an address is, is the page's own to say."""
    reader = a_reader(counted_at=[NOW])
    reader.history.counted[0] = (short_key(ARTICLE), int(NOW.timestamp()))  # type: ignore[union-attr,index]
    assert told(access("{allowance: 1}", reader=reader, page=a_page(section="Sport"))) == OPEN
    assert told(access("{allowance: 1}", reader=reader, page=a_page(f"{ARTICLE}?page=2"))) == CUT
