"""The service dies at the worst moment, or Stripe hangs; nobody's gift and no page view is lost."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from service.app import create_app
from service.domain.contribution import State
from service.store.errors import StoreUnavailableError
from service.web.problems import ProblemError
from service.web.webhooks import webhooks_views
from tests.payments.conftest import SIDES, open_side
from tests.payments.giving import (
    Books,
    Giving,
    Reader,
    environment,
    patiently,
    post_event,
    problem,
    session_of,
    some_settings,
)
from tests.payments.granian import Granian
from tests.payments.sandbox_side import SandboxSide
from tests.payments.served import Served, wait_until
from tests.payments.sides import Fault, Side, deliver
from tests.servers import free_port


@pytest.fixture(scope="module", params=SIDES)
def mortal(request: pytest.FixtureRequest, books: Books) -> Iterator[tuple[Granian, Side]]:
    """A service of granian's, and Stripe beside it. The sandbox sends its events by itself until they are accepted."""
    port = free_port()
    side = open_side(request.param, f"http://127.0.0.1:{port}/webhooks/stripe")
    if isinstance(side, SandboxSide):
        side.sandbox.courier.start()
    granian = Granian(environment(books.redis_url, side.api, f"http://127.0.0.1:{port}"), port).start()
    yield granian, side
    granian.kill()
    side.stop()


def as_far_as_checkout(granian: Granian, side: Side, interval: str) -> Giving:
    reader = Reader(granian.address)
    assert reader.asked()
    wish = reader.wish(interval)
    return Giving(reader, wish, session_of(reader.press_continue(wish)), side)


def send_again(giving: Giving) -> None:
    """The sandbox does it by itself."""
    if not isinstance(giving.side, SandboxSide):
        deliver(giving.side, giving.events)


@pytest.mark.parametrize("interval", ["once", "monthly"])
def test_killed_between_checkout_and_webhook_it_records_one_contribution(
    interval: str, mortal: tuple[Granian, Side], books: Books
) -> None:
    granian, side = mortal
    giving = as_far_as_checkout(granian, side, interval)
    granian.kill()
    giving.pay()
    assert {side.deliver_once(event) for event in giving.events} == {0}
    assert not books.lines(giving.attempt)

    granian.start()
    send_again(giving)
    wait_until(lambda: books.lines(giving.attempt))
    deliver(side, giving.events)
    assert books.line(giving.attempt).state.given
    assert giving.reader.withheld() == "supporter"


def test_killed_in_the_middle_of_a_webhook_it_records_one_contribution(
    mortal: tuple[Granian, Side], books: Books
) -> None:
    granian, side = mortal
    giving = as_far_as_checkout(granian, side, "monthly")
    before = len(side.requests())
    side.fault(Fault(path="/v1/invoices", verb="GET", delay=1.5))
    with ThreadPoolExecutor(1) as pool:
        giving.pay()
        told = next(event for event in giving.events if event["type"] == "checkout.session.completed")
        unheard = pool.submit(side.deliver_once, told)
        wait_until(lambda: any(entry.path.startswith("/v1/subscriptions/") for entry in side.requests()[before:]))
        time.sleep(0.2)
        granian.kill()
        assert unheard.result() == 0
    assert not books.lines(giving.attempt)

    granian.start()
    send_again(giving)
    wait_until(lambda: books.lines(giving.attempt))
    assert books.line(giving.attempt).state is State.ACTIVE
    wait_until(lambda: giving.reader.withheld() == "supporter")


def test_the_return_records_what_no_webhook_told(mortal: tuple[Granian, Side], books: Books) -> None:
    granian, side = mortal
    giving = as_far_as_checkout(granian, side, "once")
    granian.kill()
    giving.pay()
    granian.start()
    assert giving.come_back().location.endswith("#honestybox=paid")
    assert books.line(giving.attempt).state is State.PAID


def test_a_stripe_that_hangs_does_not_stop_other_readers(mortal: tuple[Granian, Side], books: Books) -> None:
    granian, side = mortal
    givers = [Reader(granian.address) for _ in range(5)]
    other = Reader(granian.address)
    assert all(reader.asked() for reader in [*givers, other])
    side.fault(Fault(path="/v1/checkout/sessions", verb="POST", delay=6))
    wishes = [reader.wish() for reader in givers]
    with ThreadPoolExecutor(5) as pool:
        answers = [pool.submit(reader.press_continue, wish) for reader, wish in zip(givers, wishes, strict=True)]
        time.sleep(0.3)
        waits = [seconds(other.open_article) for _ in range(20)]
        assert sum(not answer.done() for answer in answers) == 1, "one alone waits for Stripe"
        given_up = [answer.result() for answer in answers if answer.done()]
    assert [problem(answer) for answer in given_up] == [(503, None)] * 4
    assert max(waits) < 3, waits
    assert sorted(waits)[len(waits) // 2] < 0.5, waits
    for reader, wish in zip(givers, wishes, strict=True):
        session_of(reader.press_continue(wish))


def seconds(act: Callable[[], Any]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began


class FailsOnce:
    """The readers' book, which Redis does not answer the first time: the service might as well have died there."""

    def __init__(self, readers: Any) -> None:
        self._readers, self._failed = readers, False

    def record_gift(self, *words: Any) -> bool:
        if not self._failed:
            self._failed = True
            raise StoreUnavailableError("gone at the worst moment")
        return bool(self._readers.record_gift(*words))


@pytest.fixture
def forgetful(stripe_side: Side, books: Books) -> Iterator[str]:
    """The webhook's view over a recorder whose readers' book fails once."""
    parts = create_app(some_settings(books.redis_url, stripe_side.api), watch=False).extensions["honestybox"]
    recorder = books.recorder(stripe_side)
    app = Flask("webhooks")
    app.register_blueprint(
        webhooks_views(replace(parts, recorder=replace(recorder, readers=FailsOnce(recorder.readers))))
    )
    app.register_error_handler(ProblemError, lambda told: (told.body, told.status))
    served = Served(app)
    yield served.address
    served.stop()


def test_dead_between_ledger_and_reader_it_is_healed_by_the_next_delivery(
    forgetful: str, a_giving: Callable[..., Giving], books: Books
) -> None:
    giving = a_giving("monthly").pay()
    told = next(event for event in giving.events if event["type"] == "checkout.session.completed")
    wait_until(lambda: post_event(forgetful, told).status == 503 and books.lines(giving.attempt))
    before = books.body(giving.subject)
    assert giving.reader.asked()

    wait_until(lambda: post_event(forgetful, told).status == 200)
    assert books.body(giving.subject) == before
    assert len(books.lines(giving.attempt)) == 1
    assert giving.reader.withheld() == "supporter"


def test_a_recorder_may_be_asked_again_and_again(
    a_giving: Callable[..., Giving], books: Books, stripe_side: Side
) -> None:
    giving = a_giving("annual").pay()
    recorder, now = books.recorder(stripe_side), datetime(2026, 11, 22, tzinfo=UTC)
    bodies = set()
    for _ in range(3):
        patiently(lambda: recorder.record(giving.subject, now))
        bodies.add(books.body(giving.subject))
    assert len(bodies) == 1
