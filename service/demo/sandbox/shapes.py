"""Stripe's objects as the pinned API version writes them.

Every field that may be null and has no value here is null: their names come from the installed SDK's classes. Lists
that Stripe includes only on request (`line_items`, `invoice.payments`) stay absent.
"""

import copy
from functools import cache
from typing import Any, Union, get_args, get_origin

import stripe

from .vault import Object, Vault, new_id

KINDS: dict[str, tuple[type[stripe.StripeObject], str]] = {
    "billing_portal.configuration": (stripe.billing_portal.Configuration, "bpc_"),
    "billing_portal.session": (stripe.billing_portal.Session, "bps_"),
    "charge": (stripe.Charge, "ch_"),
    "checkout.session": (stripe.checkout.Session, "cs_test_"),
    "customer": (stripe.Customer, "cus_"),
    "dispute": (stripe.Dispute, "du_"),
    "invoice": (stripe.Invoice, "in_"),
    "invoice_payment": (stripe.InvoicePayment, "inpay_"),
    "item": (stripe.LineItem, "li_"),
    "line_item": (stripe.InvoiceLineItem, "il_"),
    "payment_intent": (stripe.PaymentIntent, "pi_"),
    "plan": (stripe.Plan, "price_"),
    "price": (stripe.Price, "price_"),
    "product": (stripe.Product, "prod_"),
    "refund": (stripe.Refund, "re_"),
    "subscription": (stripe.Subscription, "sub_"),
    "subscription_item": (stripe.SubscriptionItem, "si_"),
    "webhook_endpoint": (stripe.WebhookEndpoint, "we_"),
}
NOT_TAXED = {"enabled": False, "liability": None, "provider": None, "status": None}
OURSELVES = {"account": None, "type": "self"}


def make(vault: Vault, kind: str, **fields: Any) -> Object:
    """A new object of that kind, kept in the vault."""
    sdk_class, prefix = KINDS[kind]
    stamps: Object = {"created": vault.now()} if "created" in sdk_class.__annotations__ else {}
    live = {"livemode": False} if "livemode" in sdk_class.__annotations__ else {}
    ident = {"id": new_id(prefix), "object": kind}
    return vault.keep({**ident, **copy.deepcopy(nulls(kind)), **stamps, **live, **fields})


@cache
def nulls(kind: str) -> Object:
    annotations = KINDS[kind][0].__annotations__
    return {name: None for name, declared in annotations.items() if is_nullable(declared)}


def is_nullable(declared: Any) -> bool:
    """True for a field that is null when empty, false for one that is absent until asked for."""
    options = get_args(declared) if get_origin(declared) is Union else ()
    included = any(get_origin(option) is stripe.ListObject for option in options)
    deleted = any(get_args(option) == (True,) for option in options)
    return type(None) in options and not included and not deleted


def listing(data: list[Object], url: str, *, has_more: bool = False) -> Object:
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def price(vault: Vault, asked: Object) -> Object:
    """The price and product that inline `price_data` creates."""
    product = make(
        vault, "product", active=True, images=[], marketing_features=[], metadata={}, type="service",
        name=asked["product_data"]["name"], description=asked["product_data"].get("description"),
        updated=vault.now(),
    )  # fmt: skip
    recurring = asked.get("recurring")
    return make(
        vault, "price", active=False, billing_scheme="per_unit", currency=asked["currency"].lower(), metadata={},
        product=product["id"], tax_behavior="unspecified", type="recurring" if recurring else "one_time",
        unit_amount=asked["unit_amount"], unit_amount_decimal=str(asked["unit_amount"]),
        recurring=recurring and {
            "interval": recurring["interval"], "interval_count": recurring.get("interval_count", 1),
            "meter": None, "trial_period_days": None, "usage_type": "licensed",
        },
    )  # fmt: skip


def checkout_line(vault: Vault, asked: Object) -> Object:
    """One line of a Checkout Session."""
    kept = price(vault, asked["price_data"])
    total = kept["unit_amount"] * asked["quantity"]
    return make(
        vault, "item", price=kept, quantity=asked["quantity"], currency=kept["currency"],
        description=asked["price_data"]["product_data"]["name"],
        amount_total=total, amount_subtotal=total, amount_discount=0, amount_tax=0,
    )  # fmt: skip


def customer(vault: Vault, email: str | None, name: str | None) -> Object:
    return make(
        vault, "customer", email=email, name=name, metadata={}, balance=0, delinquent=False, preferred_locales=[],
        invoice_prefix=new_id("", 8).upper(), next_invoice_sequence=1, tax_exempt="none",
        invoice_settings={
            "custom_fields": None, "default_payment_method": None, "footer": None, "rendering_options": None,
        },
    )  # fmt: skip


def plan(kept: Object) -> Object:
    """The old name for a recurring price, still on every subscription item."""
    recurring = kept["recurring"]
    return {
        **nulls("plan"), "id": kept["id"], "object": "plan", "active": False, "amount": kept["unit_amount"],
        "amount_decimal": kept["unit_amount_decimal"], "billing_scheme": "per_unit", "created": kept["created"],
        "currency": kept["currency"], "interval": recurring["interval"],
        "interval_count": recurring["interval_count"], "livemode": False, "metadata": {},
        "product": kept["product"], "usage_type": "licensed",
    }  # fmt: skip
