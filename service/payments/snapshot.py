"""Stripe's objects, read into one line of the ledger. Pure: the same objects always give the same line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from service.domain.contribution import Attribution, Contribution, Payment, State
from service.domain.money import Interval, from_stripe
from service.payments.gateway import Stripe

_INTERVALS = {"month": Interval.MONTHLY, "year": Interval.ANNUAL}
# A voucher or a bank transfer waits for the giver's own next step.
_ON_ITS_WAY = frozenset({"processing", "requires_action"})
_OVER = frozenset({"canceled", "incomplete_expired", "unpaid"})


def attribution_of(thing: Stripe) -> Attribution | None:
    """Our metadata on a Stripe object, or None when it is a stranger's."""
    metadata: Mapping[str, str] = thing.get("metadata") or {}
    if not metadata.get("site") or not metadata.get("attempt"):
        return None
    return Attribution(**{name: metadata.get(name, "") for name in Attribution.__dataclass_fields__})


def from_payment_intent(intent: Stripe, attribution: Attribution) -> Contribution:
    """A single gift. `intent` has its `latest_charge` expanded."""
    currency = str(intent["currency"]).upper()
    charge: Mapping[str, Any] = intent.get("latest_charge") or {}
    received, refunded = int(intent["amount_received"] or 0), int(charge.get("amount_refunded") or 0)
    paid = intent["status"] == "succeeded"
    payment = Payment(
        intent["id"],
        from_stripe(received, currency),
        _instant(charge.get("created") or intent["created"]),
        from_stripe(refunded, currency),
    )
    return Contribution(
        id=intent["id"],
        state=_single_state(intent["status"], fully_refunded=paid and refunded >= received),
        interval=Interval.ONCE,
        currency=currency,
        amount_minor=from_stripe(int(intent["amount"]), currency),
        began_at=_instant(intent["created"]),
        ended_at=None,
        customer=_id_of(intent.get("customer")),
        attribution=attribution,
        payments=(payment,) if paid else (),
    )


def _single_state(status: str, *, fully_refunded: bool) -> State:
    if status == "succeeded":
        return State.REFUNDED if fully_refunded else State.PAID
    return State.PENDING if status in _ON_ITS_WAY else State.FAILED


@dataclass(frozen=True, slots=True)
class Regular:
    """A subscription and all that tells what came of it.

    `first_payment`: the status of the payment intent that is to pay its first invoice, as long as none is paid.
    `refunded`: how much of each payment intent was paid back.
    """

    subscription: Stripe
    paid_invoices: Sequence[Stripe]
    first_payment: str
    refunded: Mapping[str, int]


def from_subscription(regular: Regular, attribution: Attribution) -> Contribution:
    """A regular gift, with every payment that came of it."""
    subscription = regular.subscription
    item = subscription["items"]["data"][0]
    price, currency = item["price"], str(subscription["currency"]).upper()
    payments = tuple(
        _invoice_payment(invoice, currency, regular.refunded)
        for invoice in regular.paid_invoices
        if invoice["amount_paid"]
    )
    ended_at = subscription.get("ended_at") or subscription.get("canceled_at")
    # A payment that has just succeeded may not have reached its invoice yet.
    on_its_way = regular.first_payment in (*_ON_ITS_WAY, "succeeded")
    state = _regular_state(subscription["status"], paid=bool(payments), on_its_way=on_its_way)
    return Contribution(
        id=subscription["id"],
        state=state,
        # In Stripe's Dashboard staff can make of it what we never offer: weeks, tiers. Its money counts all the same.
        interval=_INTERVALS.get(price["recurring"]["interval"], Interval.MONTHLY),
        currency=currency,
        amount_minor=from_stripe(int(price["unit_amount"] or 0) * int(item.get("quantity") or 1), currency),
        began_at=_instant(subscription["created"]),
        ended_at=_instant(ended_at) if state is State.ENDED and ended_at else None,
        customer=_id_of(subscription.get("customer")),
        attribution=attribution,
        payments=payments,
    )


def _regular_state(status: str, *, paid: bool, on_its_way: bool) -> State:
    """Nothing counts as given before an invoice is paid, whatever the subscription calls itself.

    While a bank debit is on its way it is `active` or `incomplete`, and `incomplete` after a declined card, too.
    """
    if status in _OVER:
        return State.ENDED if paid else State.FAILED
    if not paid:
        return State.PENDING if on_its_way else State.FAILED
    return State.PAST_DUE if status == "past_due" else State.ACTIVE


def _invoice_payment(invoice: Stripe, currency: str, refunded: Mapping[str, int]) -> Payment:
    paid_at = (invoice.get("status_transitions") or {}).get("paid_at") or invoice["created"]
    payments = (invoice.get("payments") or {}).get("data") or ()
    back = sum(refunded.get(_id_of(made["payment"].get("payment_intent")), 0) for made in payments)
    gross = from_stripe(int(invoice["amount_paid"]), currency)
    return Payment(invoice["id"], gross, _instant(paid_at), from_stripe(back, currency))


def _id_of(reference: Any) -> str:
    """Stripe gives an id, or the object when it was expanded, or nothing."""
    return str(reference["id"]) if isinstance(reference, Mapping) else str(reference or "")


def _instant(seconds: Any) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
