"""Subscriptions and their invoices: the first payment, renewals, changes, the end."""

import calendar
from datetime import UTC, datetime, timedelta

from . import payments
from .invoices import blank_invoice, invoice_line
from .payments import Outcome
from .refusal import Refusal
from .shapes import OURSELVES, listing, make, plan
from .vault import Object, Vault

OVER = {"canceled", "incomplete_expired"}


def subscribe(vault: Vault, session: Object, outcome: Outcome, payer: Object) -> Object:
    """The subscription a completed Checkout Session starts, with its first invoice; tells nobody yet."""
    asked, start = vault.private[session["id"]], vault.now()
    terms = asked["params"].get("subscription_data", {})
    subscription = make(
        vault, "subscription", customer=session["customer"], currency=session["currency"],
        status="active" if outcome == "paid" else "incomplete", metadata=terms.get("metadata") or {},
        description=terms.get("description"), billing_cycle_anchor=start, start_date=start, discounts=[],
        cancel_at_period_end=False, collection_method="charge_automatically", billing_schedules=[],
        automatic_tax={"disabled_reason": None, "enabled": False, "liability": None}, default_tax_rates=[],
        billing_mode={"type": "flexible", "flexible": None, "updated_at": None},
        invoice_settings={"account_tax_ids": None, "custom_fields": None, "description": None, "footer": None,
                          "issuer": OURSELVES},
    )  # fmt: skip
    items = [item(vault, subscription, line, start) for line in asked["lines"]]
    subscription["items"] = listing(items, f"/v1/subscription_items?subscription={subscription['id']}")
    bill(vault, subscription, "subscription_create", outcome, payer)
    return subscription


def item(vault: Vault, subscription: Object, line: Object, start: int) -> Object:
    made = make(
        vault, "subscription_item", subscription=subscription["id"], price=line["price"], plan=plan(line["price"]),
        quantity=line["quantity"], metadata={}, discounts=[], tax_rates=[], current_period_start=start,
        current_period_end=one_interval_on(start, line["price"]["recurring"]),
    )  # fmt: skip
    del vault.objects[made["id"]]  # lives inside its subscription
    return made


def one_interval_on(start: int, recurring: Object) -> int:
    """The end of a period that starts then; the 31st becomes the last day of a shorter month."""
    at, count = datetime.fromtimestamp(start, UTC), recurring["interval_count"]
    if recurring["interval"] in {"day", "week"}:
        days = count * (7 if recurring["interval"] == "week" else 1)
        return int((at + timedelta(days=days)).timestamp())
    months = at.month - 1 + count * (12 if recurring["interval"] == "year" else 1)
    year, month = at.year + months // 12, months % 12 + 1
    day = min(at.day, calendar.monthrange(year, month)[1])
    return int(at.replace(year=year, month=month, day=day).timestamp())


def bill(vault: Vault, subscription: Object, reason: str, outcome: Outcome, payer: Object) -> Object:
    """An invoice for the current period, with its payment in that state; tells nobody yet."""
    lines = subscription["items"]["data"]
    total = sum(line["price"]["unit_amount"] * line["quantity"] for line in lines)
    text = "Subscription creation" if reason == "subscription_create" else "Subscription update"
    payment = payments.intent(
        vault, amount=total, currency=subscription["currency"], customer=subscription["customer"], description=text
    )
    payments.attempt(vault, payment, outcome, payer)
    invoice = blank_invoice(vault, subscription, reason, total, payer)
    invoice["lines"] = listing(
        [invoice_line(vault, invoice, subscription, line) for line in lines], f"/v1/invoices/{invoice['id']}/lines"
    )
    made = make(
        vault, "invoice_payment", invoice=invoice["id"], amount_requested=total, currency=subscription["currency"],
        is_default=True, status="open", status_transitions={"canceled_at": None, "paid_at": None},
        payment={"type": "payment_intent", "payment_intent": payment["id"]},
    )  # fmt: skip
    if outcome == "paid":
        mark_paid(vault, invoice, made)
    subscription["latest_invoice"] = invoice["id"]
    return invoice


def payment_of(vault: Vault, invoice: Object) -> tuple[Object, Object]:
    """The invoice's payment record and the payment intent it names."""
    record = next(thing for thing in vault.all("invoice_payment") if thing["invoice"] == invoice["id"])
    return record, vault.objects[record["payment"]["payment_intent"]]


def mark_paid(vault: Vault, invoice: Object, record: Object) -> None:
    invoice.update(status="paid", amount_paid=invoice["total"], amount_remaining=0, next_payment_attempt=None)
    invoice["status_transitions"]["paid_at"] = vault.now()
    record.update(status="paid", amount_paid=invoice["total"])
    record["status_transitions"]["paid_at"] = vault.now()


def tell_invoice(vault: Vault, invoice: Object, outcome: Outcome, *, new: bool) -> None:
    """The events for an invoice that was just made, or whose payment was just decided."""
    if new:
        vault.emit("invoice.created", invoice)
        vault.emit("invoice.finalized", invoice)
    if outcome == "paid":
        vault.emit("invoice.paid", invoice)
        vault.emit("invoice_payment.paid", payment_of(vault, invoice)[0])
        vault.emit("invoice.payment_succeeded", invoice)
    elif outcome != "underway":
        vault.emit("invoice.payment_failed", invoice)
    if outcome == "unconfirmed":
        vault.emit("invoice.payment_action_required", invoice)


def settle(vault: Vault, subscription: Object, outcome: Outcome) -> None:
    """The first payment, made by a delayed method, has arrived or failed."""
    invoice = vault.objects[subscription["latest_invoice"]]
    record, payment = payment_of(vault, invoice)
    payments.conclude(vault, payment, outcome)
    payments.tell(vault, payment, outcome)
    before = subscription["status"]
    if outcome == "paid":
        mark_paid(vault, invoice, record)
    subscription["status"] = "active" if outcome == "paid" else "incomplete_expired"
    tell_invoice(vault, invoice, outcome, new=False)
    vault.emit("customer.subscription.updated", subscription, status=before)


def renew(vault: Vault, ident: str, outcome: Outcome = "paid") -> Object:
    """The next period begins and is paid, or it is not and the subscription is past due.

    One that was cancelled at the end of its period ends instead; one whose collection is paused asks for nothing.
    """
    with vault.change():
        subscription = vault.find("subscription", ident)
        must_go_on(subscription)
        if subscription["cancel_at_period_end"]:
            return end(vault, subscription)
        before = subscription["status"]
        for line in subscription["items"]["data"]:
            line["current_period_start"] = line["current_period_end"]
            line["current_period_end"] = one_interval_on(line["current_period_end"], line["price"]["recurring"])
        if not subscription["pause_collection"]:
            subscription["status"] = "active" if outcome == "paid" else "past_due"
            invoice = bill(vault, subscription, "subscription_cycle", outcome, payer_of(vault, subscription))
            payments.tell(vault, payment_of(vault, invoice)[1], outcome)
            tell_invoice(vault, invoice, outcome, new=True)
        vault.emit("customer.subscription.updated", subscription, status=before)
        return subscription


def retry(vault: Vault, ident: str, outcome: Outcome = "paid") -> Object:
    """Stripe tries the unpaid invoice again, or the giver pays it."""
    with vault.change():
        subscription = vault.find("subscription", ident)
        must_go_on(subscription)
        invoice = vault.objects[subscription["latest_invoice"]]
        if invoice["status"] == "paid":
            raise Refusal("Invoice is already paid", "invoice")
        record, payment = payment_of(vault, invoice)
        payments.attempt(vault, payment, outcome, payer_of(vault, subscription))
        invoice["attempt_count"] += 1
        before = subscription["status"]
        if outcome == "paid":
            mark_paid(vault, invoice, record)
            subscription["status"] = "active"
        payments.tell(vault, payment, outcome)
        tell_invoice(vault, invoice, outcome, new=False)
        vault.emit("customer.subscription.updated", subscription, status=before)
        return subscription


def payer_of(vault: Vault, subscription: Object) -> Object:
    customer = vault.objects[subscription["customer"]]
    return {"email": customer["email"], "name": customer["name"]}


def end(vault: Vault, subscription: Object) -> Object:
    """The period is over, and so is the subscription; when it was cancelled stays."""
    subscription.update(status="canceled", ended_at=vault.now(), cancel_at=None, cancel_at_period_end=False)
    vault.emit("customer.subscription.deleted", subscription)
    return subscription


def give_up(vault: Vault, ident: str, status: str = "canceled") -> Object:
    """Every retry failed. What becomes of it is a setting in Stripe's Dashboard: "canceled" or "unpaid"."""
    with vault.change():
        subscription = vault.find("subscription", ident)
        must_go_on(subscription)
        before, subscription["status"] = subscription["status"], status
        if status == "unpaid":
            vault.emit("customer.subscription.updated", subscription, status=before)
            return subscription
        now = vault.now()
        subscription.update(canceled_at=now, ended_at=now, cancellation_details=why("payment_failed"))
        vault.emit("customer.subscription.deleted", subscription)
        return subscription


def cancel(vault: Vault, ident: str) -> Object:
    """The subscription ends now."""
    with vault.change():
        subscription = vault.find("subscription", ident)
        must_go_on(subscription)
        now = vault.now()
        subscription.update(
            status="canceled", canceled_at=now, ended_at=now, cancel_at=None, cancel_at_period_end=False,
            cancellation_details=why("cancellation_requested"),
        )  # fmt: skip
        vault.emit("customer.subscription.deleted", subscription)
        return subscription


def why(reason: str | None) -> Object:
    return {"comment": None, "feedback": None, "feedback_option": None, "reason": reason}


def must_go_on(subscription: Object) -> None:
    if subscription["status"] in OVER:
        raise Refusal("A canceled subscription can only update its cancellation_details and metadata.", "id")
