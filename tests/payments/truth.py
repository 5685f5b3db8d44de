"""What Stripe itself holds to be true of our gifts, worked out from its objects and from nothing of ours."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Object = dict[str, Any]

ONGOING_DISPUTES = {"needs_response", "under_review"}
OPEN_INTENTS = {"processing", "requires_action"}


@dataclass(frozen=True, slots=True)
class Truth:
    """One gift. `payments`: what was taken, what was paid back, and what a bank holds back, of each, oldest first."""

    subject: str
    metadata: Mapping[str, str]
    state: str
    currency: str
    each: int
    payments: tuple[tuple[int, int, int], ...]
    counts_from: datetime
    linked: tuple[str, ...] = ()

    @property
    def revenue(self) -> int:
        """What stayed."""
        return sum(taken - back - held for taken, back, held in self.payments)


@dataclass
class Files:
    """Stripe's objects, by kind and by what they name."""

    kinds: dict[str, list[Object]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, objects: Iterable[Object]) -> "Files":
        """Oldest first."""
        files = cls()
        for thing in objects:
            files.kinds[thing["object"]].append(thing)
        return files

    def where(self, kind: str, **named: Any) -> list[Object]:
        """The objects of that kind with these values."""
        return [one for one in self.kinds[kind] if all(one.get(name) == value for name, value in named.items())]

    def one(self, kind: str, ident: str | None) -> Object | None:
        """The object, or None."""
        return next(iter(self.where(kind, id=ident)), None) if ident else None


def truths(objects: Iterable[Object]) -> dict[str, Truth]:
    """Every gift that was ever begun, by its payment intent or subscription."""
    files = Files.of(objects)
    singles = [single(files, intent) for intent in files.kinds["payment_intent"] if intent["metadata"].get("attempt")]
    regulars = [regular(files, sub) for sub in files.kinds["subscription"] if sub["metadata"].get("attempt")]
    return {truth.subject: truth for truth in (*singles, *regulars) if truth}


def single(files: Files, intent: Object) -> Truth | None:
    """A gift of one payment; None when the giver never got past Checkout."""
    charges = files.where("charge", payment_intent=intent["id"], status="succeeded")
    (session,) = files.where("checkout.session", payment_intent=intent["id"])
    if not charges and session["status"] != "complete":
        return None
    money = [moved(files, charge) for charge in charges]
    return Truth(
        subject=intent["id"],
        metadata=intent["metadata"],
        state=single_state(files, intent, charges),
        currency=intent["currency"].upper(),
        each=intent["amount"],
        payments=tuple(money),
        counts_from=instant(charges[-1]["created"] if charges else intent["created"]),
        linked=linked(files, intent),
    )


def single_state(files: Files, intent: Object, charges: list[Object]) -> str:
    if not charges:
        return "pending" if intent["status"] in OPEN_INTENTS else "failed"
    disputes = {dispute["status"] for charge in charges for dispute in files.where("dispute", charge=charge["id"])}
    if disputes & ONGOING_DISPUTES:
        return "disputed"
    taken, back, held = moved(files, *charges)
    if taken > back + held:
        return "paid"
    return "lost" if "lost" in disputes else "refunded"


def regular(files: Files, subscription: Object) -> Truth:
    """A gift that is given again and again."""
    invoices = [one for one in files.kinds["invoice"] if bills(one, subscription)]
    paid = [invoice for invoice in invoices if invoice["status"] == "paid" and invoice["amount_paid"]]
    intents = {invoice["id"]: intent_of(files, invoice) for invoice in invoices}
    charges = {
        invoice["id"]: files.where("charge", payment_intent=intents[invoice["id"]]["id"], status="succeeded")
        for invoice in paid
    }
    item = subscription["items"]["data"][0]
    state = regular_state(subscription, bool(paid), intents.get(subscription["latest_invoice"]))
    latest = paid[-1]["status_transitions"]["paid_at"] if paid else subscription["created"]
    over = state == "ended" and (subscription["ended_at"] or subscription["canceled_at"])
    return Truth(
        subject=subscription["id"],
        metadata=subscription["metadata"],
        state=state,
        currency=subscription["currency"].upper(),
        each=item["price"]["unit_amount"] * item["quantity"],
        payments=tuple(moved(files, *charges[invoice["id"]]) for invoice in paid),
        counts_from=instant(over or latest),
        linked=linked(files, subscription),
    )


def bills(invoice: Object, subscription: Object) -> bool:
    details = (invoice["parent"] or {}).get("subscription_details") or {}
    return bool(details.get("subscription") == subscription["id"])


def intent_of(files: Files, invoice: Object) -> Object:
    (record,) = files.where("invoice_payment", invoice=invoice["id"])
    intent = files.one("payment_intent", record["payment"]["payment_intent"])
    assert intent is not None
    return intent


def regular_state(subscription: Object, paid: bool, latest: Object | None) -> str:
    """`latest`: the payment intent of the newest invoice."""
    status = subscription["status"]
    if status in {"canceled", "incomplete_expired", "unpaid"}:
        return "ended" if paid else "failed"
    if not paid:
        return "pending" if latest and latest["status"] in OPEN_INTENTS else "failed"
    if status == "past_due":  # a pause that came later stops no payment that is open already
        return "action_needed" if latest and latest["status"] == "requires_action" else "past_due"
    if subscription["pause_collection"] or status == "paused":
        return "paused"
    return "cancelling" if subscription["cancel_at_period_end"] or subscription["cancel_at"] else "active"


def moved(files: Files, *charges: Object) -> tuple[int, int, int]:
    """Taken, paid back, and held back by a bank: in disputes that run, and in those that were lost."""
    taken = back = held = 0
    for charge in charges:
        refunds = files.where("refund", charge=charge["id"])
        disputes = files.where("dispute", charge=charge["id"])
        taken += charge["amount"]
        back += sum(refund["amount"] for refund in refunds if refund["status"] in {"succeeded", "pending"})
        held += sum(one["amount"] for one in disputes if one["status"] in {*ONGOING_DISPUTES, "lost"})
    return taken, back, held


def linked(files: Files, thing: Object) -> tuple[str, ...]:
    """Further browsers of this customer."""
    customer = files.one("customer", thing["customer"])
    return tuple((customer or {"metadata": {}})["metadata"].get("readers", "").split())


def instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
