"""A publisher's own systems hear of every change of a contribution, whoever dies in between."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from service.app import create_app, utc_now
from service.outgoing.announcing import Announcer
from service.settings import Settings
from service.store.connection import Store
from service.store.deliveries import Deliveries
from service.store.errors import StoreUnavailableError
from service.store.jobs import Jobs
from service.store.ledger import Ledger
from service.worker import open_worker
from tests.outgoing.receiver import Receiver
from tests.payments.giving import SITE, Books, Giving, environment, patiently, post_event
from tests.payments.served import Served, wait_until
from tests.payments.sides import Side

URL = "https://crm.example/hook"


class Queue:
    """Takes jobs, when it is there."""

    def __init__(self) -> None:
        self.away = 0
        self.taken: list[tuple[str, str]] = []

    def put(self, _kind: str, arguments: dict[str, Any], unique: str = "") -> None:
        if self.away:
            self.away -= 1
            raise StoreUnavailableError("gone at the worst moment")
        about = json.loads(arguments["body"])["data"]
        self.taken.append((unique, f"{about['before']} {about['contribution']['state']}"))


class DiesOnce(Ledger):
    """The service dies when everybody has been told and that is to be written down."""

    died = False

    def told(self, line: Any) -> None:
        if not self.died:
            self.died = True
            raise StoreUnavailableError("gone at the worst moment")
        super().told(line)


def announcing(books: Books, queue: Queue) -> Announcer:
    return Announcer({SITE: (URL,)}, queue.put, books.ledger.tellings, utc_now)


def test_a_change_is_put_once_however_often_it_is_heard_of(
    a_giving: Callable[..., Giving], stripe_side: Side, books: Books
) -> None:
    queue, giving = Queue(), a_giving("monthly").pay()
    recorder = books.recorder(stripe_side, on_change=announcing(books, queue))
    for _ in range(3):
        patiently(lambda: recorder.record(giving.subject, utc_now()))
    assert [change for _, change in queue.taken] == ["None active"]
    stripe_side.cancel(giving.subject)
    for _ in range(2):
        patiently(lambda: recorder.record(giving.subject, utc_now()))
    assert [change for _, change in queue.taken] == ["None active", "active ended"]
    assert len({unique for unique, _ in queue.taken}) == 2


def test_what_could_not_be_put_after_the_ledger_was_written_is_put_the_next_time(
    a_giving: Callable[..., Giving], stripe_side: Side, books: Books
) -> None:
    queue, giving = Queue(), a_giving("monthly").pay()
    queue.away = 2
    recorder = books.recorder(stripe_side, on_change=announcing(books, queue))
    while queue.away:
        with pytest.raises(StoreUnavailableError):
            recorder.record(giving.subject, utc_now())
    assert books.lines(giving.attempt)
    assert not queue.taken
    patiently(lambda: recorder.record(giving.subject, utc_now()))
    assert [change for _, change in queue.taken] == ["None active"]


def test_what_was_put_twice_by_a_crash_is_known_as_the_same_change(
    a_giving: Callable[..., Giving], stripe_side: Side, books: Books
) -> None:
    queue, giving = Queue(), a_giving("once").pay()
    ledger = DiesOnce(Store(books.redis_url))
    recorder = books.recorder(stripe_side, ledger=ledger, on_change=announcing(books, queue))
    while not ledger.died:  # a busy Redis may be the first to fail
        with pytest.raises(StoreUnavailableError):
            recorder.record(giving.subject, utc_now())
    for _ in range(2):
        patiently(lambda: recorder.record(giving.subject, utc_now()))
    assert [change for _, change in queue.taken] == ["None paid"] * len(queue.taken)
    assert len(queue.taken) >= 2
    assert len({unique for unique, _ in queue.taken}) == 1


@pytest.fixture
def settings(receiver: Receiver, stripe_side: Side, books: Books) -> Settings:
    """Of a service whose publisher wants to know."""
    secret = f"whsec_{base64.b64encode(b'k' * 32).decode()}"
    return Settings.from_environ(
        environment(books.redis_url, stripe_side.api, "https://support.example.org")
        | {"HONESTYBOX_OUTGOING_WEBHOOKS": f"{SITE}={receiver.url}", "HONESTYBOX_OUTGOING_WEBHOOK_SECRETS": secret}
    )


def test_from_stripes_event_to_the_publishers_system(
    a_giving: Callable[..., Giving], receiver: Receiver, settings: Settings, books: Books
) -> None:
    giving = a_giving("annual").pay()
    served = Served(create_app(settings, watch=False))
    for event in [*giving.events, *giving.events]:
        wait_until(lambda event=event: post_event(served.address, event).status == 200)  # Stripe, too, sends it again
    served.stop()
    assert not receiver.heard, "no reader, and not Stripe, waits for it"

    open_worker(settings, utc_now).jobs.work_due()
    about = [json.loads(heard.body)["data"]["contribution"] for heard in receiver.heard]
    assert about
    assert {one["id"] for one in about} == {giving.subject}
    assert about[-1]["state"] == "active"
    assert about[-1]["net_minor"] == 5000
    assert giving.reader.id not in str(receiver.heard)
    written = list(Deliveries(Store(books.redis_url)).of_site(SITE, most=len(about)))
    assert {(one.event, one.outcome) for one in written} == {
        (heard.headers["webhook-id"], "200") for heard in receiver.heard
    }
    assert Jobs(books.redis_url, "a secret").standing().waiting == 0
