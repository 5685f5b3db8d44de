"""The demo's Redis forgets everything; Stripe, which the sandbox plays, is the ledger."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from redis import Redis

from service.demo.places import SITE
from tests.demo.running import Running
from tests.demo.waiting import until
from tests.payments.giving import Reader, session_of
from tests.payments.wire import call


def settings_of(demo: Running) -> dict[str, str]:
    """As a shell would read them: `. .demo/environ`."""
    lines = (Path(demo.marker) / "environ").read_text().splitlines()
    pairs = (line.partition("=") for line in lines)
    return {name: "".join(shlex.split(value)) for name, _, value in pairs}


def reconcile(settings: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, "-m", "service.cli", "reconcile"]
    return subprocess.run(
        words, env=os.environ | settings, capture_output=True, text=True, timeout=60, check=False
    )


def test_flushed_and_reconciled_the_demo_knows_its_supporter_again(demo: Running) -> None:
    settings, article = settings_of(demo), f"http://127.0.0.1:{demo.port}/an-article"
    reader = Reader(f"http://127.0.0.1:{demo.port + 1}", SITE)

    def is_supporter() -> bool:
        return reader.open_article(article)["withheld"].get("banner") == "supporter"

    assert not is_supporter()
    session = session_of(reader.press_continue(reader.wish("monthly", return_url=article)))
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    paid = call("POST", f"http://127.0.0.1:{demo.port + 2}/c/pay/{session}", "how=pay&email=a%40example.org", form)
    assert paid.status in (302, 303)
    until(is_supporter, 20)

    redis = Redis.from_url(settings["HONESTYBOX_REDIS_URL"])
    redis.flushall()
    assert not is_supporter()
    # the demo's worker finds out by itself within a minute; it may just be at it
    done = reconcile(settings)
    if "another reconcile is running" in done.stderr:
        done = reconcile(settings)
    assert done.returncode == 0, done.stderr
    assert is_supporter()
    (line,) = redis.keys("hb:l:*")  # type: ignore[misc]
    assert b'"state": "active"' in redis.hget(line, "body")  # type: ignore[operator,arg-type]
