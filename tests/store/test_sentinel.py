"""A real Sentinel: the master is found by its name, and so is the one that takes its place."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from service.store.connection import Store
from service.store.errors import StoreUnavailableError
from service.store.manner import PATIENT
from tests.faults.sentinel import NAME, RealSentinel
from tests.servers import wait_until


@pytest.fixture(params=["valkey", "redis"])
def watched(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RealSentinel]:
    """A master of this test's own, which it may kill."""
    with RealSentinel(request.param, tmp_path) as watched:
        yield watched


def value_of(store: Store, key: str) -> bytes | None:
    try:
        value: bytes | None = store.command("GET", key)
    except StoreUnavailableError:
        return None
    return value


def test_the_master_is_found_by_its_name_and_so_is_its_successor(watched: RealSentinel) -> None:
    store = Store(watched.patient_url, manner=PATIENT)
    store.command("SET", "a", "written")
    with pytest.raises(StoreUnavailableError):
        Store(watched.patient_url.replace(NAME, "another")).command("GET", "a")
    assert Redis.from_url(watched.replica.url).info("replication")["role"] == "slave"
    copy = Redis(port=watched.replica.port, db=2)
    assert copy.get("a") == b"written", "what was acknowledged is on the replica, at that moment"
    watched.master.kill()
    wait_until(lambda: value_of(store, "a") == b"written", seconds=20)
    store.command("SET", "a", "again")
    assert copy.get("a") == b"again"


def test_a_planned_failover_is_waited_out(watched: RealSentinel) -> None:
    store = Store(watched.patient_url, manner=PATIENT)
    store.command("SET", "a", 0)
    watched.sentinel().execute_command("SENTINEL", "FAILOVER", NAME)
    copy = Redis(port=watched.replica.port, db=2)
    number = 0
    end = time.monotonic() + 30
    while copy.info("replication")["role"] != "master" or number < 50:
        assert time.monotonic() < end, "the replica was never made the master"
        number += 1
        store.command("SET", "a", number)
        assert store.command("GET", "a") == str(number).encode()
    wait_until(lambda: store.command("SET", "a", "last") and copy.get("a") == b"last")
