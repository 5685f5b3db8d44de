"""`honestybox reconcile`, as an operator meets it."""

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from service.cli import main
from tests.payments.conftest import ONE_SIDE
from tests.payments.giving import Books, environment
from tests.payments.orders import READER, given
from tests.payments.served import wait_until
from tests.payments.sides import Fault, Side


@dataclass(frozen=True, slots=True)
class Done:
    """What the command did."""

    code: int
    said: Sequence[str]
    complained: str


Reconcile = Callable[..., Done]


@pytest.fixture
def reconcile(
    quiet_side: Side, empty: Books, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Reconcile:
    """The command, run with these options."""
    for name, value in environment(empty.redis_url, quiet_side.api, "https://support.example.org").items():
        monkeypatch.setenv(name, value)

    def run(*options: str) -> Done:
        code = main(["reconcile", *options])
        told = capsys.readouterr()
        return Done(code, told.out.strip().splitlines(), told.err)

    return run


def test_it_tells_each_difference_on_a_line_and_repairs_it(quiet_side: Side, reconcile: Reconcile) -> None:
    given(quiet_side)
    _, events = given(quiet_side, "monthly")

    dry = reconcile("--dry-run")
    assert dry.code == 3, dry.complained
    regular, single, total = dry.said
    assert regular.startswith("sub_")
    assert regular.endswith("  ledger: nothing  Stripe: active monthly 5.00, 5.00 USD in 1 payment")
    assert single.startswith("pi_")
    assert single.endswith("  ledger: nothing  Stripe: paid once 25.00, 25.00 USD in 1 payment")
    assert total == "2 compared, 2 differed, 0 repaired"

    done = reconcile()
    assert done.code == 0, done.complained
    assert done.said == [f"{regular}  repaired", f"{single}  repaired", "2 compared, 2 differed, 2 repaired"]

    quiet_side.cancel(regular.split()[0])
    (ended, total) = reconcile().said
    assert "ledger: active monthly 5.00, 5.00 USD in 1 payment  Stripe: ended monthly" in ended
    again = reconcile()
    assert (again.code, again.said) == (0, ["2 compared, 0 differed, 0 repaired"])

    mail = next(event["data"]["object"]["customer_details"]["email"] for event in events
                if event["type"] == "checkout.session.completed")  # fmt: skip
    for said in (dry, done, again):
        for secret in (mail, READER, "whsec", "sk_test"):
            assert secret not in "".join(said.said) + said.complained


def test_what_it_cannot_repair_is_told_by_the_exit_code(quiet_side: Side, empty: Books, reconcile: Reconcile) -> None:
    given(quiet_side)
    reconcile()
    ((_, began),) = empty.redis.zrange("hb:li:{courier}", 0, -1, withscores=True)  # type: ignore[misc]
    (key,) = empty.redis.keys("hb:l:{pi_*}")  # type: ignore[misc]
    empty.redis.copy(key, "hb:l:{pi_ghost}")
    empty.redis.zadd("hb:li:{courier}", {"pi_ghost": began})
    done = reconcile()
    assert done.code == 3
    assert any(re.fullmatch("pi_ghost .* Stripe: unknown to Stripe", line) for line in done.said)


def test_it_says_when_it_could_not_finish(quiet_side: Side, reconcile: Reconcile) -> None:
    quiet_side.fault(Fault(path="/v1/subscriptions", verb="GET", times=1, status=401))
    done = reconcile()
    assert done.code == 1
    assert done.complained.splitlines()[-1] == "stopped: Stripe refused our key; the same command goes on from there"


@ONE_SIDE
def test_ctrl_c_ends_it_and_lets_the_next_one_begin(quiet_side: Side, empty: Books, reconcile: Reconcile) -> None:
    given(quiet_side)
    quiet_side.fault(Fault(path="/v1/payment_intents", verb="GET", delay=3))
    words, pipe = [sys.executable, "-m", "service.cli", "reconcile"], subprocess.PIPE
    running = subprocess.Popen(words, text=True, stdout=pipe, stderr=pipe)
    wait_until(lambda: empty.redis.exists("hb:reconcile:lock"))
    wait_until(lambda: any(entry.path == "/v1/subscriptions" for entry in quiet_side.requests()))
    running.send_signal(signal.SIGINT)
    _, complained = running.communicate(timeout=30)
    assert running.returncode == 1
    assert complained.splitlines()[-1] == "stopped; the same command goes on from there"
    assert reconcile().code == 0


def test_a_site_that_is_not_there_is_named(reconcile: Reconcile) -> None:
    done = reconcile("--site", "curier")
    assert done.code == 1
    assert done.complained.strip() == "--site: there is no curier; did you mean courier?"


def test_a_part_may_be_asked_for(quiet_side: Side, reconcile: Reconcile) -> None:
    given(quiet_side)
    for options in (("--site", "herald"), ("--since", "2099-01-01")):
        assert reconcile(*options).said == ["0 compared, 0 differed, 0 repaired"]
    done = reconcile("--site", "courier", "--since", "2026-01-01")
    assert done.said[-1] == "1 compared, 1 differed, 1 repaired"
