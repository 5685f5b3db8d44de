"""Who is comparing with Stripe, how far they came, and how the last comparison ended."""

from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from service.domain.reconciliation import Kind, Progress, Report, Scope
from service.store.connection import Store
from service.store.errors import StoreUnavailableError
from service.store.reconciliations import HELD_SECONDS, Reconciliations

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
PROGRESS = Progress(NOW, Kind.PAYMENTS, NOW - timedelta(days=9), looked=7, differed=3, remained=1)
REPORT = Report(NOW, NOW + timedelta(minutes=9), looked=7, differed=3, remained=1)
PART = Scope(since=NOW - timedelta(days=30), sites=("courier",))
LOCK = "hb:reconcile:lock"


@pytest.fixture
def server(redis_url: str) -> Redis:
    return Redis.from_url(redis_url)


@pytest.fixture
def one(server: Redis, redis_url: str) -> Reconciliations:
    return Reconciliations(Store(redis_url))


@pytest.fixture
def other(redis_url: str) -> Reconciliations:
    return Reconciliations(Store(redis_url))


def test_only_one_has_the_lock_until_it_is_given_up(one: Reconciliations, other: Reconciliations) -> None:
    assert one.take()
    assert not other.take()
    assert not one.take(), "it is not there twice for the same one either"
    other.release()
    assert not other.take(), "nobody gives up what is another's"
    one.release()
    assert other.take()


def test_a_lock_runs_out_unless_it_is_kept(one: Reconciliations, other: Reconciliations, server: Redis) -> None:
    assert one.take()
    assert 0 < server.ttl(LOCK) <= HELD_SECONDS
    server.expire(LOCK, 1000)
    assert one.keep()
    assert server.ttl(LOCK) <= HELD_SECONDS
    server.delete(LOCK)  # it ran out
    assert not one.keep()
    assert other.take()
    assert not one.keep()
    one.release()
    assert other.keep()


def test_progress_is_kept_for_each_scope_for_a_week(one: Reconciliations, server: Redis) -> None:
    one.set_progress(Scope(), PROGRESS)
    one.set_progress(PART, Progress(NOW))
    assert one.progress(Scope()) == PROGRESS
    assert one.progress(PART) == Progress(NOW)
    assert one.progress(Scope(sites=("herald",))) is None
    assert {server.ttl(key) > 0 for key in server.keys("hb:reconcile:at:*")} == {True}  # type: ignore[union-attr]


def test_the_end_of_the_whole_is_remembered_and_no_progress_any_more(one: Reconciliations) -> None:
    one.set_progress(Scope(), PROGRESS)
    one.finish(Scope(), REPORT)
    assert one.progress(Scope()) is None
    assert one.last() == REPORT


def test_the_end_of_a_part_is_not(one: Reconciliations) -> None:
    one.set_progress(PART, PROGRESS)
    one.finish(PART, REPORT)
    assert one.progress(PART) is None
    assert one.last() is None


def test_without_redis_a_lock_is_left_to_run_out_and_all_else_says_so() -> None:
    nowhere = Reconciliations(Store("redis://127.0.0.1:1/0"))
    nowhere.release()
    with pytest.raises(StoreUnavailableError):
        nowhere.take()
    with pytest.raises(StoreUnavailableError):
        nowhere.last()
