"""What webhooks missed is found in Stripe's own list of events."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.payments.catch_up import OVERLAP, STRIPE_KEEPS, catch_up
from service.payments.errors import StripeUnavailableError
from service.payments.gateway import Gateway
from service.payments.webhooks import SUBJECTS
from service.store.connection import Store
from service.store.ledger import Bookmark
from tests.payments.conftest import ONE_SIDE
from tests.payments.giving import Books, environment, patiently
from tests.payments.orders import given
from tests.payments.sides import KEY, Fault, Side


def utc_now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


class Worker:
    """What `honestybox worker` does, step by step."""

    def __init__(self, side: Side, books: Books) -> None:
        self.gateway, self.recorder = Gateway(KEY, side.api), books.recorder(side)
        self.bookmark = Bookmark(Store(books.redis_url))

    def catch_up(self, now: datetime | None = None) -> int:
        return patiently(lambda: catch_up(self.gateway, self.recorder, self.bookmark, now or utc_now()))

    def read_until(self) -> datetime | None:
        return patiently(self.bookmark.get)


def test_all_that_no_webhook_told_is_recorded_once(quiet_side: Side, empty: Books) -> None:
    attempts = [given(quiet_side, interval)[0] for interval in ("once", "monthly", "annual")]
    worker = Worker(quiet_side, empty)
    assert worker.catch_up() == 3
    assert all(empty.line(attempt).state.given for attempt in attempts)

    lines = {attempt: empty.line(attempt) for attempt in attempts}
    assert worker.catch_up() == 3
    assert {attempt: empty.line(attempt) for attempt in attempts} == lines


def test_a_lost_redis_is_filled_again(quiet_side: Side, empty: Books) -> None:
    attempt, _ = given(quiet_side, "monthly")
    worker = Worker(quiet_side, empty)
    worker.catch_up()
    line = empty.line(attempt)
    empty.redis.flushall()
    worker.catch_up()
    assert empty.line(attempt) == line


def since(side: Side) -> int:
    """From when on the events were last asked for."""
    entry = next(entry for entry in reversed(side.requests()) if entry.path == "/v1/events")
    return int(entry.params["created[gte]"])


def test_it_reads_on_from_where_it_stopped(quiet_side: Side, empty: Books) -> None:
    worker, now = Worker(quiet_side, empty), utc_now()
    assert worker.read_until() is None
    worker.catch_up(now)
    assert since(quiet_side) == int((now - STRIPE_KEEPS).timestamp())
    assert worker.read_until() == now

    worker.catch_up(now + timedelta(minutes=5))
    assert since(quiet_side) == int((now - OVERLAP).timestamp())

    worker.catch_up(now + timedelta(days=60))
    assert since(quiet_side) == int((now + timedelta(days=60) - STRIPE_KEEPS).timestamp())


def test_a_failure_half_way_is_made_good_the_next_time(quiet_side: Side, empty: Books) -> None:
    attempts = [given(quiet_side)[0] for _ in range(3)]
    worker = Worker(quiet_side, empty)
    quiet_side.fault(Fault(path="/v1/payment_intents/.*", verb="GET", times=2, status=503))
    with pytest.raises(StripeUnavailableError):
        worker.catch_up()
    assert worker.read_until() is None
    worker.catch_up()
    assert all(empty.line(attempt) for attempt in attempts)


def test_something_that_is_gone_does_not_stop_the_rest(quiet_side: Side, empty: Books) -> None:
    attempt, events = given(quiet_side, "monthly")
    ghost: dict[str, Any] = next(
        event["data"]["object"] for event in events if event["data"]["object"]["object"] == "subscription"
    )
    quiet_side.tell("customer.subscription.updated", ghost | {"id": "sub_0ghost"})
    assert Worker(quiet_side, empty).catch_up() == 2
    assert empty.line(attempt)


@ONE_SIDE
def test_the_worker_does_it_from_the_command_line(quiet_side: Side, empty: Books) -> None:
    attempt, _ = given(quiet_side)
    words = [sys.executable, "-m", "service.cli", "worker", "--once"]
    settings = os.environ | environment(empty.redis_url, quiet_side.api, "https://support.example.org")
    for _ in range(2):
        done = subprocess.run(words, env=settings, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
    assert empty.line(attempt).state.given


@ONE_SIDE
def test_the_worker_says_when_it_could_not(quiet_side: Side, empty: Books) -> None:
    quiet_side.fault(Fault(path="/v1/events", verb="GET", times=2, status=503))
    words = [sys.executable, "-m", "service.cli", "worker", "--once"]
    settings = os.environ | environment(empty.redis_url, quiet_side.api, "https://support.example.org")
    done = subprocess.run(words, env=settings, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1


def test_stripe_is_never_asked_for_more_than_twenty_types_at_once(quiet_side: Side, empty: Books) -> None:
    """The strict stand-in takes more; Stripe does not."""
    Worker(quiet_side, empty).catch_up()
    asked = [entry.params for entry in quiet_side.requests() if entry.path == "/v1/events"]
    types = [[value for name, value in params.items() if name.startswith("types")] for params in asked]
    assert all(len(some) <= 20 for some in types)
    assert sorted(type_ for some in types for type_ in some) == sorted(SUBJECTS)
