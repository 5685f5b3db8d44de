"""The worker, with a Redis that was lost and gifts that no event of Stripe's tells of any more."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from service.domain.contribution import State
from service.worker import open_worker
from tests.payments.giving import Books, some_settings
from tests.payments.orders import given
from tests.payments.sandbox_side import SandboxSide
from tests.payments.served import wait_until


@pytest.fixture
def old_side() -> Iterator[SandboxSide]:
    """A Stripe that has forgotten its events, as it does after 30 days."""
    side = SandboxSide("http://127.0.0.1:9/nobody")
    yield side
    side.stop()


def a_gift_of_long_ago(side: SandboxSide) -> str:
    attempt, events = given(side, "monthly")
    for event in events:
        side.sandbox.vault.objects.pop(event["id"])
    return attempt


def now() -> datetime:
    return datetime.now(UTC)


def test_asked_once_it_fills_the_ledger_from_stripe_alone(old_side: SandboxSide, empty: Books) -> None:
    attempt = a_gift_of_long_ago(old_side)
    worker = open_worker(some_settings(empty.redis_url, old_side.api), now)
    assert worker.once()
    assert empty.line(attempt).state is State.ACTIVE


def test_while_it_runs_it_finds_out_that_redis_was_lost(old_side: SandboxSide, empty: Books) -> None:
    attempt = a_gift_of_long_ago(old_side)
    stop = threading.Event()
    worker = open_worker(some_settings(empty.redis_url, old_side.api), now)
    running = threading.Thread(target=worker.run, args=(0.2, stop), daemon=True)
    running.start()
    try:
        wait_until(lambda: empty.lines(attempt))
        wait_until(worker.books.reconciliations.last)
        empty.redis.flushall()
        wait_until(lambda: empty.lines(attempt))
    finally:
        stop.set()
        running.join(30)
    assert not running.is_alive()
