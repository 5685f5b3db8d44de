"""What the meter counts and when the gate was put off: in Lua, on every real server, as `access` understands it."""

import struct
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from service.domain.access import Access, Metering, metering
from service.domain.decision import Reader, decide
from service.domain.page import Page
from service.domain.plan import Plan
from service.domain.reader import Gift, GiftState, Impression, Visit, topic_key
from service.domain.retention import LONGEST
from service.store.connection import Store
from service.store.readers import Happening, ReaderStore
from service.store.record import DISMISSED, NEVER, SEEN
from tests.builders import DAY, HOUR, MINUTE, NOW, ORIGIN, SECOND, SITE, a_catalogue, a_page, a_site_yaml

READER = "kq1w0n6c2rT0aF8yJm3dUg"
KEY = f"hb:r:{{{SITE}:{READER}}}"
PLACES = "{inline: {selector: article}, gate: {selector: article}}"
FRESH = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
NONE: frozenset[str] = frozenset()


@pytest.fixture
def readers(redis_url: str) -> ReaderStore:
    return ReaderStore(Store(redis_url))


@pytest.fixture
def server(redis_url: str) -> Redis:
    return Redis.from_url(redis_url)


def a_plan(meter: str) -> Plan:
    return a_catalogue(a_site_yaml(meter=meter, placements=PLACES, newsletters="{weekly: {title: x}}")).plans[SITE]


def opened(
    readers: ReaderStore, plan: Plan, article: str, now: datetime = NOW, *, visit: Visit | None = None, **facts: bool
) -> Access:
    """What the reader gets who opens an article: counted by the store, judged by the domain, as in a decision."""
    page, visit = a_page(f"{ORIGIN}/{article}", **facts), visit or Visit()
    counts = metering(plan.site, page, visit.newsletters, now)
    history = readers.record_view(SITE, READER, plan.page(page).article, now, counts)
    return decide(plan, Reader(READER, history), page, visit, (), now).access


def told(found: Access) -> tuple[str, int | None]:
    return str(found.reason), found.used


# Counting


@pytest.mark.parametrize("allowance", [1, 5])
def test_the_last_free_article_is_counted_and_the_next_one_is_not(readers: ReaderStore, allowance: int) -> None:
    plan = a_plan(f"{{allowance: {allowance}}}")
    found = [told(opened(readers, plan, str(number))) for number in range(allowance + 2)]
    free = [("within_allowance", number + 1) for number in range(allowance)]
    assert found == [*free, ("used_up", allowance), ("used_up", allowance)]


def test_an_allowance_of_zero_counts_nothing(readers: ReaderStore) -> None:
    assert told(opened(readers, a_plan("{allowance: 0}"), "a")) == ("used_up", 0)


def test_reading_an_article_again_is_free_and_counts_nothing(readers: ReaderStore) -> None:
    plan = a_plan("{allowance: 2}")
    found = [told(opened(readers, plan, article, NOW + MINUTE)) for article in "aabbacab"]
    assert [reason for reason, _ in found] == ["within_allowance"] * 5 + ["used_up"] + ["within_allowance"] * 2
    assert [used for _, used in found] == [1, 1, 2, 2, 2, 2, 2, 2]


@FRESH
@given(st.lists(st.sampled_from("abcdef"), max_size=20), st.integers(0, 4))
def test_the_store_counts_the_first_distinct_articles(redis_url: str, articles: list[str], allowance: int) -> None:
    Redis.from_url(redis_url).flushall()
    readers, plan = ReaderStore(Store(redis_url)), a_plan(f"{{allowance: {allowance}}}")
    free = list(dict.fromkeys(articles))[:allowance]
    for at, article in enumerate(articles):
        used = len([one for one in free if one in articles[: at + 1]])
        assert told(opened(readers, plan, article)) == ("within_allowance" if article in free else "used_up", used)


@pytest.mark.parametrize("round_number", range(5))
def test_two_tabs_cannot_both_take_the_last_free_article(
    redis_url: str, readers: ReaderStore, round_number: int
) -> None:
    plan, tabs = a_plan("{allowance: 3}"), 8
    opened(readers, plan, "first")
    opened(readers, plan, "second")
    together = Barrier(tabs, timeout=30)
    stores = [ReaderStore(Store(redis_url)) for _ in range(tabs)]

    def tab(number: int) -> str:
        together.wait()
        return str(opened(stores[number], plan, f"tab-{number}-{round_number}").reason)

    with ThreadPoolExecutor(tabs) as pool:
        reasons = list(pool.map(tab, range(tabs)))
    assert sorted(reasons) == ["used_up"] * (tabs - 1) + ["within_allowance"]
    assert len(readers.history(SITE, READER, NOW).counted) == 3


@pytest.mark.parametrize(
    "page",
    [
        Page(f"{ORIGIN}/", type="home"),
        Page(f"{ORIGIN}/a", type="article", premium=True),
        Page(f"{ORIGIN}/a", type="article", section="Opinion"),
    ],
    ids=["no article", "premium", "exempt"],
)
def test_what_is_not_metered_takes_nothing_from_the_allowance(readers: ReaderStore, page: Page) -> None:
    plan = a_plan("{allowance: 1, exempt: {sections: [opinion]}}")
    readers.record_view(SITE, READER, plan.page(page).article, NOW, metering(plan.site, page, NONE, NOW))
    assert told(opened(readers, plan, "b")) == ("within_allowance", 1)


def test_an_exempt_article_keeps_what_is_counted_already(readers: ReaderStore) -> None:
    plan = a_plan("{allowance: 1}")
    opened(readers, plan, "a")
    opened(readers, plan, "premium", premium=True)
    assert told(opened(readers, plan, "a")) == ("within_allowance", 1)


# Periods


def test_a_new_month_begins_at_zero_and_the_old_one_is_forgotten(readers: ReaderStore) -> None:
    plan, end = a_plan("{allowance: 1}"), datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert told(opened(readers, plan, "a")) == ("within_allowance", 1)
    assert told(opened(readers, plan, "b", end - SECOND)) == ("used_up", 1)
    assert told(opened(readers, plan, "b", end)) == ("within_allowance", 1)
    assert told(opened(readers, plan, "a", end + SECOND)) == ("used_up", 1)
    assert len(readers.history(SITE, READER, end).counted) == 1


@pytest.mark.parametrize(
    ("off", "expected"), [(-SECOND, "used_up"), (0 * SECOND, "within_allowance"), (SECOND, "within_allowance")]
)
def test_a_rolling_period_frees_an_article_exactly_when_it_says(
    readers: ReaderStore, off: timedelta, expected: str
) -> None:
    plan = a_plan("{allowance: 1, period: 7d}")
    opened(readers, plan, "a", NOW)
    cut = opened(readers, plan, "b", NOW + DAY)
    assert cut.resets_at == NOW + 7 * DAY
    assert opened(readers, plan, "b", cut.resets_at + off).reason == expected


def test_reading_again_does_not_make_a_rolling_period_longer(readers: ReaderStore) -> None:
    plan = a_plan("{allowance: 1, period: 7d}")
    opened(readers, plan, "a", NOW)
    assert opened(readers, plan, "a", NOW + 6 * DAY).resets_at == NOW + 7 * DAY
    assert told(opened(readers, plan, "a", NOW + 7 * DAY)) == ("within_allowance", 1)
    assert opened(readers, plan, "b", NOW + 8 * DAY).resets_at == NOW + 14 * DAY


def test_the_fullest_meter_is_read_again_whole(readers: ReaderStore) -> None:
    plan = a_plan("{allowance: 100, newsletter_bonus: 100}")
    visit = Visit(newsletters=frozenset({"weekly"}))
    found = [told(opened(readers, plan, str(number), visit=visit)) for number in range(201)]
    assert found[99:101] + found[199:] == [
        ("within_allowance", 100), ("within_allowance", 101), ("within_allowance", 200), ("used_up", 200),
    ]  # fmt: skip


# Newsletters


def test_the_bonus_is_there_from_the_moment_the_newsletter_is(readers: ReaderStore) -> None:
    plan = a_plan("{allowance: 1, newsletter_bonus: 1}")
    assert [told(opened(readers, plan, article))[0] for article in "ab"] == ["within_allowance", "used_up"]
    readers.record_newsletter(SITE, READER, "weekly", NOW, has=True)
    found = opened(readers, plan, "b")
    assert (told(found), found.allowance) == (("within_allowance", 2), 2)
    assert told(opened(readers, plan, "c")) == ("used_up", 2)


def test_a_newsletter_that_was_cancelled_takes_the_bonus_but_no_article(readers: ReaderStore) -> None:
    plan = a_plan("{allowance: 1, newsletter_bonus: 1}")
    readers.record_newsletter(SITE, READER, "weekly", NOW, has=True)
    opened(readers, plan, "a")
    opened(readers, plan, "b")
    readers.record_newsletter(SITE, READER, "weekly", NOW, has=False)
    assert told(opened(readers, plan, "b")) == ("within_allowance", 2)
    found = opened(readers, plan, "c")
    assert (told(found), found.allowance) == (("used_up", 2), 1)


def test_a_newsletter_that_page_and_record_both_know_is_one_bonus(readers: ReaderStore) -> None:
    plan = a_plan("{allowance: 1, newsletter_bonus: 1}")
    readers.record_newsletter(SITE, READER, "weekly", NOW, has=True)
    visit = Visit(newsletters=frozenset({"weekly", "sport"}))
    found = [told(opened(readers, plan, article, visit=visit)) for article in "abc"]
    assert found == [("within_allowance", 1), ("within_allowance", 2), ("used_up", 2)]


def test_newsletters_are_kept_once_each_and_the_last_twenty(readers: ReaderStore) -> None:
    for name in ("weekly", "sport", "weekly"):
        readers.record_newsletter(SITE, READER, name, NOW, has=True)
    assert len(readers.history(SITE, READER, NOW).newsletters) == 2
    for number in range(25):
        readers.record_newsletter(SITE, READER, f"n-{number}", NOW, has=True)
    assert len(readers.history(SITE, READER, NOW).newsletters) == 20
    readers.record_newsletter(SITE, READER, "nobody-has-it", NOW, has=False)
    assert len(readers.history(SITE, READER, NOW).newsletters) == 20


# Putting the gate off


def test_pressing_later_twice_changes_nothing(readers: ReaderStore) -> None:
    period = Metering(int((NOW - 20 * DAY).timestamp()), 5)
    until = readers.put_off(SITE, READER, period, 6 * HOUR, NOW)
    assert until == NOW + 6 * HOUR
    assert readers.put_off(SITE, READER, period, 6 * HOUR, NOW + HOUR) == until
    assert readers.put_off(SITE, READER, period, 6 * HOUR, NOW + 6 * HOUR - SECOND) == until
    assert readers.history(SITE, READER, NOW).put_off_at == NOW


def test_the_gate_is_put_off_once_in_a_period(readers: ReaderStore) -> None:
    period = Metering(int((NOW - 20 * DAY).timestamp()), 5)
    readers.put_off(SITE, READER, period, 6 * HOUR, NOW)
    assert readers.put_off(SITE, READER, period, 6 * HOUR, NOW + 6 * HOUR) is None
    assert readers.history(SITE, READER, NOW).put_off_at == NOW


@pytest.mark.parametrize(("off", "again"), [(-SECOND, True), (0 * SECOND, False), (SECOND, False)])
def test_in_the_next_period_it_may_be_put_off_again(readers: ReaderStore, off: timedelta, *, again: bool) -> None:
    start = NOW + 10 * DAY
    readers.put_off(SITE, READER, Metering(1, 5), HOUR, start + off)
    until = readers.put_off(SITE, READER, Metering(int(start.timestamp()), 5), HOUR, start + DAY)
    assert until == (start + DAY + HOUR if again else None)


def test_put_off_at_the_end_of_a_period_the_gate_may_be_put_off_in_the_next(readers: ReaderStore) -> None:
    plan, end = a_plan("{allowance: 0, later: 6h}"), datetime(2026, 11, 30, 23, tzinfo=UTC)
    meter, periods = plan.site.meter, plan.site.periods
    assert meter is not None

    def later(now: datetime) -> datetime | None:
        return readers.put_off(SITE, READER, Metering(periods.since(now), 0), meter.later, now)

    assert later(end - HOUR) == end + 5 * HOUR
    assert opened(readers, plan, "a", end).reason == "put_off"
    assert later(end + HOUR) == end + 5 * HOUR
    cut = opened(readers, plan, "a", end + 5 * HOUR)
    assert (cut.reason, cut.later) == ("used_up", True)
    assert later(end + 5 * HOUR) == end + 11 * HOUR
    assert not opened(readers, plan, "a", end + 11 * HOUR).later


@pytest.mark.parametrize("round_number", range(3))
def test_two_tabs_that_press_later_get_the_same_answer(redis_url: str, round_number: int) -> None:
    stores, together = [ReaderStore(Store(redis_url)) for _ in range(4)], Barrier(4, timeout=30)

    def press(number: int) -> datetime | None:
        together.wait()
        return stores[number].put_off(SITE, f"{READER}{round_number}", Metering(1, 5), HOUR, NOW + number * SECOND)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(press, range(4)))) == 1


# Topics


def test_topics_are_kept_once_for_each_article(readers: ReaderStore) -> None:
    sport, floods = topic_key("section", "Sport"), topic_key("tag", "floods")
    for article in (1, 2, 1):
        readers.record_view(SITE, READER, article, NOW, topics=[sport, floods])
    readers.record_view(SITE, READER, 3, NOW, topics=[floods])
    history = readers.history(SITE, READER, NOW)
    assert sorted(history.topics) == sorted([(sport, 1), (sport, 2), (floods, 1), (floods, 2), (floods, 3)])
    since = (NOW - DAY).timestamp()
    assert [history.articles_read(since, topic) for topic in (sport, floods, None)] == [2, 3, 3]


def test_a_record_holds_the_topics_of_the_last_articles(readers: ReaderStore) -> None:
    for article in range(1, 206):
        readers.record_view(SITE, READER, article, NOW, topics=[7])
    history = readers.history(SITE, READER, NOW)
    assert history.articles_read((NOW - DAY).timestamp(), 7) == len(history.articles) == 200


def test_an_article_that_is_read_again_stays_among_its_topic(readers: ReaderStore) -> None:
    """The oldest topics go first, so what is read again must be made young again, as the article itself is."""
    readers.record_view(SITE, READER, 1, NOW, topics=[7])
    for article in range(2, 201):
        readers.record_view(SITE, READER, article, NOW, topics=[7])
    readers.record_view(SITE, READER, 1, NOW, topics=[7])
    readers.record_view(SITE, READER, 201, NOW, topics=[7])
    assert readers.history(SITE, READER, NOW).articles_read((NOW - DAY).timestamp(), 7) == 200


# Never again


def test_never_again_is_kept_whatever_happens_after(readers: ReaderStore) -> None:
    readers.record_events(SITE, READER, [Happening(7, 1, NEVER)], NOW)
    readers.snooze(SITE, READER, Happening(7, 2, SEEN), NOW + DAY, NOW)
    readers.record_gift(SITE, READER, "pi_1", Gift(GiftState.ONCE, NOW), 1, NOW)
    readers.put_off(SITE, READER, Metering(1, 5), HOUR, NOW)
    assert readers.record_events(SITE, READER, [Happening(7, 1, NEVER)], NOW) == [False]
    assert readers.record_view(SITE, READER, 1, NOW + 300 * DAY).never_again


# Records of the first version: before there was a meter.


def seconds(at: datetime) -> int:
    return int(at.timestamp())


def version_1(articles: int = 2, shown: int = 2, gifts: int = 1) -> bytes:
    """The bytes that the first version wrote."""
    head = struct.pack(
        "<BBHIIIIBBBB", 1, 0, 9, seconds(NOW - 99 * DAY), seconds(NOW - HOUR), seconds(NOW + DAY), seconds(NOW - DAY),
        3, articles, shown, gifts,
    )  # fmt: skip
    rows = [struct.pack("<II", number + 1, seconds(NOW - 2 * DAY) + number) for number in range(articles)]
    closed, at = SEEN | DISMISSED, seconds(NOW - 3 * DAY)
    rows += [struct.pack("<IIIB", 7, number, at + number, closed) for number in range(shown)]
    rows += [struct.pack("<IIIB", number, 4, seconds(NOW - 90 * DAY), GiftState.ONCE) for number in range(gifts)]
    return head + b"".join(rows)


@pytest.mark.parametrize(("articles", "shown", "gifts"), [(0, 0, 0), (2, 2, 1), (0, 2, 0), (200, 60, 30)])
def test_a_record_of_the_first_version_loses_nothing(
    readers: ReaderStore, server: Redis, articles: int, shown: int, gifts: int
) -> None:
    server.set(KEY, version_1(articles, shown, gifts))
    read = readers.history(SITE, READER, NOW)
    assert server.get(KEY) == version_1(articles, shown, gifts)
    written = readers.record_view(SITE, READER, 0, NOW)
    for history in (read, written, readers.history(SITE, READER, NOW)):
        assert (history.first_seen, history.snoozed_until) == (NOW - 99 * DAY, NOW + DAY)
        assert (history.dismissed_at, history.dismissals) == (NOW - DAY, 3)
        assert list(history.articles) == [(number + 1, seconds(NOW - 2 * DAY) + number) for number in range(articles)]
        assert list(history.impressions) == [Impression(7, NOW - 3 * DAY + number * SECOND) for number in range(shown)]
        assert list(history.gifts) == [Gift(GiftState.ONCE, NOW - 90 * DAY)] * gifts
        assert (history.never_again, history.put_off_at, history.counted, history.newsletters) == (False, None, (), ())
    assert (read.visits, written.visits) == (9, 10)
    assert server.get(KEY)[:1] == b"\x02"


def test_a_reader_of_the_first_version_is_the_same_for_everything_that_happens(
    readers: ReaderStore, server: Redis
) -> None:
    steps = [
        lambda: readers.record_events(SITE, READER, [Happening(7, 0, SEEN)], NOW),
        lambda: readers.record_newsletter(SITE, READER, "weekly", NOW, has=True),
        lambda: readers.put_off(SITE, READER, Metering(1, 5), HOUR, NOW),
        lambda: readers.record_gift(SITE, READER, "pi_1", Gift(GiftState.ONCE, NOW), 1, NOW),
    ]
    for step in steps:
        server.set(KEY, version_1())
        step()
        history = readers.history(SITE, READER, NOW)
        assert (history.dismissals, len(history.articles), len(history.impressions)) == (3, 2, 2)
        assert server.ttl(KEY) > LONGEST.total_seconds() - 60


def test_the_meter_begins_to_count_from_a_record_of_the_first_version(readers: ReaderStore, server: Redis) -> None:
    server.set(KEY, version_1())
    plan = a_plan("{allowance: 1}")
    assert [told(opened(readers, plan, article)) for article in "ab"] == [("within_allowance", 1), ("used_up", 1)]


# Reading


def test_looking_changes_nothing(readers: ReaderStore, server: Redis) -> None:
    plan = a_plan("{allowance: 2}")
    opened(readers, plan, "a")
    readers.put_off(SITE, READER, Metering(1, 5), HOUR, NOW)
    server.pexpire(KEY, 10_000_000)
    before = server.get(KEY)
    history = readers.history(SITE, READER, NOW + 90 * DAY)
    assert (server.get(KEY), server.pttl(KEY) <= 10_000_000) == (before, True)
    assert (history.put_off_at, len(history.counted)) == (NOW, 1)


def test_looking_at_a_reader_whom_nobody_remembers_leaves_nothing(readers: ReaderStore, server: Redis) -> None:
    history = readers.history(SITE, READER, NOW)
    assert (history.first_seen, history.articles, history.never_again) == (NOW, [], False)
    assert server.dbsize() == 0
