"""How our webhook endpoint and the customer portal are to be, and how they are found again among others."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import stripe

from service.domain.site import Site
from service.payments.gateway import Stripe
from service.payments.webhooks import SUBJECTS

MARK = "honestybox"
WEBHOOKS, PORTAL = "webhooks", "portal"
API_VERSION: str = stripe.api_version
LONGEST_HEADLINE = 60  # Source: Stripe's OpenAPI document


class Difference(NamedTuple):
    """One thing that is not as wished: `features.subscription_cancel.mode`."""

    path: str
    held: Any
    wanted: Any


def endpoint_url(public_url: str) -> str:
    """Where Stripe sends our events."""
    return f"{public_url}/webhooks/stripe"


def endpoint_wish(public_url: str) -> dict[str, Any]:
    """The webhook endpoint as it is to be; its API version is chosen when it is made, and never again."""
    return {
        "url": endpoint_url(public_url),
        "enabled_events": sorted(SUBJECTS),
        "status": "enabled",
        "description": "Honesty Box",
        "metadata": {MARK: WEBHOOKS},
    }


def portal_wish(site: Site) -> dict[str, Any]:
    """The customer portal of one site: card, receipts, and a way to stop that keeps what was paid for.

    Amounts cannot be changed in it. The portal offers prices from a list; each of our gifts has a price of its own.
    """
    return {
        "active": True,
        "name": f"Honesty Box: {site.id}",
        "business_profile": {
            "headline": site.name[:LONGEST_HEADLINE],
            "privacy_policy_url": site.privacy,
            "terms_of_service_url": site.terms,
        },
        "features": {
            "payment_method_update": {"enabled": True},
            "invoice_history": {"enabled": True},
            "customer_update": {"enabled": True, "allowed_updates": ["address", "email", "name"]},
            "subscription_cancel": {"enabled": True, "mode": "at_period_end", "proration_behavior": "none"},
            "subscription_update": {"enabled": False},
        },
        "metadata": {MARK: PORTAL, "site": site.id},
    }


def is_ours(thing: Stripe, what: str) -> bool:
    """True for what we made, or took over."""
    return bool((thing.get("metadata") or {}).get(MARK) == what)


def is_portal_of(thing: Stripe, site_id: str) -> bool:
    """True for the site's own portal configuration."""
    return is_ours(thing, PORTAL) and thing["metadata"].get("site") == site_id


def differences(held: Mapping[str, Any], wanted: Mapping[str, Any], path: str = "") -> Iterator[Difference]:
    """What of `held` is not as `wanted`; what nobody wished for is nobody's business. The order of names is none."""
    for name, wish in wanted.items():
        has = held.get(name)
        if isinstance(wish, Mapping):
            yield from differences(has if isinstance(has, Mapping) else {}, wish, f"{path}{name}.")
        elif _plain(has) != _plain(wish):
            yield Difference(f"{path}{name}", has, wish)


def _plain(value: Any) -> Any:
    """Nothing is nothing, whether Stripe writes null, or we empty text."""
    return sorted(value) if isinstance(value, list) else value or None
