"""The demo's Stripe sandbox, driven by Stripe's own SDK over HTTP."""

from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
import stripe
from flask import Flask, request

from service.demo.sandbox import Sandbox, SandboxApp, create_sandbox
from service.demo.sandbox.money import CURRENCIES
from service.demo.serving import Running
from service.domain.money import CHARGED
from tests.demo.waiting import until

SECRET = "whsec_of_the_tests"
FEW = (0.01,)


class Endpoint:
    """The service's side of webhooks: keeps what arrives, answers what it is told to."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.events: list[Any] = []
        self.app = Flask("endpoint")
        self.app.add_url_rule("/hook", view_func=self.take, methods=["POST"])

    def take(self) -> tuple[str, int]:
        self.events.append(
            stripe.Webhook.construct_event(request.get_data(), request.headers["Stripe-Signature"], SECRET)
        )
        return "", self.answers.pop(0) if self.answers else 200

    @property
    def types(self) -> list[str]:
        return [event.type for event in self.events]


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any) -> None:
        return None


@pytest.fixture
def app() -> SandboxApp:
    return create_sandbox("http://127.0.0.1:9/hook", SECRET, deliver=False)


@pytest.fixture
def sandbox(app: SandboxApp) -> Sandbox:
    return app.sandbox


@pytest.fixture
def address(app: SandboxApp) -> Iterator[str]:
    with Running(app) as address:
        yield address


@pytest.fixture
def client(address: str) -> stripe.StripeClient:
    return client_of(address)


def client_of(address: str) -> stripe.StripeClient:
    return stripe.StripeClient("sk_test_sandbox", base_addresses={"api": address}, max_network_retries=0)


def asked(mode: str = "payment", interval: str = "month", **changes: Any) -> Any:
    """The parameters of a Checkout Session as the service makes them."""
    price: dict[str, Any] = {"currency": "usd", "unit_amount": 500, "product_data": {"name": "The Daily Lantern"}}
    child = "payment_intent_data"
    if mode == "subscription":
        price["recurring"] = {"interval": interval}
        child = "subscription_data"
    return {
        "mode": mode, "line_items": [{"quantity": 1, "price_data": price}], "metadata": {"site": "daily-lantern"},
        child: {"metadata": {"site": "daily-lantern", "attempt": "a1"}}, "client_reference_id": "reader",
        "success_url": "http://127.0.0.1/back?session={CHECKOUT_SESSION_ID}", "cancel_url": "http://127.0.0.1/article",
        **changes,
    }  # fmt: skip


def press(url: str, **form: str) -> tuple[int, str, str]:
    """Press a button of a page: status, where it leads, and the page."""
    try:
        with build_opener(Stay).open(Request(url, urlencode(form).encode()), timeout=5) as answer:
            return answer.status, "", answer.read().decode()
    except HTTPError as answer:
        return answer.code, answer.headers.get("Location", ""), answer.read().decode()


def look(url: str) -> str:
    with build_opener().open(url, timeout=5) as answer:
        return str(answer.read().decode())


def test_a_one_time_payment_carries_its_metadata_to_the_payment_intent(client, sandbox):
    session = client.v1.checkout.sessions.create(asked())
    assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 500)
    sandbox.pay(session.id)

    paid = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent", "line_items"]})
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert paid.customer_details.email == "reader@example.org"
    assert paid.payment_intent.metadata["attempt"] == "a1"
    assert paid.line_items.data[0].amount_total == 500

    intent = client.v1.payment_intents.retrieve(paid.payment_intent.id, {"expand": ["latest_charge"]})
    assert (intent.status, intent.latest_charge.status, intent.latest_charge.paid) == ("succeeded", "succeeded", True)
    assert "invoice" not in intent.latest_charge


@pytest.mark.parametrize("interval", ["month", "year"])
def test_a_recurring_contribution_makes_a_customer_a_subscription_and_a_paid_invoice(client, sandbox, interval):
    session = client.v1.checkout.sessions.create(asked("subscription", interval))
    sandbox.pay(session.id, "ada@example.org")

    paid = client.v1.checkout.sessions.retrieve(session.id)
    assert client.v1.customers.retrieve(paid.customer).email == "ada@example.org"
    subscription = client.v1.subscriptions.retrieve(paid.subscription, {"expand": ["latest_invoice.payments"]})
    item = subscription["items"].data[0]
    assert subscription.status == "active"
    assert item.price.recurring.interval == interval
    assert item.current_period_end - item.current_period_start > 27 * 86400
    assert "current_period_end" not in subscription

    invoice = subscription.latest_invoice
    assert (invoice.status, invoice.amount_paid) == ("paid", 500)
    assert invoice.parent.subscription_details.subscription == subscription.id
    assert invoice.parent.subscription_details.metadata["attempt"] == "a1"
    intent = invoice.payments.data[0].payment.payment_intent
    found = client.v1.invoice_payments.list({"payment": {"type": "payment_intent", "payment_intent": intent}})
    assert [record.invoice for record in found.data] == [invoice.id]
    by_invoice = client.v1.invoices.retrieve(invoice.id, {"expand": ["payments"]})
    assert by_invoice.payments.data[0].status == "paid"
    assert [one.id for one in client.v1.invoices.list({"subscription": subscription.id}).data] == [invoice.id]


def test_sessions_are_found_by_their_payment_and_by_their_subscription(client, sandbox):
    once, monthly = (client.v1.checkout.sessions.create(asked(mode)) for mode in ("payment", "subscription"))
    intent, subscription = sandbox.pay(once.id)["payment_intent"], sandbox.pay(monthly.id)["subscription"]
    list_sessions = client.v1.checkout.sessions.list
    assert [one.id for one in list_sessions({"payment_intent": intent}).data] == [once.id]
    assert [one.id for one in list_sessions({"subscription": subscription}).data] == [monthly.id]
    assert [one.id for one in list_sessions().data] == [monthly.id, once.id]


def test_the_same_key_and_request_give_the_first_answer_again(client, sandbox):
    first = client.v1.checkout.sessions.create(asked(), {"idempotency_key": "attempt-1"})
    sandbox.pay(first.id)
    again = client.v1.checkout.sessions.create(asked(), {"idempotency_key": "attempt-1"})
    assert (again.id, again.status) == (first.id, "open")
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(sandbox.all("checkout.session")) == 1


def test_the_same_key_with_another_request_is_refused(client):
    client.v1.checkout.sessions.create(asked(), {"idempotency_key": "attempt-1"})
    with pytest.raises(stripe.IdempotencyError) as refused:
        client.v1.checkout.sessions.create(asked(client_reference_id="other"), {"idempotency_key": "attempt-1"})
    assert refused.value.http_status == 400


def test_a_refused_request_does_not_use_up_its_key(client):
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.create(asked(mode=None), {"idempotency_key": "attempt-1"})
    assert client.v1.checkout.sessions.create(asked(), {"idempotency_key": "attempt-1"}).status == "open"


def line(**price: Any) -> dict[str, Any]:
    basis = {"currency": "usd", "unit_amount": 500, "product_data": {"name": "x"}}
    return {"line_items": [{"quantity": 1, "price_data": {**basis, **price}}]}


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"mode": None}, "mode"),
        ({"mode": "gift"}, "mode"),
        ({"success_url": None}, "success_url"),
        ({"success_url": "not-a-url"}, "success_url"),
        ({"line_items": None}, "line_items"),
        ({"payment_method_types": ["card"]}, "payment_method_types"),
        ({"subscription_data": {"metadata": {}, "description": "x"}}, "subscription_data"),
        ({"locale": "xx"}, "locale"),
        ({"customer": "cus_nobody"}, "customer"),
        ({"customer_email": "no address"}, "customer_email"),
        ({"metadata": {"key": "v" * 501}}, "metadata[key]"),
        ({"metadata": {"k" * 41: "v"}}, f"metadata[{'k' * 41}]"),
        ({"expires_at": 1}, "expires_at"),
        (line(unit_amount=49), "line_items"),
        (line(unit_amount=-1), "line_items[0][price_data][unit_amount]"),
        (line(unit_amount="5.5"), "line_items[0][price_data][unit_amount]"),
        (line(unit_amount=10**9), "line_items[0][price_data][unit_amount]"),
        (line(currency="xxx"), "line_items[0][price_data][currency]"),
        (line(currency=None), "line_items[0][price_data][currency]"),
        (line(currency="isk", unit_amount=50050), "line_items[0][price_data][unit_amount]"),
        (line(recurring={"interval": "month"}), "mode"),
        (line(surprise="x"), "line_items[0][price_data][surprise]"),
    ],
)
def test_what_stripe_would_refuse_is_refused_with_the_parameter_at_fault(client, changes, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.create(asked(**changes))
    assert (refused.value.http_status, refused.value.param) == (400, param)


def test_an_unknown_object_is_404_and_a_live_key_is_401(client, address):
    with pytest.raises(stripe.InvalidRequestError) as missing:
        client.v1.subscriptions.retrieve("sub_nobody")
    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")
    live = stripe.StripeClient("sk_live_real", base_addresses={"api": address}, max_network_retries=0)
    with pytest.raises(stripe.AuthenticationError):
        live.v1.customers.list()


def test_only_what_can_be_expanded_is_expanded(client):
    session = client.v1.checkout.sessions.create(asked())
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.retrieve(session.id, {"expand": ["invoice.payment_intent.x.y.z"]})
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.retrieve(session.id, {"expand": ["mode"]})


def test_a_declined_card_leaves_checkout_open_and_tells_of_it_once_there_is_a_payment(client, sandbox):
    session = client.v1.checkout.sessions.create(asked())
    status, _, page = press(session.url, how="decline", email="ada@example.org")
    assert status == 200
    assert "declined" in page
    [failed] = sandbox.events("payment_intent.payment_failed")
    assert failed["data"]["object"]["last_payment_error"]["code"] == "card_declined"
    status, back, _ = press(session.url, how="pay", email="ada@example.org")
    assert (status, back) == (303, f"http://127.0.0.1/back?session={session.id}")
    assert client.v1.checkout.sessions.retrieve(session.id).payment_intent == failed["data"]["object"]["id"]


def test_the_checkout_page_says_that_no_money_moves_and_what_is_paid(client):
    page = look(client.v1.checkout.sessions.create(asked("subscription", "year", locale="en")).url)
    assert "no money moves" in page
    assert "$5" in page
    assert "every year" in page
    assert 'href="http://127.0.0.1/article"' in page
    assert "reader@example.org" in page
    basis = asked(locale="en")
    basis["line_items"][0]["price_data"]["product_data"]["description"] = "$0.40 of it covers the fees"
    assert "$0.40 of it covers the fees" in look(client.v1.checkout.sessions.create(basis).url)
    assert "деньги не движутся" in look(client.v1.checkout.sessions.create(asked(locale="ru")).url)


def test_the_service_and_the_sandbox_know_the_same_currencies():
    assert {code.upper() for code in CURRENCIES} == CHARGED


def test_a_second_press_of_pay_pays_once(client, sandbox):
    session = client.v1.checkout.sessions.create(asked())
    press(session.url, how="pay", email="ada@example.org")
    status, _, page = press(session.url, how="pay", email="ada@example.org")
    assert status == 200
    assert "already paid" in page
    assert len(sandbox.events("checkout.session.completed")) == 1


def test_an_expired_checkout_says_so(client, sandbox):
    session = client.v1.checkout.sessions.create(asked())
    client.v1.checkout.sessions.expire(session.id)
    assert "expired" in look(session.url)
    assert len(sandbox.events("checkout.session.expired")) == 1


@pytest.mark.parametrize("mode", ["payment", "subscription"])
@pytest.mark.parametrize(("arrived", "ending", "paid"), [(True, "succeeded", "paid"), (False, "failed", "unpaid")])
def test_a_delayed_payment_is_unpaid_until_it_is_settled(client, sandbox, address, mode, arrived, ending, paid):
    session = client.v1.checkout.sessions.create(asked(mode))
    status, back, _ = press(session.url, how="delay", email="ada@example.org")
    assert (status, back) == (303, f"http://127.0.0.1/back?session={session.id}")
    [completed] = sandbox.events("checkout.session.completed")
    assert completed["data"]["object"]["payment_status"] == "unpaid"
    assert not sandbox.events("invoice.paid")

    press(f"{address}/act", id=session.id, action="settle" if arrived else "fail")
    [settled] = sandbox.events(f"checkout.session.async_payment_{ending}")
    assert settled["data"]["object"]["payment_status"] == paid
    assert len(sandbox.events("invoice.paid")) == int(arrived and mode == "subscription")


def test_a_subscription_renews_changes_and_ends(client, sandbox):
    session = client.v1.checkout.sessions.create(asked("subscription"))
    ident = sandbox.pay(session.id)["subscription"]
    sandbox.renew(ident)
    assert [event["data"]["object"]["billing_reason"] for event in sandbox.events("invoice.paid")] == [
        "subscription_create", "subscription_cycle",
    ]  # fmt: skip
    sandbox.renew(ident, paid=False)
    assert client.v1.subscriptions.retrieve(ident).status == "past_due"
    changed = client.v1.subscriptions.update(ident, {"cancel_at_period_end": True, "metadata": {"note": "x"}})
    assert changed.cancel_at == changed["items"].data[0].current_period_end
    assert changed.metadata.to_dict() == {"site": "daily-lantern", "attempt": "a1", "note": "x"}
    assert client.v1.subscriptions.cancel(ident).status == "canceled"
    assert len(sandbox.events("customer.subscription.deleted")) == 1
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.subscriptions.cancel(ident)


def test_events_are_listed_by_type_and_time_and_page_by_page(client, sandbox):
    for _ in range(3):
        sandbox.pay(client.v1.checkout.sessions.create(asked()).id)
    wanted = {"types": ["charge.succeeded", "checkout.session.completed"], "limit": 2, "created": {"gte": 1}}
    found = list(client.v1.events.list(wanted).auto_paging_iter())
    assert len(found) == 6
    assert {event.type for event in found} == set(wanted["types"])
    later = sandbox.vault.now() + 3600
    assert client.v1.events.list({"created": {"gte": later}}).data == []
    newer = client.v1.events.list({"types": wanted["types"], "limit": 1, "ending_before": found[1].id})
    assert [event.id for event in newer.data] == [found[0].id]


def test_the_portal_shows_a_customer_their_subscription_and_ends_it(client, sandbox):
    session = sandbox.pay(client.v1.checkout.sessions.create(asked("subscription")).id)
    portal = client.v1.billing_portal.sessions.create(
        {"customer": session["customer"], "return_url": "http://127.0.0.1/article"}
    )
    assert "every month" in look(portal.url)
    press(portal.url, id=session["subscription"])
    assert client.v1.subscriptions.retrieve(session["subscription"]).status == "canceled"


def test_a_sandbox_told_not_to_answer_answers_503(client, sandbox, address):
    press(f"{address}/act", action="switch")
    with pytest.raises(stripe.APIError) as down:
        client.v1.checkout.sessions.create(asked())
    assert down.value.http_status == 503
    assert "Answer again" in look(address)
    press(f"{address}/act", action="switch")
    assert client.v1.checkout.sessions.create(asked()).status == "open"


def test_another_sites_page_cannot_press_our_buttons(address, sandbox):
    stranger = Request(f"{address}/act", b"action=switch", {"Origin": "https://elsewhere.example"})
    with pytest.raises(HTTPError) as refused:
        build_opener().open(stranger, timeout=5)
    assert refused.value.code == 403
    assert sandbox.answering


def test_webhooks_are_signed_and_come_in_stripes_order():
    endpoint = Endpoint()
    with Running(endpoint.app) as hook:
        app = create_sandbox(f"{hook}/hook", SECRET, backoff=FEW)
        with Running(app) as address:
            session = client_of(address).v1.checkout.sessions.create(asked("subscription"))
            app.sandbox.pay(session.id)
            until(app.sandbox.courier.is_idle)
            app.sandbox.courier.stop()
    assert endpoint.types == [
        "payment_intent.created", "customer.created", "checkout.session.completed", "payment_intent.succeeded",
        "charge.succeeded", "customer.subscription.created", "invoice.created", "invoice.finalized", "invoice.paid",
        "invoice_payment.paid", "invoice.payment_succeeded",
    ]  # fmt: skip
    assert {event.api_version for event in endpoint.events} == {stripe.api_version}
    assert not any(event.livemode for event in endpoint.events)


def test_an_event_is_sent_until_it_is_accepted_and_holds_up_no_other():
    endpoint = Endpoint()
    endpoint.answers = [500, 503, 400, 200]
    with Running(endpoint.app) as hook:
        app = create_sandbox(f"{hook}/hook", SECRET, backoff=FEW)
        with Running(app) as address:
            app.sandbox.pay(client_of(address).v1.checkout.sessions.create(asked()).id)
            until(app.sandbox.courier.is_idle)
            app.sandbox.courier.stop()
    assert sorted(set(endpoint.types)) == sorted(
        ["payment_intent.created", "checkout.session.completed", "payment_intent.succeeded", "charge.succeeded"]
    )
    assert len(endpoint.events) == 7
    assert len({event.id for event in endpoint.events}) == 4


def test_what_was_paid_and_what_was_not_delivered_outlives_a_restart(tmp_path):
    state = tmp_path / "sandbox.json"
    before = create_sandbox("http://127.0.0.1:9/hook", SECRET, state_file=state, deliver=False)
    with Running(before) as address:
        made = client_of(address).v1.checkout.sessions.create(asked("subscription"), {"idempotency_key": "attempt-1"})
        subscription = before.sandbox.pay(made.id)["subscription"]

    endpoint = Endpoint()
    with Running(endpoint.app) as hook:
        after = create_sandbox(f"{hook}/hook", SECRET, state_file=state, backoff=FEW)
        with Running(after) as address:
            client = client_of(address)
            assert client.v1.subscriptions.retrieve(subscription).status == "active"
            again = client.v1.checkout.sessions.create(asked("subscription"), {"idempotency_key": "attempt-1"})
            assert again.id == made.id
            until(after.sandbox.courier.is_idle)
            after.sandbox.courier.stop()
    assert "invoice.paid" in endpoint.types


def test_a_broken_state_file_is_put_aside(tmp_path):
    state = tmp_path / "sandbox.json"
    state.write_text('{"objects": ')
    app = create_sandbox("http://127.0.0.1:9/hook", SECRET, state_file=state, deliver=False)
    assert app.sandbox.all("event") == []
    assert state.with_suffix(".unreadable").exists()
