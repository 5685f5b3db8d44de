"""What an account's owner sets up: webhook endpoints and the portal's configurations. Kept and shown, not acted on:
the courier sends every event to the one address that it was given."""

import copy
import secrets
from typing import Any

from stripe import params as sdk
from stripe.params import billing_portal as sdk_portal

from .refusal import Refusal
from .rules import check_metadata, check_url
from .shapes import make
from .vault import Object, Vault

Params = dict[str, Any]
NO_PAUSE = {"enabled": False, "duration": {"type": "interval_options", "interval_options": []}}
# What Stripe fills in where it is told nothing.
FEATURES: Object = {
    "customer_update": {"enabled": False, "allowed_updates": []},
    "invoice_history": {"enabled": False},
    "payment_method_update": {"enabled": False, "payment_method_configuration": None},
    "subscription_cancel": {
        "enabled": False, "mode": "at_period_end", "proration_behavior": "none",
        "cancellation_reason": {"enabled": False, "options": [], "feedback_options": None},
    },
    "subscription_pause": NO_PAUSE,
    "subscription_update": {
        "enabled": False, "default_allowed_updates": [], "products": None, "proration_behavior": "none",
        "trial_update_behavior": "end_trial", "schedule_at_period_end": {"conditions": []},
        "billing_cycle_anchor": None,
    },
}  # fmt: skip


def make_endpoint(vault: Vault, params: Params, _ident: str) -> Object:
    check_endpoint(params)
    kept = make(
        vault, "webhook_endpoint", status="enabled", url=params["url"], enabled_events=params["enabled_events"],
        api_version=params.get("api_version"), description=params.get("description"),
        metadata=params.get("metadata") or {},
    )  # fmt: skip
    del kept["secret"]  # told when it is made, and never again
    return {**kept, "secret": "whsec_" + secrets.token_hex(16)}


def change_endpoint(vault: Vault, params: Params, ident: str) -> Object:
    endpoint = vault.find("webhook_endpoint", ident)
    check_endpoint(params)
    if "disabled" in params:
        endpoint["status"] = "disabled" if params["disabled"] else "enabled"
    return merged(endpoint, {name: value for name, value in params.items() if name not in {"disabled", "expand"}})


def remove_endpoint(vault: Vault, _params: Params, ident: str) -> Object:
    del vault.objects[vault.find("webhook_endpoint", ident)["id"]]
    return {"id": ident, "object": "webhook_endpoint", "deleted": True}


def check_endpoint(params: Params) -> None:
    if "url" in params:
        check_url(params["url"], "url")
    check_metadata(params.get("metadata") or {}, "metadata")


def make_configuration(vault: Vault, params: Params, _ident: str) -> Object:
    check_configuration(params)
    profile = {"headline": None, "privacy_policy_url": None, "terms_of_service_url": None}
    kept = make(
        vault, "billing_portal.configuration", active=True, is_default=False, business_profile=profile,
        features=copy.deepcopy(FEATURES), login_page={"enabled": False, "url": None}, metadata={}, updated=vault.now(),
    )  # fmt: skip
    return merged(kept, {name: value for name, value in params.items() if name != "expand"})


def change_configuration(vault: Vault, params: Params, ident: str) -> Object:
    kept = vault.find("billing_portal.configuration", ident)
    check_configuration(params)
    kept["updated"] = vault.now()
    return merged(kept, {name: value for name, value in params.items() if name != "expand"})


def check_configuration(params: Params) -> None:
    profile = params.get("business_profile", {})
    if len(profile.get("headline", "")) > 60:
        raise Refusal("Invalid string: must be at most 60 characters", "business_profile[headline]")
    for name in ("privacy_policy_url", "terms_of_service_url"):
        if profile.get(name):
            check_url(profile[name], f"business_profile[{name}]")
    update = params.get("features", {}).get("subscription_update", {})
    if update.get("enabled") and not (update.get("products") and update.get("default_allowed_updates")):
        raise Refusal("Name the products that customers may change to.", "features[subscription_update][products]")
    check_metadata(params.get("metadata") or {}, "metadata")


def merged(kept: Object, changes: Params) -> Object:
    """`kept` with the changes in it; empty text empties."""
    for name, value in changes.items():
        if isinstance(value, dict) and isinstance(kept.get(name), dict):
            merged(kept[name], value)
        else:
            kept[name] = {} if name == "metadata" and not value else None if value == "" else value
    return kept


# method, path, the SDK's parameters, what answers; those that only look are api.py's
CHANGES = (
    ("POST", "webhook_endpoints", sdk.WebhookEndpointCreateParams, make_endpoint),
    ("POST", "webhook_endpoints/<ident>", sdk.WebhookEndpointUpdateParams, change_endpoint),
    ("DELETE", "webhook_endpoints/<ident>", sdk.WebhookEndpointDeleteParams, remove_endpoint),
    ("POST", "billing_portal/configurations", sdk_portal.ConfigurationCreateParams, make_configuration),
    ("POST", "billing_portal/configurations/<ident>", sdk_portal.ConfigurationUpdateParams, change_configuration),
)
LOOKS = (
    ("webhook_endpoints", "webhook_endpoint", sdk.WebhookEndpointListParams, sdk.WebhookEndpointRetrieveParams),
    (
        "billing_portal/configurations", "billing_portal.configuration",
        sdk_portal.ConfigurationListParams, sdk_portal.ConfigurationRetrieveParams,
    ),
)  # fmt: skip
