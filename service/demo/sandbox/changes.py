"""What a subscription goes through between two payments: cancelled or kept, paused, resumed, another amount."""

from typing import Any

from .billing import must_go_on, why
from .money import check_amount
from .refusal import Refusal
from .rules import check_metadata
from .shapes import make, plan
from .vault import Object, Vault


def update(vault: Vault, subscription: Object, wanted: dict[str, Any]) -> Object:
    """Metadata, description, whether it ends with the period, and whether its collection is paused."""
    if wanted.keys() - {"metadata"}:  # of one that has ended, Stripe still takes this
        must_go_on(subscription)
    previous = {name: subscription[name] for name in wanted}
    for name, value in wanted.items():
        subscription[name] = {**subscription[name], **value} if name == "metadata" else value
    if "cancel_at_period_end" in wanted:
        cancels = wanted["cancel_at_period_end"]
        end = max(line["current_period_end"] for line in subscription["items"]["data"])
        subscription["cancel_at"] = end if cancels else None
        subscription["canceled_at"] = vault.now() if cancels else None
        subscription["cancellation_details"] = why("cancellation_requested" if cancels else None)
    if "pause_collection" in wanted:  # empty text empties
        pause = wanted["pause_collection"]
        subscription["pause_collection"] = {"resumes_at": None, **pause} if pause else None
    vault.emit("customer.subscription.updated", subscription, **previous)
    return subscription


def change_payment(vault: Vault, params: dict[str, Any], ident: str) -> Object:
    """A payment intent's metadata, which may change at any time."""
    if unplayed := params.keys() - {"metadata", "expand"}:
        raise Refusal(f"This sandbox does not play {', '.join(sorted(unplayed))}.", min(unplayed))
    metadata = params.get("metadata") or {}
    check_metadata(metadata, "metadata")
    intent = vault.find("payment_intent", ident)
    intent["metadata"] = {**intent["metadata"], **metadata}
    return intent


def pause(vault: Vault, ident: str) -> Object:
    """The subscription itself is paused, as after a trial without a card. Collection is paused by `update`."""
    with vault.change():
        subscription = vault.find("subscription", ident)
        must_go_on(subscription)
        before, subscription["status"] = subscription["status"], "paused"
        vault.emit("customer.subscription.paused", subscription)
        vault.emit("customer.subscription.updated", subscription, status=before)
        return subscription


def resume(vault: Vault, ident: str) -> Object:
    """A subscription that is itself paused goes on."""
    with vault.change():
        subscription = vault.find("subscription", ident)
        if subscription["status"] != "paused":
            raise Refusal(f"Subscription {ident} is not paused; only paused subscriptions can be resumed.", "id")
        subscription["status"] = "active"
        vault.emit("customer.subscription.resumed", subscription)
        vault.emit("customer.subscription.updated", subscription, status="paused")
        return subscription


def change_amount(vault: Vault, ident: str, amount: int) -> Object:
    """From the next period on it is another amount, as the customer portal and the Dashboard can make it."""
    with vault.change():
        subscription = vault.find("subscription", ident)
        must_go_on(subscription)
        check_amount(amount, subscription["currency"], "amount")
        for line in subscription["items"]["data"]:
            kept = vault.objects[line["price"]["id"]]
            fresh = {name: kept[name] for name in kept if name not in ("id", "object", "created", "livemode")}
            fresh |= {"unit_amount": amount, "unit_amount_decimal": str(amount)}
            line["price"] = make(vault, "price", **fresh)
            line["plan"] = plan(line["price"])
        vault.emit("customer.subscription.updated", subscription)
        return subscription
