"""Stripe's events: which are genuine, and which contribution each is about."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import stripe

from service.payments.errors import SignatureError
from service.payments.gateway import Stripe, subscription_of

TOLERANCE_SECONDS = 300
_SUBJECT = re.compile(r"(pi|sub)_[A-Za-z0-9_]{1,200}")  # it becomes part of the path of a request to Stripe


def verified_event(body: bytes, signature: str | None, secrets: Sequence[str]) -> Stripe:
    """The event in `body`, signed with one of `secrets` in the last five minutes. Raises SignatureError."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise SignatureError("the body is not text") from error
    for secret in secrets:
        try:
            stripe.WebhookSignature.verify_header(text, signature, secret, TOLERANCE_SECONDS)
        except (stripe.SignatureVerificationError, TypeError):  # TypeError: a signature that is not ASCII
            continue
        return _event(text)
    raise SignatureError("no valid signature")


def signed_event(event: Stripe, secret: str) -> tuple[str, dict[str, str]]:
    """The body and the headers that Stripe would send, had it made this event just now."""
    body = json.dumps(event)
    return body, {"Stripe-Signature": stripe.WebhookSignature.generate_signature_header(body, secret)}


def _event(text: str) -> Stripe:
    try:
        event = json.loads(text)
        if isinstance(event["type"], str) and isinstance(event["data"]["object"], dict):
            return event  # type: ignore[no-any-return]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SignatureError("the body is not an event") from error
    raise SignatureError("the body is not an event")


def subject_of(event: Stripe) -> str:
    """The id of the payment intent or subscription that the event is about; empty for an event we have no use for.

    The event itself is only a hint: whoever acts on it fetches the object afresh. Source: DESIGN §8. A hint is enough
    to let a stranger's go: an account that we share with a shop tells of thousands of its invoices in one hour.
    """
    find, thing = SUBJECTS.get(event["type"]), event["data"]["object"]
    subject = find(thing) if find and _may_be_ours(thing) else ""
    return subject if _SUBJECT.fullmatch(subject) else ""


def _may_be_ours(thing: Mapping[str, Any]) -> bool:
    """False when the event's object would carry our metadata if it were ours.

    What takes money back says nothing of the sort: the payments of a subscription do not inherit its metadata.
    """
    if thing.get("object") in ("charge", "refund", "dispute"):
        return True
    metadata = our_metadata(thing)
    return bool(metadata.get("site") and metadata.get("attempt"))


def our_metadata(thing: Mapping[str, Any]) -> Mapping[str, Any]:
    """Where ours would be on an event's object."""
    if thing.get("object") == "invoice":
        return _part(_part(_part(thing, "parent"), "subscription_details"), "metadata")
    return _part(thing, "metadata")


def _part(thing: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = thing.get(name)
    return part if isinstance(part, Mapping) else {}


def _of_session(session: Mapping[str, Any]) -> str:
    return str(session.get("subscription") or session.get("payment_intent") or "")


def _by_its_id(thing: Mapping[str, Any]) -> str:
    return str(thing.get("id") or "")


def _of_payment(thing: Mapping[str, Any]) -> str:
    return str(thing.get("payment_intent") or "")


def _of_nobody(_: Mapping[str, Any]) -> str:
    """A decline is counted, and that is all: at Checkout nothing had begun, and of what had, another event tells.

    A look for each would ask Stripe thousands of times while stolen cards are tried.
    """
    return ""


SUBJECTS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "checkout.session.completed": _of_session,
    "checkout.session.async_payment_succeeded": _of_session,
    "checkout.session.async_payment_failed": _of_session,
    "payment_intent.payment_failed": _of_nobody,
    "charge.refunded": _of_payment,
    "refund.created": _of_payment,
    "refund.updated": _of_payment,
    "refund.failed": _of_payment,
    "charge.dispute.created": _of_payment,
    "charge.dispute.updated": _of_payment,
    "charge.dispute.closed": _of_payment,
    "charge.dispute.funds_withdrawn": _of_payment,
    "charge.dispute.funds_reinstated": _of_payment,
    "customer.subscription.updated": _by_its_id,
    "customer.subscription.deleted": _by_its_id,
    "customer.subscription.paused": _by_its_id,
    "customer.subscription.resumed": _by_its_id,
    "invoice.paid": subscription_of,
    "invoice.payment_failed": subscription_of,
    "invoice.payment_action_required": subscription_of,
    "invoice.finalization_failed": subscription_of,
}
"""The events the webhook endpoint must send: the README's list is tested against it.

Left out is what tells nothing that another does not: `checkout.session.expired` (nothing was given),
`customer.subscription.created` and `charge.succeeded` (the session was completed as well), `invoice_payment.paid`.
"""
