"""A gift's story, as far as Stripe's objects themselves tell it: what happened, when, and how much it was about.

Stripe keeps its events for 30 days and its objects for ever, so the story is made of objects: the same objects give the
same story. Some things leave no time behind (when a gift was paused, when a dispute was lost).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from service.domain.contribution import Happened, Moment
from service.domain.money import from_stripe
from service.payments.gateway import Stripe
from service.payments.taken_back import WARNINGS, TakenBack, dispute_minor

_NOBODY_CANCELLED = frozenset({"payment_failed", "payment_disputed"})
# The card's bank asks for a confirmation in this way. Source: docs.stripe.com/declines/codes.
_WANTS_CONFIRMATION = "authentication_required"


def in_order(moments: Iterable[Moment]) -> tuple[Moment, ...]:
    """As they happened; those of one second stay as they were given, and what has no time comes last."""
    return tuple(sorted(moments, key=lambda moment: (moment.at is None, moment.at or datetime.max.replace(tzinfo=UTC))))


def of_money_taken_back(taken: TakenBack, currency: str) -> Iterator[Moment]:
    """Refunds and disputes of one payment."""
    for refund in taken.refunds:
        what = Happened.REFUND_FAILED if refund["status"] == "failed" else Happened.REFUNDED
        if refund["status"] != "canceled":
            yield Moment(instant(refund["created"]), what, from_stripe(int(refund["amount"]), currency))
    for dispute in taken.disputes:
        yield from _of_dispute(dispute, dispute_minor(dispute, taken.charge, currency))


def _of_dispute(dispute: Stripe, amount_minor: int) -> Iterator[Moment]:
    status, opened = dispute["status"], instant(dispute["created"])
    if status in WARNINGS:
        yield Moment(opened, Happened.INQUIRY_OPENED, amount_minor)
        if status == "warning_closed":
            yield Moment(None, Happened.INQUIRY_CLOSED, amount_minor)
        return
    yield Moment(opened, Happened.DISPUTE_OPENED, amount_minor)
    if status == "won":
        yield Moment(_came_back_at(dispute), Happened.DISPUTE_WON, amount_minor)
    if status == "lost":
        yield Moment(None, Happened.DISPUTE_LOST, amount_minor)


def _came_back_at(dispute: Stripe) -> datetime | None:
    back = [int(one["created"]) for one in dispute.get("balance_transactions") or () if int(one["amount"]) > 0]
    return instant(max(back)) if back else None


def of_failed_charges(charges: Iterable[Stripe], currency: str, failed: Happened) -> Iterator[Moment]:
    """Every attempt that the giver's bank turned down."""
    for charge in charges:
        if charge["status"] == "failed":
            confirm = charge.get("failure_code") == _WANTS_CONFIRMATION
            what = Happened.ACTION_NEEDED if confirm and failed is Happened.RENEWAL_FAILED else failed
            yield Moment(instant(charge["created"]), what, from_stripe(int(charge["amount"]), currency))


def of_amounts(invoices: Sequence[Stripe], current_minor: int | None, currency: str) -> Iterator[Moment]:
    """Each time the regular amount became another one; by the invoices, and by what the next one will ask for."""
    last: int | None = None
    for invoice in invoices:
        amount = _regular_minor(invoice, currency)
        if amount is not None and last is not None and amount != last:
            yield Moment(instant(invoice["created"]), Happened.AMOUNT_CHANGED, amount)
        last = last if amount is None else amount
    if None not in (last, current_minor) and current_minor != last:
        yield Moment(None, Happened.AMOUNT_CHANGED, current_minor)


def _regular_minor(invoice: Stripe, currency: str) -> int | None:
    """What the invoice asks for one period; None for one that only settles a change between two."""
    lines = [line for line in (invoice.get("lines") or {}).get("data") or () if not _prorates(line)]
    return from_stripe(sum(int(line["amount"]) for line in lines), currency) if lines else None


def _prorates(line: Stripe) -> bool:
    details = (line.get("parent") or {}).get("subscription_item_details") or {}
    return bool(details.get("proration"))


def of_course(subscription: Stripe, *, paused: bool) -> Iterator[Moment]:
    """Its beginning, its pause and its end."""
    yield Moment(instant(subscription["created"]), Happened.BEGUN)
    reason = (subscription.get("cancellation_details") or {}).get("reason")
    if subscription.get("canceled_at") and reason not in _NOBODY_CANCELLED:
        yield Moment(instant(subscription["canceled_at"]), Happened.CANCELLED)
    if subscription.get("ended_at"):
        yield Moment(instant(subscription["ended_at"]), Happened.ENDED)
    if paused:
        yield Moment(None, Happened.PAUSED)


def instant(seconds: Any) -> datetime:
    """Stripe's seconds since 1970."""
    return datetime.fromtimestamp(int(seconds), UTC)
