"""What is written waits for a server that comes back; nobody waits for one that does not."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from redis import Redis
from structlog.testing import capture_logs

from service.store.connection import Store
from service.store.errors import StoreUnavailableError
from service.store.manner import Manner
from tests.faults.cluster import RealCluster, third_of
from tests.servers import RealServer, wait_until

WAIT_SECONDS = 1.0
BUSY_SECONDS = 1.0  # what a busy machine may add
KEY = "hb:r:{gazette:somebody}"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RealServer]:
    """A server of this test's own, which it may harm."""
    with RealServer("valkey", tmp_path, aof=True) as server:
        yield server


@pytest.fixture
def store(server: RealServer) -> Store:
    """With patience, and used before."""
    store = Store(server.url, manner=Manner(5, wait_seconds=WAIT_SECONDS))
    store.command("SET", "a", 1)
    return store


def seconds(act: Callable[[], object]) -> float:
    """How long it takes to be refused."""
    began = time.monotonic()
    with pytest.raises(StoreUnavailableError):
        act()
    return time.monotonic() - began


def test_a_server_that_comes_back_is_waited_for(server: RealServer, store: Store) -> None:
    server.kill()
    back = threading.Timer(WAIT_SECONDS / 2, server.start)
    back.start()
    began = time.monotonic()
    assert store.command("GET", "a") == b"1"
    assert time.monotonic() - began >= WAIT_SECONDS / 2
    back.join()
    assert store.available


def test_a_server_that_stays_away_is_waited_for_once_and_by_all_together(server: RealServer, store: Store) -> None:
    server.kill()
    with ThreadPoolExecutor(4) as pool:
        waits = list(pool.map(lambda late: seconds(lambda: ask_later(store, late)), (0, 0, 0.3, 0.6)))
    assert min(waits) >= WAIT_SECONDS * 0.9
    assert max(waits) < WAIT_SECONDS + 0.5, "those who come late wait no longer than the first"
    assert seconds(lambda: store.command("GET", "a")) < WAIT_SECONDS / 2
    server.start()
    wait_until(lambda: answers(store))


def ask_later(store: Store, late: float) -> None:
    time.sleep(late)
    store.command("GET", "a")


def answers(store: Store) -> bool:
    try:
        return store.command("GET", "a") is not None
    except StoreUnavailableError:
        return False


def test_a_server_that_hangs_has_been_waited_for_already(server: RealServer) -> None:
    store = Store(server.url, manner=Manner(0.3, wait_seconds=30))
    store.command("PING")
    server.hang()
    for _ in range(3):
        assert seconds(lambda: store.command("GET", "a")) < 0.3 + BUSY_SECONDS
    assert not store.available
    assert seconds(lambda: store.command("GET", "a")) < 0.2, "nobody waits for the time-out while it is known to hang"


def test_an_answer_that_waiting_would_not_change_is_not_waited_for(server: RealServer, store: Store) -> None:
    Redis.from_url(server.url).config_set("maxmemory", 1)
    assert seconds(lambda: store.command("SET", "b", 1)) < WAIT_SECONDS * 0.9


def test_when_the_pause_is_over_one_call_tries_and_the_others_do_not_hang_with_it(server: RealServer) -> None:
    store = Store(server.url, manner=Manner(1.0))
    server.hang()
    for _ in range(3):
        seconds(lambda: store.command("GET", "a"))
    time.sleep(1.1)
    with ThreadPoolExecutor(4) as pool:
        waits = sorted(pool.map(lambda _: seconds(lambda: store.command("GET", "a")), range(4)))
    assert waits[2] < 0.5
    assert waits[3] >= 0.9


def test_what_is_acknowledged_is_on_a_replica_unless_that_hangs(tmp_path: Path) -> None:
    with RealCluster("valkey", tmp_path) as cluster, capture_logs() as logged:
        store = Store(cluster.url, manner=Manner(5, wait_seconds=WAIT_SECONDS, confirmed=True))
        store.command("SET", KEY, 1)
        number = third_of(KEY)
        copy = Redis.from_url(cluster.nodes[number + 3].url, single_connection_client=True)
        copy.readonly()
        for value in range(50):
            store.command("SET", KEY, value)
            assert copy.get(KEY) == str(value).encode()
        cluster.nodes[number + 3].hang()
        began = time.monotonic()
        store.command("SET", KEY, "alone")
        assert time.monotonic() - began >= WAIT_SECONDS
        began = time.monotonic()
        store.command("SET", KEY, "alone again")
        assert time.monotonic() - began < WAIT_SECONDS, "not again for a while"
        assert [entry["event"] for entry in logged if entry["log_level"] == "warning"] == ["store_unconfirmed"]
