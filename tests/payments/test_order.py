"""Any order, any repetition, many at once: the same line of the ledger, byte for byte, and one supporter."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.contribution import State
from service.domain.money import Interval
from service.payments.gateway import Gateway
from service.payments.webhooks import SUBJECTS
from service.store.connection import Store
from service.store.readers import ReaderStore
from tests.payments.giving import PLACED, SITE, Books, Giving, fragment, patiently
from tests.payments.sides import KEY, Event, Fault, Side, deliver

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
Step = Event | None
"""One event, or None: the reader comes back."""


def heard(events: list[Event]) -> list[Event]:
    """Those that say anything to us."""
    return [event for event in events if event["type"] in SUBJECTS]


def take(giving: Giving, steps: list[Step]) -> None:
    for step in steps:
        if step is None:
            fragment(giving.come_back())
        else:
            deliver(giving.side, [step])


def fresh_look(giving: Giving, books: Books) -> bytes | None:
    """What the ledger would hold if it had only ever looked once, now."""
    books.forget(giving.subject, giving.reader.id)
    recorder = books.recorder(giving.side)
    patiently(lambda: recorder.record_session(giving.session, SITE, NOW))
    return books.body(giving.subject)


def test_every_order_of_all_events_of_a_single_gift_ends_the_same(
    a_giving: Callable[..., Giving], books: Books
) -> None:
    giving = a_giving("once").pay()
    expected = fresh_look(giving, books)
    for order in permutations(giving.events):
        books.forget(giving.subject, giving.reader.id)
        take(giving, list(order))
        assert books.body(giving.subject) == expected
        assert books.line(giving.attempt).revenue_minor == PLACED["once"]
        assert giving.reader.withheld() == "supporter"


@pytest.mark.parametrize("interval", [Interval.MONTHLY, Interval.ANNUAL])
def test_every_order_of_events_and_return_of_a_regular_gift_ends_the_same(
    interval: Interval, a_giving: Callable[..., Giving], books: Books
) -> None:
    giving = a_giving(interval).pay()
    expected = fresh_look(giving, books)
    for order in permutations([*heard(giving.events), None]):
        books.forget(giving.subject, giving.reader.id)
        take(giving, list(order))
        assert books.body(giving.subject) == expected
        assert giving.reader.withheld() == "supporter"
    assert len(books.lines(giving.attempt)) == 1


@pytest.mark.parametrize("interval", [Interval.ONCE, Interval.MONTHLY])
def test_events_shuffled_and_repeated_end_the_same(
    interval: Interval, a_giving: Callable[..., Giving], books: Books
) -> None:
    giving = a_giving(interval).pay()
    if interval is Interval.MONTHLY:
        giving.events += giving.side.renew(giving.subject)
    steps: list[Step] = [*giving.events, None]
    expected = fresh_look(giving, books)

    @settings(max_examples=12, deadline=None, database=None)
    @given(st.permutations(steps), st.lists(st.sampled_from(steps), max_size=4))
    def holds(order: list[Step], again: list[Step]) -> None:
        books.forget(giving.subject, giving.reader.id)
        take(giving, [*order, *again])
        assert books.body(giving.subject) == expected

    holds()
    assert len(books.lines(giving.attempt)) == 1


LIVES: dict[str, tuple[str, list[Callable[[Giving], Any]]]] = {
    "a delayed gift that arrives": (
        "once",
        [lambda gift: gift.pay(delayed=True), lambda gift: gift.settle(ok=True)],
    ),
    "a delayed gift that fails": (
        "once",
        [lambda gift: gift.pay(delayed=True), lambda gift: gift.settle(ok=False)],
    ),
    "a delayed monthly gift that fails": (
        "monthly",
        [lambda gift: gift.pay(delayed=True), lambda gift: gift.settle(ok=False)],
    ),
    "months, a failure, the end": (
        "monthly",
        [
            lambda gift: gift.pay(),
            lambda gift: gift.events.extend(gift.side.renew(gift.subject)),
            lambda gift: gift.events.extend(gift.side.renew(gift.subject, ok=False)),
            lambda gift: gift.events.extend(gift.side.cancel(gift.subject)),
        ],
    ),
}


@pytest.mark.parametrize("life", LIVES)
def test_whatever_was_heard_on_the_way_the_end_is_the_same(
    life: str, a_giving: Callable[..., Giving], books: Books
) -> None:
    interval, happenings = LIVES[life]

    @settings(max_examples=8, deadline=None, database=None)
    @given(st.randoms(use_true_random=False))
    def holds(chance: Random) -> None:
        giving, waiting = a_giving(interval), []
        for happening in happenings:
            known = len(giving.events)
            happening(giving)
            waiting += heard(giving.events[known:])
            chance.shuffle(waiting)
            some = chance.randint(0, len(waiting))
            take(giving, [*waiting[:some], *waiting[: chance.randint(0, some)]])
            waiting = waiting[some:]
        take(giving, list(waiting))
        at_last = books.body(giving.subject)
        assert at_last is not None
        assert at_last == fresh_look(giving, books)

    holds()


REFUNDED_AND_DISPUTED: list[Callable[[Giving], Any]] = [
    lambda gift: gift.pay(),
    lambda gift: gift.events.extend(gift.side.refund(gift.subject, 300)),
    lambda gift: gift.events.extend(gift.side.dispute(gift.subject)),
    lambda gift: gift.events.extend(gift.side.close_dispute(gift.subject, won=True)),
]


def kept(books: Books, giving: Giving) -> tuple[object, ...]:
    """All that is held of a gift, and how often anybody was told of it."""
    fields = books.redis.hmget(f"hb:l:{{{giving.subject}}}", "body", "untold", "tellings")
    history = ReaderStore(Store(books.redis_url)).history(SITE, giving.reader.id, NOW)
    return fields, history.gifts, giving.reader.withheld()


def test_every_webhook_ever_received_told_again_changes_nothing(a_giving: Callable[..., Giving], books: Books) -> None:
    givings = []
    for interval, happenings in (*LIVES.values(), ("once", REFUNDED_AND_DISPUTED)):
        giving = a_giving(interval)
        for happening in happenings:
            known = len(giving.events)
            happening(giving)
            deliver(giving.side, giving.events[known:])
        givings.append(giving)
    before = [kept(books, giving) for giving in givings]
    assert all(body for (body, *_), *_ in before)
    again = [event for giving in givings for event in giving.events]
    Random(7).shuffle(again)
    deliver(givings[0].side, again)
    assert [kept(books, giving) for giving in givings] == before


def test_twenty_deliveries_at_once_are_one_contribution(
    a_giving: Callable[..., Giving], books: Books, stripe_side: Side
) -> None:
    giving = a_giving("monthly").pay()
    giving.events += stripe_side.renew(giving.subject)
    stripe_side.fault(Fault(path="/v1/(subscriptions|invoices).*", verb="GET", times=3, delay=0.4))
    events = heard(giving.events)
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda at: deliver(stripe_side, [events[at % len(events)]]), range(20)))
    line = books.line(giving.attempt)
    assert (line.state, line.revenue_minor) == (State.ACTIVE, 2 * PLACED["monthly"])
    at_last = books.body(giving.subject)
    assert at_last == fresh_look(giving, books)


def test_deliveries_that_cross_a_change_end_with_the_change(
    a_giving: Callable[..., Giving], books: Books, stripe_side: Side
) -> None:
    giving = a_giving("monthly").pay()
    stripe_side.fault(Fault(path="/v1/invoices", verb="GET", times=2, delay=0.4))
    with ThreadPoolExecutor(20) as pool:
        early = [pool.submit(deliver, stripe_side, [event]) for event in heard(giving.events) for _ in range(5)]
        giving.events += stripe_side.cancel(giving.subject)
        late = [pool.submit(deliver, stripe_side, heard(giving.events[-1:])) for _ in range(10)]
        for told in [*early, *late]:
            told.result()
    assert books.line(giving.attempt).state is State.ENDED
    assert books.body(giving.subject) == fresh_look(giving, books)


class Slow:
    """The gateway, one of whose answers waits on its way back: stale by the time it arrives."""

    def __init__(self, gateway: Gateway, held: str) -> None:
        self._gateway, self._held = gateway, held
        self.asked, self.may_answer = threading.Event(), threading.Event()

    def __getattr__(self, name: str) -> Any:
        def ask(*words: Any) -> Any:
            answer = getattr(self._gateway, name)(*words)
            if name == self._held:
                self.asked.set()
                assert self.may_answer.wait(20)
            return answer

        return ask


LAST_QUESTION = {Interval.ONCE: "payment_intent", Interval.MONTHLY: "payment_for"}


@pytest.mark.parametrize("ok", [True, False])
@pytest.mark.parametrize("interval", LAST_QUESTION)
def test_of_two_looks_that_cross_the_later_one_stands(
    ok: bool, interval: Interval, a_giving: Callable[..., Giving], books: Books, stripe_side: Side
) -> None:
    giving = a_giving(interval).pay(delayed=True)
    slow = Slow(Gateway(KEY, stripe_side.api), LAST_QUESTION[interval])
    early, late = books.recorder(stripe_side, gateway=slow), books.recorder(stripe_side)
    with ThreadPoolExecutor(1) as pool:
        stale = pool.submit(patiently, lambda: early.record(giving.subject, NOW))
        assert slow.asked.wait(20)
        giving.settle(ok=ok)
        patiently(lambda: late.record(giving.subject, NOW))
        expected = books.body(giving.subject)
        slow.may_answer.set()
        stale.result()
    assert books.body(giving.subject) == expected
    line = books.line(giving.attempt)
    assert line.state.given is ok
    assert giving.reader.asked() is not ok


def test_a_look_that_began_first_and_ended_first_gives_way(
    a_giving: Callable[..., Giving], books: Books, stripe_side: Side
) -> None:
    giving = a_giving().pay(delayed=True)
    recorder = books.recorder(stripe_side)
    patiently(lambda: recorder.record(giving.subject, NOW))
    assert books.line(giving.attempt).state is State.PENDING
    giving.settle(ok=True)
    patiently(lambda: recorder.record(giving.subject, NOW))
    assert books.line(giving.attempt).state is State.PAID
