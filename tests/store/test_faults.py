"""Redis restarts, hangs, fills up, disappears: the article stays, no appeal, and all heals by itself."""

import socket
import threading
import time
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis

from service.app import create_app
from tests.builders import (
    DAY,
    HOUR,
    SettableClock,
    a_decision_body,
    an_appeal,
    decision,
    post,
    some_settings,
)
from tests.servers import RealServer, free_port, wait_until

DOWN = {"inline": "store_unavailable"}
PROMISE_SECONDS = 0.1
ENOUGH = 6  # failures in a row, for the service to call it an outage
SLACK = 10  # the machine that runs this may be busy; hanging for a second is what this is to catch


@pytest.fixture(params=["valkey", "redis"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RealServer]:
    """A server of this test's own, which it may harm."""
    folder = tmp_path / "server"
    folder.mkdir()
    with RealServer(request.param, folder, aof=True) as server:
        yield server


@pytest.fixture
def client(server: RealServer, config_dir: Path, clock: SettableClock) -> FlaskClient:
    """With patience: what fails, fails because of the fault and not because this machine is busy."""
    return a_client(server.patient_url, config_dir, clock)


@pytest.fixture
def hasty(server: RealServer, config_dir: Path, clock: SettableClock) -> FlaskClient:
    """As in production, for servers that hang."""
    return a_client(server.url, config_dir, clock)


def a_client(url: str, config_dir: Path, clock: SettableClock) -> FlaskClient:
    return create_app(some_settings(config_dir, url), clock=clock, watch=False).test_client()


def seconds_of_a_decision(client: FlaskClient) -> float:
    """How long a reader waits for an answer that asks for nothing."""
    start = time.monotonic()
    assert decision(client)["withheld"] == DOWN
    return time.monotonic() - start


def settled(client: FlaskClient, **changes: Any) -> Any:
    """The first answer that the store had a part in."""
    return wait_until(lambda: (answer := decision(client, **changes))["withheld"] != DOWN and answer)


def wait_for_appeals(client: FlaskClient) -> None:
    """Until decisions are made again."""
    settled(client)


def test_a_server_that_forgot_its_scripts_is_told_them_again(client: FlaskClient, server: RealServer) -> None:
    token, _ = an_appeal(client)
    Redis.from_url(server.url).script_flush()
    assert decision(client, reader=token)["appeals"]


def test_a_restarted_server_is_found_again_at_once(client: FlaskClient, server: RealServer) -> None:
    an_appeal(client)
    server.kill()
    server.start()
    assert decision(client)["appeals"]


def test_a_connection_that_the_server_closed_is_replaced(client: FlaskClient, server: RealServer) -> None:
    an_appeal(client)
    Redis.from_url(server.url).client_kill_filter(_type="normal", skipme=True)
    assert decision(client)["appeals"]


def test_a_snooze_survives_the_restart_of_service_and_server(
    client: FlaskClient, server: RealServer, config_dir: Path, clock: SettableClock
) -> None:
    token, receipt = an_appeal(client)
    post(client, "/v1/snoozes", {"reader": token, "receipt": receipt, "days": 7})
    server.kill()
    server.start()
    restarted = a_client(server.patient_url, config_dir, clock)
    clock.move(6 * DAY + 23 * HOUR)
    assert decision(restarted, reader=token)["withheld"] == {"inline": "snoozed"}
    clock.move(HOUR)
    assert decision(restarted, reader=token)["appeals"]


def test_without_a_server_the_reader_keeps_the_article(client: FlaskClient, server: RealServer) -> None:
    token, _ = an_appeal(client)
    server.kill()
    answer = decision(client, reader=token)
    assert answer["access"] == {"granted": True, "reason": "no_meter"}
    assert (answer["appeals"], answer["withheld"]) == ([], DOWN)
    assert answer["reader"] == token
    assert decision(client)["reader"] is None
    server.start()
    wait_for_appeals(client)


def test_a_server_that_hangs_costs_the_reader_less_than_a_blink(hasty: FlaskClient, server: RealServer) -> None:
    settled(hasty)
    server.hang()
    assert seconds_of_a_decision(hasty) < PROMISE_SECONDS * SLACK
    assert seconds_of_a_decision(hasty) < PROMISE_SECONDS * SLACK
    server.go_on()
    wait_for_appeals(hasty)


def test_a_server_that_hangs_from_the_start_does_too(hasty: FlaskClient, server: RealServer) -> None:
    server.hang()
    assert seconds_of_a_decision(hasty) < PROMISE_SECONDS * SLACK
    server.go_on()
    wait_for_appeals(hasty)


def test_an_answer_that_comes_too_late_is_given_to_nobody_else(hasty: FlaskClient, server: RealServer) -> None:
    other = settled(hasty)["reader"]
    appeal = settled(hasty)
    snoozer, receipt = appeal["reader"], appeal["appeals"][0]["receipt"]
    snooze = {"reader": snoozer, "receipt": receipt, "days": 7}
    wait_until(lambda: post(hasty, "/v1/snoozes", snooze).status_code == 200)
    server.hang()
    assert decision(hasty, reader=snoozer)["withheld"] == DOWN
    server.go_on()
    for _ in range(3):
        assert settled(hasty, reader=other)["appeals"]
        assert settled(hasty, reader=snoozer)["withheld"] == {"inline": "snoozed"}


@pytest.mark.parametrize("path", ["/v1/events", "/v1/snoozes"])
def test_what_cannot_be_recorded_is_not_acknowledged(client: FlaskClient, server: RealServer, path: str) -> None:
    token, receipt = an_appeal(client)
    body = {"events": [{"receipt": receipt, "type": "seen"}]} if path == "/v1/events" else None
    body = body or {"reader": token, "receipt": receipt, "days": 7}
    server.kill()
    answer = post(client, path, body)
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    server.start()
    wait_until(lambda: post(client, path, body).status_code == 200, seconds=5)


def test_an_outage_is_logged_once_and_its_end_once(
    client: FlaskClient, server: RealServer, logged: list[MutableMapping[str, Any]]
) -> None:
    server.kill()
    for _ in range(ENOUGH):
        decision(client)
    server.start()
    wait_for_appeals(client)
    decision(client)
    told = [(entry["available"], entry["log_level"]) for entry in logged if entry["event"] == "store_state"]
    assert told == [(False, "warning"), (True, "warning")]


def test_readyz_and_metrics_tell_the_outage(client: FlaskClient, server: RealServer) -> None:
    server.kill()
    for _ in range(ENOUGH):
        decision(client)
    assert client.get("/readyz").get_json()["store"] == "unavailable"
    assert "honestybox_store_available 0.0" in client.get("/metrics").text
    server.start()
    wait_for_appeals(client)
    assert client.get("/readyz").get_json()["store"] == "available"
    assert "honestybox_store_available 1.0" in client.get("/metrics").text


def test_a_full_server_is_no_server(client: FlaskClient, server: RealServer) -> None:
    an_appeal(client)
    operator = Redis.from_url(server.url)
    operator.config_set("maxmemory", 1)
    assert decision(client)["withheld"] == DOWN
    operator.config_set("maxmemory", 0)
    wait_for_appeals(client)


def test_a_server_that_became_a_replica_is_no_server(client: FlaskClient, server: RealServer) -> None:
    an_appeal(client)
    operator = Redis.from_url(server.url)
    operator.replicaof("127.0.0.1", free_port())
    assert decision(client)["withheld"] == DOWN
    operator.replicaof("NO", "ONE")
    wait_for_appeals(client)


def test_a_record_that_cannot_be_read_harms_no_other_reader(client: FlaskClient, server: RealServer) -> None:
    """As one that a newer version wrote, while machines are being replaced one by one."""
    unlucky, _ = an_appeal(client)
    operator = Redis.from_url(server.url)
    (key,) = operator.scan_iter()
    operator.set(key, b"\x03" + b"\x00" * 40)
    for _ in range(ENOUGH):
        assert decision(client, reader=unlucky)["withheld"] == DOWN
        assert decision(client)["appeals"]


@pytest.fixture
def stranger() -> Iterator[tuple[int, list[bytes]]]:
    """Something that is no Redis and says the same to everyone."""
    says: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        kept = []

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                kept.append(connection)
                connection.sendall(b"".join(says))

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1], says
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    "says",
    [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"-LOADING Redis is loading\r\n" * 9, b"-ERR no\r\n" * 9, b"\x00" * 99],
)
def test_something_that_is_no_redis_is_no_server(
    stranger: tuple[int, list[bytes]], says: bytes, config_dir: Path, clock: SettableClock
) -> None:
    port, answers = stranger
    answers.append(says)
    client = a_client(f"redis://127.0.0.1:{port}/0", config_dir, clock)
    start = time.monotonic()
    answer = post(client, "/v1/decisions", a_decision_body())
    assert time.monotonic() - start < PROMISE_SECONDS * SLACK
    assert answer.status_code == 200
    assert answer.get_json()["withheld"] == DOWN
