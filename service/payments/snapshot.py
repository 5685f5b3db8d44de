"""Stripe's objects, read into one line of the ledger. Pure: the same objects always give the same line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service.domain.contribution import FORGOTTEN, Attribution, Contribution, Happened, Moment, Payment, State
from service.domain.lifecycle import Standing, state_of
from service.domain.money import Interval, from_stripe
from service.payments.gateway import Stripe
from service.payments.story import in_order, instant, of_amounts, of_course, of_failed_charges, of_money_taken_back
from service.payments.taken_back import TakenBack

_INTERVALS = {"month": Interval.MONTHLY, "year": Interval.ANNUAL}
# A voucher or a bank transfer waits for the giver's own next step.
_ON_ITS_WAY = frozenset({"processing", "requires_action"})
_OVER = frozenset({"canceled", "incomplete_expired", "unpaid"})
_FIRST = "subscription_create"


def attribution_of(thing: Stripe) -> Attribution | None:
    """Our metadata on a Stripe object, or None when it is a stranger's."""
    metadata: Mapping[str, str] = thing.get("metadata") or {}
    if not metadata.get("site") or not metadata.get("attempt"):
        return None
    known = {name: value for name, value in metadata.items() if value != FORGOTTEN}
    return Attribution(**{name: known.get(name, "") for name in Attribution.__dataclass_fields__})


def from_payment_intent(intent: Stripe, taken: TakenBack, attribution: Attribution) -> Contribution:
    """A single gift. `intent` has its `latest_charge` expanded."""
    currency = str(intent["currency"]).upper()
    charge: Mapping[str, Any] = intent.get("latest_charge") or {}
    at = instant(charge.get("created") or intent["created"])
    payments = _single_payments(intent, taken, at, currency)
    standing = Standing(
        paid=bool(payments),
        on_its_way=intent["status"] in _ON_ITS_WAY,
        disputed=taken.disputed,
        lost=taken.lost,
        kept=any(payment.net_minor > 0 for payment in payments),
    )
    state = state_of(Interval.ONCE, standing)
    return Contribution(
        id=intent["id"],
        state=state,
        interval=Interval.ONCE,
        currency=currency,
        amount_minor=from_stripe(int(intent["amount"]), currency),
        fees_minor=_fees_minor(intent),
        began_at=instant(intent["created"]),
        ended_at=None,
        customer=id_of(intent.get("customer")),
        attribution=attribution,
        payments=payments,
        story=in_order(_single_story(intent, state, payments, taken, at)),
    )


def _single_payments(intent: Stripe, taken: TakenBack, at: datetime, currency: str) -> tuple[Payment, ...]:
    if intent["status"] != "succeeded":
        return ()
    gross = from_stripe(int(intent["amount_received"] or 0), currency)
    return (Payment(intent["id"], gross, at, taken.refunded_minor(currency), taken.disputed_minor(currency)),)


def _single_story(
    intent: Stripe, state: State, payments: Sequence[Payment], taken: TakenBack, at: datetime
) -> Iterator[Moment]:
    currency = str(intent["currency"]).upper()
    yield Moment(instant(intent["created"]), Happened.BEGUN)
    if state is State.FAILED:
        yield Moment(at, Happened.PAYMENT_FAILED, from_stripe(int(intent["amount"]), currency))
    for payment in payments:
        yield Moment(payment.at, Happened.PAID, payment.gross_minor)
    yield from of_money_taken_back(taken, currency)


@dataclass(frozen=True, slots=True)
class Regular:
    """A subscription and all that tells what came of it. Invoices and charges are in the order they were made.

    `next_payment`: the status of the payment intent that is to pay the latest invoice, while that is not paid.
    `taken_back`: by payment intent, what went back.
    """

    subscription: Stripe
    invoices: Sequence[Stripe]
    next_payment: str = ""
    charges: Sequence[Stripe] = ()
    taken_back: Mapping[str, TakenBack] = field(default_factory=dict)

    @property
    def paid(self) -> Sequence[Stripe]:
        """The invoices that brought money."""
        return paid_of(self.invoices)

    @property
    def currency(self) -> str:
        """As we write it."""
        return str(self.subscription["currency"]).upper()


def paid_of(invoices: Sequence[Stripe]) -> Sequence[Stripe]:
    """Those that brought money."""
    return [invoice for invoice in invoices if invoice["status"] == "paid" and invoice["amount_paid"]]


def from_subscription(regular: Regular, attribution: Attribution) -> Contribution:
    """A regular gift, with every payment that came of it."""
    subscription, currency = regular.subscription, regular.currency
    item = subscription["items"]["data"][0]
    price = item["price"]
    # In Stripe's Dashboard staff can make of it what we never offer: weeks, tiers. Its money counts all the same.
    interval = _INTERVALS.get(price["recurring"]["interval"], Interval.MONTHLY)
    amount_minor = from_stripe(int(price["unit_amount"] or 0) * int(item.get("quantity") or 1), currency)
    standing = _standing(regular)
    state = state_of(interval, standing)
    ended_at = subscription.get("ended_at") or subscription.get("canceled_at")
    pause = subscription.get("pause_collection") or {}
    return Contribution(
        id=subscription["id"],
        state=state,
        interval=interval,
        currency=currency,
        amount_minor=amount_minor,
        fees_minor=_fees_minor(subscription),
        began_at=instant(subscription["created"]),
        ended_at=instant(ended_at) if state is State.ENDED and ended_at else None,
        cancels_at=None if standing.over else _cancels_at(subscription),
        resumes_at=instant(pause["resumes_at"]) if pause.get("resumes_at") and not standing.over else None,
        customer=id_of(subscription.get("customer")),
        attribution=attribution,
        payments=tuple(_invoice_payment(invoice, regular) for invoice in regular.paid),
        story=in_order(_regular_story(regular, state, amount_minor if price["unit_amount"] else None)),
    )


def _standing(regular: Regular) -> Standing:
    """Nothing counts as given before an invoice is paid, whatever the subscription calls itself.

    While a bank debit is on its way it is `active` or `incomplete`, and `incomplete` after a declined card, too. A
    pause is either collection that stands still, or a subscription that is itself `paused`.
    """
    subscription, status = regular.subscription, regular.subscription["status"]
    return Standing(
        paid=bool(regular.paid),
        # A payment that has just succeeded may not have reached its invoice yet.
        on_its_way=regular.next_payment in (*_ON_ITS_WAY, "succeeded"),
        over=status in _OVER,
        paused=bool(status == "paused" or subscription.get("pause_collection")),
        wants_confirmation=status == "past_due" and regular.next_payment == "requires_action",
        past_due=status == "past_due",
        cancels=_cancels_at(subscription) is not None,
    )


def _cancels_at(subscription: Stripe) -> datetime | None:
    if subscription.get("cancel_at"):
        return instant(subscription["cancel_at"])
    if subscription.get("cancel_at_period_end"):
        return instant(max(int(item["current_period_end"]) for item in subscription["items"]["data"]))
    return None


def _invoice_payment(invoice: Stripe, regular: Regular) -> Payment:
    paid_at = (invoice.get("status_transitions") or {}).get("paid_at") or invoice["created"]
    taken = _taken_back(invoice, regular)
    return Payment(
        invoice["id"],
        from_stripe(int(invoice["amount_paid"]), regular.currency),
        instant(paid_at),
        sum(one.refunded_minor(regular.currency) for one in taken),
        sum(one.disputed_minor(regular.currency) for one in taken),
    )


def _taken_back(invoice: Stripe, regular: Regular) -> Sequence[TakenBack]:
    return [regular.taken_back[intent] for intent in intents_of(invoice) if intent in regular.taken_back]


def _regular_story(regular: Regular, state: State, amount_minor: int | None) -> Iterator[Moment]:
    currency = regular.currency
    yield from of_course(regular.subscription, paused=state is State.PAUSED)
    for invoice in regular.invoices:
        intents = intents_of(invoice)
        charges = [charge for charge in regular.charges if id_of(charge.get("payment_intent")) in intents]
        failed = Happened.PAYMENT_FAILED if invoice["billing_reason"] == _FIRST else Happened.RENEWAL_FAILED
        yield from of_failed_charges(charges, currency, failed)
        if invoice["status"] == "paid" and invoice["amount_paid"]:
            payment = _invoice_payment(invoice, regular)
            yield Moment(payment.at, Happened.PAID, payment.gross_minor)
        for taken in _taken_back(invoice, regular):
            yield from of_money_taken_back(taken, currency)
    yield from of_amounts(regular.invoices, amount_minor, currency)


def intents_of(invoice: Stripe) -> list[str]:
    """The payment intents that paid the invoice, or are to."""
    payments = (invoice.get("payments") or {}).get("data") or ()
    return [id_of(made["payment"].get("payment_intent")) for made in payments]


def _fees_minor(thing: Stripe) -> int:
    """What "cover the fees" added; staff can write anything into metadata."""
    told = str((thing.get("metadata") or {}).get("fees_minor", ""))
    return int(told) if told.isascii() and told.isdigit() else 0


def id_of(reference: Any) -> str:
    """Stripe gives an id, or the object when it was expanded, or nothing."""
    return str(reference["id"]) if isinstance(reference, Mapping) else str(reference or "")
