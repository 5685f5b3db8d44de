"""Redis restarts, a master dies or is replaced, while readers with two tabs read: nobody is asked during a snooze."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from service.app import create_app
from service.store.connection import Store
from service.store.manner import PATIENT as PATIENT_MANNER
from service.web.tokens import Tokens, new_reader
from tests.builders import ORIGIN, SITE, a_site_yaml, parts_of, post, some_settings, staff_files, write_config
from tests.faults.cluster import RealCluster, third_of
from tests.faults.readership import CONFIG, Ask, Reader, Readership
from tests.faults.sentinel import RealSentinel
from tests.payments.granian import Granian
from tests.payments.wire import call
from tests.servers import RealServer, free_port, wait_until

SECRET = "a-secret-of-this-test-" + "0" * 32
ENOUGH = 10  # snoozes acknowledged, before and after
PATIENT = "?socket_timeout=5&socket_connect_timeout=5"


@pytest.fixture
def config_dir(tmp_path: Path) -> Path:
    """A site that asks a reader a few times."""
    return write_config(tmp_path / "config", staff_files(a_site_yaml(frequency=CONFIG)))


@pytest.fixture(params=["valkey", "redis"])
def kind(request: pytest.FixtureRequest) -> str:
    """Every real server that we support."""
    return str(request.param)


@pytest.fixture
def cluster(kind: str, tmp_path: Path) -> Iterator[RealCluster]:
    """A Cluster of this test's own, which it may harm."""
    with RealCluster(kind, tmp_path / "nodes") as cluster:
        yield cluster


def in_process(app: Flask) -> Ask:
    """Asks the service as it is wired in production, from any thread."""

    def ask(path: str, body: Any) -> tuple[int, Any]:
        answer = post(app.test_client(), path, body)
        return answer.status_code, answer.get_json()

    return ask


def tokens_of(tokens: Tokens, fits: Callable[[str], bool] = lambda key: True) -> Callable[[], str]:
    """Makes readers whose records' keys fit."""

    def a_token() -> str:
        while True:
            reader = new_reader()
            if fits(f"hb:r:{{{SITE}:{reader}}}"):
                return tokens.reader_token(SITE, reader)

    return a_token


def enough_snoozes(readership: Readership) -> None:
    """Waits until as many again are acknowledged."""
    goal = len(readership.snoozed) + ENOUGH
    wait_until(lambda: len(readership.snoozed) >= goal, seconds=20)


def outcome(readership: Readership, token: str) -> str:
    """What becomes of one more visit."""
    return readership.visit(Reader(token, puts_off=False))


def all_are_left_alone(readership: Readership) -> bool:
    """True when every snooze that was acknowledged holds, as soon as Redis is asked again."""

    def known(reader: Reader) -> str | None:
        found = outcome(readership, reader.token)
        return None if found == "store_unavailable" else found

    return {wait_until(lambda reader=reader: known(reader)) for reader in readership.snoozed} == {"snoozed"}


def test_a_master_that_dies_costs_its_own_readers_appeals_for_seconds_and_nobody_else(
    cluster: RealCluster, config_dir: Path
) -> None:
    app = create_app(some_settings(config_dir, cluster.patient_url), watch=False)
    tokens = parts_of(app).tokens
    unlucky = tokens_of(tokens, lambda key: third_of(key) == 0)
    lucky = tokens_of(tokens, lambda key: third_of(key) != 0)
    with Readership(in_process(app), tokens_of(tokens)) as readership:
        enough_snoozes(readership)
        cluster.nodes[0].kill()
        assert outcome(readership, unlucky()) == "store_unavailable"
        assert {outcome(readership, lucky()) for _ in range(ENOUGH)} == {"shown"}
        wait_until(lambda: outcome(readership, unlucky()) == "shown", seconds=20)
        assert cluster.is_master(3)
        enough_snoozes(readership)
    assert readership.wrong == []
    assert set(readership.failures) <= {("/v1/events", 503), ("/v1/snoozes", 503)}
    assert all_are_left_alone(readership)


def test_a_planned_failover_in_a_cluster_is_noticed_by_nobody(cluster: RealCluster, config_dir: Path) -> None:
    app = create_app(some_settings(config_dir, cluster.patient_url), watch=False)
    with Readership(in_process(app), tokens_of(parts_of(app).tokens)) as readership:
        enough_snoozes(readership)
        cluster.operator(3).execute_command("CLUSTER", "FAILOVER")
        wait_until(lambda: cluster.is_master(3))
        cluster.nodes[0].kill()
        enough_snoozes(readership)
    assert readership.wrong == []
    assert readership.failures == {}
    assert all_are_left_alone(readership)


def test_a_master_that_is_demoted_while_it_waits_for_its_replica_loses_nothing(cluster: RealCluster) -> None:
    store = Store(cluster.patient_url, manner=PATIENT_MANNER)
    key = next(key for key in map(str, range(100)) if third_of(key) == 0)
    master = cluster.operator(0)

    def waits() -> bool:
        store.command("SET", key, "before")
        return "cmdstat_wait" in master.info("commandstats")

    wait_until(waits, seconds=20)  # nodes tell of a replica only once it has copied something
    cluster.nodes[3].hang()

    demoted = threading.Event()

    def demote() -> None:
        """Does to those who wait what a master does when it becomes a replica."""
        end = time.monotonic() + 60
        while not demoted.is_set() and time.monotonic() < end:
            for client in waiting(master):
                if master.execute_command("CLIENT", "UNBLOCK", client, "ERROR"):
                    demoted.set()

    operator = threading.Thread(target=demote, daemon=True)
    operator.start()
    for number in range(10):
        assert store.command("SET", key, number) == b"OK"
        assert store.command("GET", key) == str(number).encode()
        if demoted.is_set():
            break
    assert demoted.is_set()
    operator.join()


def waiting(master: Any) -> list[int]:
    """Who is blocked there."""
    return [int(client["id"]) for client in master.client_list() if "b" in client["flags"]]


@pytest.fixture
def granian(kind: str, config_dir: Path, tmp_path: Path) -> Iterator[tuple[Granian, RealServer]]:
    """Two workers of the service on a server that writes everything down."""
    (tmp_path / "server").mkdir()
    port = free_port()
    with RealServer(kind, tmp_path / "server", aof=True) as server:
        environment = {
            "SECRET_KEYS": SECRET,
            "REDIS_URL": server.patient_url,
            "STRIPE_SECRET_KEY": "sk_test_nobody",
            "STRIPE_WEBHOOK_SECRETS": "whsec_of_this_test",
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "CONFIG_DIR": str(config_dir),
        }
        settings = {f"HONESTYBOX_{name}": value for name, value in environment.items()}
        granian = Granian(settings, port, workers=2).start()
        yield granian, server
        granian.kill()


def over_http(granian: Granian) -> Ask:
    """Asks whichever worker takes the connection."""

    def ask(path: str, body: Any) -> tuple[int, Any]:
        headers = {"Content-Type": "text/plain;charset=UTF-8", "Origin": ORIGIN}
        answer = call("POST", f"{granian.address}{path}", json.dumps(body), headers)
        return answer.status, answer.json

    return ask


def test_a_restart_of_redis_is_waited_out_by_two_workers(granian: tuple[Granian, RealServer]) -> None:
    workers, server = granian
    with Readership(over_http(workers), tokens_of(Tokens([SECRET]))) as readership:
        enough_snoozes(readership)
        server.kill()
        server.start()
        enough_snoozes(readership)
    assert readership.wrong == []
    assert readership.failures == {}
    assert all_are_left_alone(readership)


def test_a_master_that_dies_under_a_sentinel_is_replaced(kind: str, config_dir: Path, tmp_path: Path) -> None:
    with RealSentinel(kind, tmp_path) as watched:
        app = create_app(some_settings(config_dir, watched.url + PATIENT), watch=False)
        with Readership(in_process(app), tokens_of(parts_of(app).tokens)) as readership:
            enough_snoozes(readership)
            watched.master.kill()
            enough_snoozes(readership)
        assert readership.wrong == []
        assert set(readership.failures) <= {("/v1/events", 503), ("/v1/snoozes", 503)}
        assert all_are_left_alone(readership)
