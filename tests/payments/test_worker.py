"""The worker's two hands: a duty that takes long keeps no job waiting, and a stop loses neither."""

import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from service.outgoing.announcing import KIND
from service.settings import Settings
from service.store.jobs import Jobs, Standing
from tests.outgoing.receiver import Receiver
from tests.payments.giving import SITE, Books, environment
from tests.payments.sandbox_side import SandboxSide
from tests.payments.served import wait_until
from tests.payments.sides import Fault


@pytest.fixture
def environ(receiver: Receiver, books: Books) -> Iterator[dict[str, str]]:
    """Of a worker whose Stripe takes ten seconds to list its events."""
    books.redis.flushall()
    side = SandboxSide("http://127.0.0.1:9/nobody")
    side.fault(Fault(path="/v1/.*", verb="GET", delay=10, times=99))
    secret = f"whsec_{base64.b64encode(b'k' * 32).decode()}"
    yield environment(books.redis_url, side.api, "https://support.example.org") | {
        "HONESTYBOX_LOG_LEVEL": "INFO",
        "HONESTYBOX_OUTGOING_WEBHOOKS": f"{SITE}={receiver.url}",
        "HONESTYBOX_OUTGOING_WEBHOOK_SECRETS": secret,
    }
    side.stop()


@pytest.fixture
def start(environ: dict[str, str]) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    """Starts `honestybox worker`."""
    processes = []

    def run() -> "subprocess.Popen[bytes]":
        words = [sys.executable, "-m", "service.cli", "worker"]
        processes.append(subprocess.Popen(words, env=os.environ | environ, stderr=subprocess.PIPE))
        return processes[-1]

    yield run
    for process in processes:
        process.kill()
        process.wait(30)


def put(jobs: Jobs, receiver: Receiver, name: str) -> None:
    jobs.put(KIND, {"site": SITE, "url": receiver.url, "id": name, "body": "{}"}, unique=name)


def test_a_job_does_not_wait_for_a_slow_stripe_and_a_stop_ends_the_one_in_hand(
    start: Callable[[], "subprocess.Popen[bytes]"], environ: dict[str, str], receiver: Receiver
) -> None:
    settings = Settings.from_environ(environ)
    jobs = Jobs(settings.jobs_url, settings.secret_keys[0])
    put(jobs, receiver, "evt_0")
    worker = start()
    wait_until(lambda: receiver.heard)
    began = time.monotonic()
    put(jobs, receiver, "evt_1")
    wait_until(lambda: len(receiver.heard) == 2)
    assert time.monotonic() - began < 8, "Stripe needs ten"

    def slowly(to: object) -> None:
        time.sleep(1)
        receiver.say(to)  # type: ignore[arg-type]

    receiver.answer = slowly
    put(jobs, receiver, "evt_2")
    wait_until(lambda: len(receiver.heard) == 3)
    worker.send_signal(signal.SIGTERM)
    put(jobs, receiver, "evt_3")
    assert worker.wait(20) == 0
    assert jobs.standing() == Standing(waiting=1, resting=0, at_work=0, given_up=0)
    told = worker.stderr.read().decode() if worker.stderr else ""
    assert told.count("job_done") == 3
    sent_at = datetime.fromtimestamp(int(receiver.heard[0].headers["webhook-timestamp"]), UTC)
    assert abs((datetime.now(UTC) - sent_at).total_seconds()) < 60
    assert "very-secret" not in told
