"""How often Redis is asked: counted by the server itself."""

from collections.abc import Callable

import pytest
from flask import Flask
from redis import Redis

from service.app import create_app
from tests.builders import SettableClock, a_decision_body, an_appeal, decision, post, some_settings

COUNTED = ("evalsha", "eval", "get", "set", "mget", "ping", "hset", "script")


@pytest.fixture
def app(config_dir: "object", redis_url: str, clock: SettableClock) -> Flask:
    """The service on every real server."""
    return create_app(some_settings(config_dir, redis_url), clock=clock, watch=False)  # type: ignore[arg-type]


@pytest.fixture
def calls(redis_url: str) -> Callable[[], int]:
    """How many commands the service has sent since the last time this was asked."""
    server = Redis.from_url(redis_url)
    server.config_resetstat()

    def asked() -> int:
        stats = server.info("commandstats")
        server.config_resetstat()
        # the commands of a script are counted too; they cost no round trip
        return sum(
            row["calls"]
            for name, row in stats.items()
            if name.removeprefix("cmdstat_")
            not in ("get", "set", "info", "config|resetstat", "hello", "client|setinfo")
        )

    return asked


def test_a_decision_is_one_round_trip(app: Flask, calls: Callable[[], int]) -> None:
    client = app.test_client()
    decision(client)
    calls()
    for _ in range(5):
        decision(client, placements=["banner", "inline", "overlay"])
    assert calls() == 5


def test_a_decision_that_needs_no_history_is_none(app: Flask, calls: Callable[[], int]) -> None:
    client = app.test_client()
    decision(client)
    calls()
    decision(client, consent=False)
    post(client, "/v1/decisions", a_decision_body(reader="forged"))
    assert calls() == 0


@pytest.mark.parametrize("size", [1, 50])
def test_a_batch_of_events_is_at_most_two(app: Flask, calls: Callable[[], int], size: int) -> None:
    client = app.test_client()
    token, receipt = an_appeal(client)
    receipts = [receipt, *(decision(client, reader=token)["appeals"][0]["receipt"] for _ in range(3))]
    batch = {"events": [{"receipt": receipts[number % 4], "type": "seen"} for number in range(size)]}
    post(client, "/v1/events", batch)
    calls()
    assert post(client, "/v1/events", batch).status_code == 200
    assert 1 <= calls() <= 2


def test_a_snooze_is_at_most_two(app: Flask, calls: Callable[[], int]) -> None:
    client = app.test_client()
    token, receipt = an_appeal(client)
    calls()
    assert post(client, "/v1/snoozes", {"reader": token, "receipt": receipt, "days": 7}).status_code == 200
    assert 1 <= calls() <= 2
