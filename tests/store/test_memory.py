"""The record kept in one process and the record kept on a server: whatever happens, both remember the same."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.domain.access import Metering
from service.domain.memory import CLICKED, DISMISSED, NEVER, SEEN, SNOOZED, Memory
from service.domain.reader import Gift, GiftState, History
from service.store import record
from service.store.connection import Store
from service.store.readers import Happening, ReaderStore
from tests.builders import DAY, NOW, SECOND, SITE

NAMES = count()


class Both:
    """One reader, remembered twice. Every method does the same to both, and compares what they answer."""

    def __init__(self, readers: ReaderStore) -> None:
        self.readers, self.memory = readers, Memory()
        self.who = (SITE, f"reader-{next(NAMES)}")

    def view(self, now: datetime, article: int, metering: Metering, topics: tuple[int, ...]) -> None:
        foreseen = self.readers.foresee_view(*self.who, article, now, metering, topics)
        self.agree(self.readers.history(*self.who, now), self.memory.history(now))
        self.agree(
            self.readers.record_view(*self.who, article, now, metering, topics),
            self.memory.record_view(article, now, metering, topics),
        )
        self.agree(foreseen, self.memory.history(now))

    def event(self, now: datetime, campaign: int, receipt: int, flag: int) -> None:
        (new,) = self.readers.record_events(*self.who, [Happening(campaign, receipt, flag)], now)
        assert self.memory.happened(campaign, receipt, flag, now) is new

    def snooze(self, now: datetime, campaign: int, receipt: int, days: int) -> None:
        until = now + days * DAY
        new = self.readers.snooze(*self.who, Happening(campaign, receipt, SNOOZED), until, now)
        assert self.memory.happened(campaign, receipt, SNOOZED, now, until) is new

    def put_off(self, now: datetime, metering: Metering, span: timedelta) -> None:
        assert self.memory.put_off(metering, span, now) == self.readers.put_off(*self.who, metering, span, now)

    def newsletter(self, now: datetime, name: str, has: bool) -> None:
        self.readers.record_newsletter(*self.who, name, now, has=has)
        self.memory.record_newsletter(name, now, has=has)

    def gift(self, now: datetime, contribution: str, gift: Gift, fence: int) -> None:
        written = self.readers.record_gift(*self.who, contribution, gift, fence, now)
        assert self.memory.record_gift(contribution, gift, fence, now) is written

    def compare(self, now: datetime) -> None:
        self.agree(self.readers.history(*self.who, now), self.memory.history(now))

    @staticmethod
    def agree(stored: History, kept: History) -> None:
        assert told(kept) == told(stored)


def told(history: History) -> dict[str, Any]:
    """The history, with every sequence as a list."""
    values = history._asdict()
    return {name: list(value) if isinstance(value, (list, tuple)) else value for name, value in values.items()}


@pytest.fixture
def readers(redis_url: str) -> ReaderStore:
    return ReaderStore(Store(redis_url))


articles = st.integers(0, 6)
meterings = st.builds(
    Metering,
    st.sampled_from([0, int(NOW.timestamp()), int((NOW + DAY).timestamp()), int((NOW + 3 * DAY).timestamp())]),
    st.integers(0, 4),
    st.integers(0, 2),
)
campaigns, receipts = st.sampled_from([1, 2, 4_294_967_295]), st.integers(1, 4)
gifts = st.builds(Gift, st.sampled_from(GiftState), st.sampled_from([NOW - DAY, NOW]))
steps = st.one_of(
    st.tuples(st.just("view"), articles, meterings, st.lists(st.integers(1, 3), unique=True, max_size=3).map(tuple)),
    st.tuples(st.just("event"), campaigns, receipts, st.sampled_from([SEEN, CLICKED, DISMISSED, NEVER])),
    st.tuples(st.just("snooze"), campaigns, receipts, st.sampled_from([7, 30])),
    st.tuples(st.just("put_off"), meterings, st.sampled_from([3600 * SECOND, DAY])),
    st.tuples(st.just("newsletter"), st.sampled_from(["weekly", "daily"]), st.booleans()),
    st.tuples(st.just("gift"), st.sampled_from(["pi_1", "sub_1"]), gifts, st.integers(1, 3)),
)
pauses = st.sampled_from([0, 1, 60, 1799, 1800, 1801, 86_399, 86_400, 200_000])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.lists(st.tuples(pauses, steps), max_size=25))
def test_whatever_happens_both_remember_the_same(readers: ReaderStore, happenings: list[Any]) -> None:
    both, now = Both(readers), NOW
    for pause, (kind, *words) in happenings:
        now += pause * SECOND
        getattr(both, kind)(now, *words)
        both.compare(now)


def many(kind: str, words: Callable[[int], tuple[Any, ...]], times: int) -> list[tuple[str, tuple[Any, ...]]]:
    return [(kind, words(number)) for number in range(1, times + 1)]


@pytest.mark.parametrize(
    "steps",
    [
        many("view", lambda number: (number, Metering(1, 3), (7,)), 202),
        many("event", lambda number: (9, number, SEEN), 62),
        many("event", lambda number: (9, number, DISMISSED), 257),
        many("gift", lambda number: (f"pi_{number}", Gift(GiftState.ONCE, NOW), 1), 32),
        many("newsletter", lambda number: (f"letter-{number}", True), 22),
    ],
    ids=["articles", "impressions", "dismissals", "gifts", "newsletters"],
)
def test_both_forget_the_oldest_when_a_record_is_full(
    readers: ReaderStore, steps: list[tuple[str, tuple[Any, ...]]]
) -> None:
    both = Both(readers)
    for number, (kind, words) in enumerate(steps):
        now = NOW + number * SECOND
        getattr(both, kind)(now, *words)
        both.compare(now)


def test_fractions_of_a_second_are_dropped_by_both(readers: ReaderStore) -> None:
    both, now = Both(readers), NOW + timedelta(microseconds=999_999)
    both.view(now, 1, Metering(), ())
    both.snooze(now, 9, 1, 7)
    both.event(now, 9, 1, SEEN)
    both.compare(now)


def test_a_copy_has_a_fate_of_its_own() -> None:
    memory = Memory()
    memory.record_view(1, NOW)
    other = memory.copy()
    assert other.history(NOW) == memory.history(NOW)
    other.happened(9, 1, NEVER, NOW)
    other.record_view(2, NOW)
    assert memory.history(NOW).never_again is False
    assert len(memory.history(NOW).articles) == 1


def test_what_happens_is_numbered_as_on_the_server() -> None:
    assert [SEEN, CLICKED, DISMISSED, SNOOZED, NEVER] == [
        record.SEEN, record.CLICKED, record.DISMISSED, record.SNOOZED, record.NEVER,
    ]  # fmt: skip
