"""Who has asked how often: exactly at most so many in any window, and no name in Redis that could be read."""

import threading
from datetime import timedelta

import pytest
from redis import Redis

from service.domain.limit import Limit
from service.store.connection import Store
from service.store.errors import StoreUnavailableError
from service.store.limits import Limits
from tests.builders import HOUR, MINUTE, NOW, SECOND

THREE = Limit("contributions.reader", 3, HOUR)
NONE = timedelta()


@pytest.fixture
def limits(redis_url: str) -> Limits:
    return Limits(Store(redis_url), "a-secret")


def wait(limits: Limits, thing: str, at: timedelta = NONE, whose: str = "ann", limit: Limit = THREE) -> timedelta:
    return limits.count_once(limit, whose, thing, NOW + at)[0]


def test_as_many_as_allowed_pass_and_the_next_waits_until_the_first_leaves_the_window(limits: Limits) -> None:
    assert [wait(limits, str(minute), minute * MINUTE) for minute in range(3)] == [NONE] * 3
    assert wait(limits, "fourth", 10 * MINUTE) == 50 * MINUTE
    assert wait(limits, "fourth", HOUR - SECOND) == SECOND
    assert wait(limits, "fourth", HOUR) == NONE
    assert wait(limits, "fifth", HOUR) == MINUTE


def test_the_same_thing_counts_once_even_when_nothing_is_left(limits: Limits) -> None:
    for _ in range(5):
        assert wait(limits, "one") == NONE
    assert (wait(limits, "two"), wait(limits, "three")) == (NONE, NONE)
    assert wait(limits, "one", MINUTE) == NONE
    assert wait(limits, "four", MINUTE) == 59 * MINUTE


def test_a_refused_thing_uses_nothing_up(limits: Limits) -> None:
    for number in range(3):
        wait(limits, str(number))
    for number in range(50):
        assert wait(limits, f"refused {number}", number * SECOND)
    assert [wait(limits, str(number), HOUR) for number in range(3, 6)] == [NONE] * 3


def test_a_lower_limit_waits_for_all_that_are_too_many(limits: Limits) -> None:
    """Staff lowered it while more were counted."""
    for number in range(3):
        wait(limits, str(number), number * MINUTE)
    assert wait(limits, "next", 3 * MINUTE, limit=Limit(THREE.name, 1, HOUR)) == 59 * MINUTE


def test_readers_and_limits_are_counted_apart(limits: Limits) -> None:
    for number in range(3):
        wait(limits, str(number))
    assert wait(limits, "fourth", whose="bob") == NONE
    assert wait(limits, "fourth", limit=Limit("contributions.email", 3, HOUR)) == NONE


def test_what_is_given_back_may_be_used_again(limits: Limits) -> None:
    for number in range(3):
        wait(limits, str(number))
    limits.uncount(THREE, "ann", "1")
    assert wait(limits, "fourth") == NONE
    assert wait(limits, "fifth")


def test_many_at_once_take_no_more_than_there_are(limits: Limits) -> None:
    passed: list[bool] = []

    def press(number: int) -> None:
        passed.append(not wait(limits, str(number)))

    threads = [threading.Thread(target=press, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(passed) == 3


def test_a_pace_lets_its_number_through_at_once_and_then_evenly(limits: Limits) -> None:
    limit = Limit("events.address", 60, MINUTE)
    assert [limits.pace(limit, "ann", NOW) for _ in range(60)] == [NONE] * 60
    assert limits.pace(limit, "ann", NOW) == SECOND
    assert limits.pace(limit, "ann", NOW + SECOND) == NONE
    assert limits.pace(limit, "ann", NOW + SECOND) == SECOND
    assert limits.pace(limit, "bob", NOW) == NONE
    assert [limits.pace(limit, "ann", NOW + HOUR) for _ in range(60)] == [NONE] * 60


def test_a_pace_that_milliseconds_do_not_divide_is_exact(limits: Limits) -> None:
    limit = Limit("events.address", 700, MINUTE)
    assert sum(not limits.pace(limit, "ann", NOW) for _ in range(710)) == 700


def test_nobody_can_be_read_out_of_redis_and_everything_goes_away_by_itself(limits: Limits, redis_url: str) -> None:
    wait(limits, "0198-attempt", whose="ann@example.org")
    limits.pace(Limit("events.address", 60, MINUTE), "198.51.100.7", NOW)
    server = Redis.from_url(redis_url)
    keys = list(server.scan_iter())
    assert len(keys) == 2
    assert all(0 < server.pttl(key) <= HOUR // timedelta(milliseconds=1) for key in keys)  # type: ignore[operator]
    held = b"".join(keys) + b"".join(server.dump(key) or b"" for key in keys)  # type: ignore[misc]
    for name in (b"ann", b"example", b"0198", b"198.51"):
        assert name not in held


def test_another_secret_knows_nobody(limits: Limits, redis_url: str) -> None:
    for number in range(3):
        wait(limits, str(number))
    assert wait(Limits(Store(redis_url), "another"), "fourth") == NONE


def test_without_redis_nothing_is_admitted() -> None:
    limits = Limits(Store("redis://127.0.0.1:9/0"), "a-secret")
    with pytest.raises(StoreUnavailableError):
        limits.pace(THREE, "ann", NOW)
    with pytest.raises(StoreUnavailableError):
        limits.count_once(THREE, "ann", "one", NOW)
