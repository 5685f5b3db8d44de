"""What is remembered of each reader, on every real server."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from service.domain.access import UNMETERED, Metering
from service.domain.reader import Gift, GiftState, History, Impression, short_key
from service.domain.retention import LONGEST, Retention
from service.domain.site import MOST_IMPRESSIONS
from service.store.connection import Store
from service.store.readers import Happening, ReaderStore
from service.store.record import CLICKED, DISMISSED, SEEN
from tests.builders import DAY, HOUR, MINUTE, NOW, SECOND, SITE

READER = "kq1w0n6c2rT0aF8yJm3dUg"
CAMPAIGN = 7
MONTH = 30 * DAY
FRESH = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)


@pytest.fixture
def readers(redis_url: str) -> ReaderStore:
    return ReaderStore(Store(redis_url))


@pytest.fixture
def server(redis_url: str) -> Redis:
    return Redis.from_url(redis_url)


def seen(receipt: int, campaign: int = CAMPAIGN) -> Happening:
    return Happening(campaign, receipt, SEEN)


def view(readers: ReaderStore, article: str | None = "https://a.example/1", now: datetime = NOW, name: str = READER):
    return readers.record_view(SITE, name, short_key(article) if article else 0, now)


def opened(history: History) -> list[int]:
    """When each article was last opened."""
    return [at for _, at in history.articles]


def test_a_new_reader_has_no_past(readers: ReaderStore) -> None:
    history = view(readers)
    assert history == History(NOW, articles=[(short_key("https://a.example/1"), int(NOW.timestamp()))])


def test_everything_written_is_read_again(readers: ReaderStore) -> None:
    view(readers, "https://a.example/1", NOW)
    view(readers, "https://a.example/2", NOW + HOUR)
    readers.record_events(SITE, READER, [seen(1), seen(2, 4_294_967_295)], NOW + HOUR)
    readers.record_events(SITE, READER, [Happening(CAMPAIGN, 1, DISMISSED)], NOW + 2 * HOUR)
    readers.snooze(SITE, READER, seen(2, 4_294_967_295), NOW + 7 * DAY, NOW + 3 * HOUR)
    readers.record_gift(SITE, READER, "sub_1", Gift(GiftState.RECURRING, NOW - DAY), 1, NOW)
    history = view(readers, None, NOW + 4 * HOUR)
    assert history.first_seen == NOW
    assert opened(history) == [int(NOW.timestamp()), int((NOW + HOUR).timestamp())]
    assert set(history.impressions) == {Impression(CAMPAIGN, NOW + HOUR), Impression(4_294_967_295, NOW + HOUR)}
    assert history.dismissed_at == NOW + 2 * HOUR
    assert history.snoozed_until == NOW + 7 * DAY
    assert history.gifts == [Gift(GiftState.RECURRING, NOW - DAY)]


def test_readers_and_sites_do_not_mix(readers: ReaderStore) -> None:
    readers.snooze(SITE, READER, seen(1), NOW + DAY, NOW)
    assert readers.record_view(SITE, "another", 0, NOW).snoozed_until is None
    assert readers.record_view("mercury", READER, 0, NOW).snoozed_until is None


def test_a_page_that_is_no_article_is_not_counted_as_one(readers: ReaderStore) -> None:
    assert opened(view(readers, None)) == []


def test_an_article_that_is_opened_again_counts_once_and_anew(readers: ReaderStore) -> None:
    view(readers, "https://a.example/1", NOW)
    view(readers, "https://a.example/2", NOW + HOUR)
    history = view(readers, "https://a.example/1", NOW + MONTH)
    assert opened(history) == [int((NOW + HOUR).timestamp()), int((NOW + MONTH).timestamp())]
    assert history.articles_read((NOW + MONTH - MONTH).timestamp()) == 2
    assert history.articles_read((NOW + MONTH + HOUR - MONTH).timestamp()) == 1


def test_an_article_leaves_the_window_exactly_one_window_later(readers: ReaderStore) -> None:
    history = view(readers, "https://a.example/1", NOW)
    assert history.articles_read((NOW + MONTH - SECOND - MONTH).timestamp()) == 1
    assert history.articles_read((NOW + MONTH - MONTH).timestamp()) == 0


def test_a_record_holds_the_last_200_articles(readers: ReaderStore) -> None:
    for number in range(203):
        history = view(readers, f"https://a.example/{number}", NOW + number * SECOND)
    assert len(opened(history)) == 200
    assert opened(history)[0] == int((NOW + 3 * SECOND).timestamp())


def test_a_record_holds_as_many_impressions_as_a_cap_may_count(readers: ReaderStore) -> None:
    for number in range(MOST_IMPRESSIONS + 3):
        readers.record_events(SITE, READER, [seen(number)], NOW + number * SECOND)
    impressions = view(readers, None).impressions
    assert len(impressions) == MOST_IMPRESSIONS
    assert impressions[0].at == NOW + 3 * SECOND


def test_a_record_holds_the_last_30_gifts(readers: ReaderStore) -> None:
    for number in range(33):
        readers.record_gift(SITE, READER, f"pi_{number}", Gift(GiftState.ONCE, NOW + number * DAY), 1, NOW)
    assert [gift.at for gift in view(readers, None).gifts] == [NOW + number * DAY for number in range(3, 33)]


def test_of_too_many_gifts_the_oldest_go_though_they_were_looked_at_last(readers: ReaderStore) -> None:
    for number in reversed(range(33)):
        readers.record_gift(SITE, READER, f"pi_{number}", Gift(GiftState.ONCE, NOW + number * DAY), 1, NOW)
    assert [gift.at for gift in view(readers, None).gifts] == [NOW + number * DAY for number in range(3, 33)]


def test_the_fullest_record_is_read_again_whole(readers: ReaderStore) -> None:
    for number in range(201):
        view(readers, f"https://a.example/{number}", NOW)
    readers.record_events(SITE, READER, [seen(number) for number in range(61)], NOW)
    for number in range(31):
        readers.record_gift(SITE, READER, f"pi_{number}", Gift(GiftState.ONCE, NOW), 1, NOW)
    history = view(readers, None)
    assert (len(opened(history)), len(history.impressions), len(history.gifts)) == (200, 60, 30)


# Events


@pytest.mark.parametrize("flag", [SEEN, CLICKED, DISMISSED])
def test_an_event_counts_once_for_a_receipt(readers: ReaderStore, flag: int) -> None:
    event = Happening(CAMPAIGN, 1, flag)
    assert readers.record_events(SITE, READER, [event], NOW) == [True]
    first = view(readers, None)
    assert readers.record_events(SITE, READER, [event, event], NOW + DAY) == [False, False]
    assert view(readers, None, NOW) == first


def test_the_types_of_one_receipt_and_the_receipts_of_one_type_are_apart(readers: ReaderStore) -> None:
    events = [seen(1), Happening(CAMPAIGN, 1, CLICKED), Happening(CAMPAIGN, 1, DISMISSED), seen(2), seen(1)]
    assert readers.record_events(SITE, READER, events, NOW) == [True, True, True, True, False]
    assert len(view(readers, None).impressions) == 2


def test_only_what_was_seen_is_an_impression(readers: ReaderStore) -> None:
    readers.record_events(SITE, READER, [Happening(CAMPAIGN, 1, CLICKED), Happening(CAMPAIGN, 2, DISMISSED)], NOW)
    assert view(readers, None).impressions == []


def test_an_impression_counts_from_the_moment_it_was_seen(readers: ReaderStore) -> None:
    readers.record_events(SITE, READER, [Happening(CAMPAIGN, 1, CLICKED)], NOW)
    readers.record_events(SITE, READER, [seen(1)], NOW + MINUTE)
    readers.record_events(SITE, READER, [Happening(CAMPAIGN, 1, DISMISSED)], NOW + HOUR)
    assert view(readers, None).impressions == [Impression(CAMPAIGN, NOW + MINUTE)]


def test_impressions_are_in_the_order_they_happened(readers: ReaderStore) -> None:
    for receipt, moment in ((1, NOW), (2, NOW + HOUR)):
        readers.record_events(SITE, READER, [seen(receipt)], moment)
    readers.record_events(SITE, READER, [Happening(CAMPAIGN, 1, DISMISSED)], NOW + DAY)
    assert [impression.at for impression in view(readers, None).impressions] == [NOW, NOW + HOUR]


def test_a_later_dismissal_rests_anew(readers: ReaderStore) -> None:
    readers.record_events(SITE, READER, [Happening(CAMPAIGN, 1, DISMISSED)], NOW)
    readers.record_events(SITE, READER, [Happening(CAMPAIGN, 2, DISMISSED)], NOW + DAY)
    readers.record_events(SITE, READER, [Happening(CAMPAIGN, 1, DISMISSED)], NOW + 2 * DAY)
    assert view(readers, None).dismissed_at == NOW + DAY


EVENTS = [Happening(CAMPAIGN + r % 2, r, flag) for r in (1, 2, 3) for flag in (SEEN, CLICKED, DISMISSED)]


@FRESH
@given(order=st.permutations(EVENTS), repeats=st.lists(st.sampled_from(EVENTS), max_size=6))
def test_events_shuffled_and_repeated_reach_the_same_state(
    redis_url: str, order: list[Happening], repeats: list[Happening]
) -> None:
    Redis.from_url(redis_url).flushall()
    readers = ReaderStore(Store(redis_url))
    readers.record_events(SITE, "in-order", EVENTS, NOW)
    for event in [*order, *repeats]:
        readers.record_events(SITE, READER, [event], NOW)
    straight, shuffled = view(readers, None, name="in-order"), view(readers, None)
    assert sorted(straight.impressions, key=repr) == sorted(shuffled.impressions, key=repr)
    assert straight.dismissed_at == shuffled.dismissed_at


# Snoozes


def test_a_later_snooze_replaces_an_earlier_one_even_by_a_shorter(readers: ReaderStore) -> None:
    assert readers.snooze(SITE, READER, seen(1), NOW + 30 * DAY, NOW)
    assert not readers.snooze(SITE, READER, seen(1), NOW + 7 * DAY, NOW)
    assert view(readers, None).snoozed_until == NOW + 7 * DAY
    assert readers.snooze(SITE, READER, seen(2), NOW + 40 * DAY, NOW + DAY)
    assert view(readers, None).snoozed_until == NOW + 40 * DAY


def test_a_snooze_is_neither_an_impression_nor_a_dismissal(readers: ReaderStore) -> None:
    readers.snooze(SITE, READER, seen(1), NOW + DAY, NOW)
    history = view(readers, None)
    assert (history.impressions, history.dismissed_at) == ([], None)


# Gifts


def test_a_later_look_at_a_gift_replaces_an_earlier_one(readers: ReaderStore) -> None:
    assert readers.record_gift(SITE, READER, "pi_1", Gift(GiftState.PENDING, NOW), 1, NOW)
    assert readers.record_gift(SITE, READER, "pi_1", Gift(GiftState.ONCE, NOW + DAY), 2, NOW)
    assert not readers.record_gift(SITE, READER, "pi_1", Gift(GiftState.PENDING, NOW), 1, NOW)
    assert view(readers, None).gifts == [Gift(GiftState.ONCE, NOW + DAY)]


LOOKS = [
    (contribution, fence, GiftState((fence + offset) % 6))
    for offset, contribution in enumerate(["pi_1", "pi_2", "sub_3"])
    for fence in (1, 2, 3)
]


@FRESH
@given(st.permutations(LOOKS), st.lists(st.sampled_from(LOOKS), max_size=4))
def test_gifts_in_any_order_and_number_reach_the_same_state(
    redis_url: str, order: list[tuple[str, int, GiftState]], repeats: list[tuple[str, int, GiftState]]
) -> None:
    Redis.from_url(redis_url).flushall()
    readers = ReaderStore(Store(redis_url))
    for contribution, fence, state in [*order, *repeats]:
        readers.record_gift(SITE, READER, contribution, Gift(state, NOW + fence * DAY), fence, NOW)
    last = [Gift(state, NOW + 3 * DAY) for _, fence, state in LOOKS if fence == 3]
    assert sorted(view(readers, None).gifts, key=repr) == sorted(last, key=repr)


# What it costs, and how long it is kept


@pytest.mark.parametrize(("metering", "most"), [(UNMETERED, 400), (Metering(1, 5), 408)])
def test_a_reader_costs_at_most_400_bytes(readers: ReaderStore, server: Redis, metering: Metering, most: int) -> None:
    """DESIGN §12: 20 articles, 4 impressions, 1 snooze, key included; with the sample site's name.

    Five articles that the meter counted make the next size that Redis 7 allocates.
    """
    for number in range(20):
        readers.record_view("daily-lantern", READER, number + 1, NOW, metering)
    readers.record_events("daily-lantern", READER, [seen(number) for number in range(4)], NOW)
    readers.snooze("daily-lantern", READER, seen(0), NOW + 7 * DAY, NOW)
    (key,) = server.keys()
    assert server.memory_usage(key, samples=0) <= most


def test_everything_of_one_reader_is_in_one_slot(readers: ReaderStore, server: Redis) -> None:
    view(readers)
    (key,) = server.keys()
    assert key == f"hb:r:{{{SITE}:{READER}}}".encode()


@pytest.mark.parametrize("keep", [LONGEST, 60 * DAY])
def test_whatever_happens_keeps_the_record_as_long_as_the_site_says(
    redis_url: str, server: Redis, keep: timedelta
) -> None:
    """Expiry is litter collection, never policy: no rest, snooze or window is longer than a year."""
    assert timedelta(days=366) < LONGEST
    readers = ReaderStore(Store(redis_url), {SITE: Retention(readers=keep)}.__getitem__)
    steps = [
        lambda: view(readers),
        lambda: readers.record_events(SITE, READER, [seen(1)], NOW),
        lambda: readers.snooze(SITE, READER, seen(1), NOW + DAY, NOW),
        lambda: readers.record_gift(SITE, READER, "pi_1", Gift(GiftState.ONCE, NOW), 1, NOW),
        lambda: readers.record_newsletter(SITE, READER, "weekly", NOW, has=True),
        lambda: readers.put_off(SITE, READER, Metering(1, 5), HOUR, NOW),
    ]
    for step in steps:
        for key in server.scan_iter():
            server.expire(key, 10)
        step()
        (key,) = server.keys()
        assert keep.total_seconds() - 60 < server.ttl(key) <= keep.total_seconds()


def test_short_keys_are_stable() -> None:
    """They are stored: not even the next version may change them."""
    assert short_key("daily-lantern/lights-on") == 3550378214
