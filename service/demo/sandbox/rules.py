"""What Stripe refuses although every parameter exists and has the right type."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from .money import check_amount, check_currency, check_total
from .refusal import Refusal

Params = dict[str, Any]
LONGEST_CHECKOUT, SHORTEST_CHECKOUT = 24 * 3600, 30 * 60
NOT_IN_MODE = {
    "payment": ("subscription_data", "setup_intent_data", "payment_method_collection"),
    "subscription": ("payment_intent_data", "setup_intent_data", "customer_creation", "invoice_creation"),
}
# Where each page leads: what it needs, and what it may have.
WAYS_BACK = {
    "hosted_page": (("success_url",), ("success_url", "cancel_url")),
    "embedded_page": (("return_url",), ("return_url", "redirect_on_completion")),
}
YEARS_3 = {"day": 1095, "week": 156, "month": 36, "year": 3}


def check_checkout(params: Params, now: int) -> None:
    """Raises Refusal for a Checkout Session that could not be opened."""
    mode = required(params, "mode")
    if mode not in NOT_IN_MODE:
        raise Refusal(f"This sandbox does not play mode={mode}.", "mode")
    if params.get("ui_mode", "hosted_page") not in WAYS_BACK:
        raise Refusal("This sandbox plays the hosted page and the embedded one.", "ui_mode")
    for name in NOT_IN_MODE[mode]:
        if name in params:
            raise Refusal(f"You can not pass `{name}` in `{mode}` mode.", name)
    check_addresses(params)
    check_customer(params)
    check_expiry(params, now)
    check_every_metadata(params)
    check_lines(params, mode)


def required(params: Params, name: str) -> Any:
    if not params.get(name):
        raise Refusal(f"Missing required param: {name}.", name, "parameter_missing")
    return params[name]


def only_one(params: Params, *names: str) -> None:
    if sum(1 for name in names if params.get(name)) > 1:
        raise Refusal(f"You may only specify one of these parameters: {', '.join(names)}.", names[0])


def check_addresses(params: Params) -> None:
    ui_mode = params.get("ui_mode", "hosted_page")
    needed, allowed = WAYS_BACK[ui_mode]
    for name in ("success_url", "cancel_url", "return_url", "redirect_on_completion"):
        if name in params and name not in allowed:
            raise Refusal(f"`{name}` is not allowed when `ui_mode` is `{ui_mode}`.", name)
        if name in params and name.endswith("_url"):
            check_url(params[name], name)
    for name in needed:
        if not (name == "return_url" and params.get("redirect_on_completion") == "never"):
            required(params, name)


def check_url(address: str, param: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise Refusal("Not a valid URL", param, "url_invalid")


def check_customer(params: Params) -> None:
    only_one(params, "customer", "customer_account", "customer_email")
    only_one(params, "customer", "customer_creation")
    check_email(params.get("customer_email"), "customer_email")
    if len(params.get("client_reference_id", "")) > 200:
        raise Refusal("Invalid string: must be at most 200 characters", "client_reference_id")


def check_email(email: str | None, param: str) -> None:
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise Refusal(f"Invalid email address: {email}", param, "email_invalid")


def check_expiry(params: Params, now: int) -> None:
    if "expires_at" not in params:
        return
    ahead = params["expires_at"] - now
    if ahead < SHORTEST_CHECKOUT:
        raise Refusal(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.", "expires_at"
        )
    if ahead > LONGEST_CHECKOUT:
        raise Refusal(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.", "expires_at"
        )


def check_every_metadata(params: Params) -> None:
    check_metadata(params.get("metadata") or {}, "metadata")
    for child in ("payment_intent_data", "subscription_data"):
        check_metadata(params.get(child, {}).get("metadata") or {}, f"{child}[metadata]")


def check_metadata(metadata: Mapping[str, str], param: str) -> None:
    """At most 50 keys of 40 characters, values of 500. Source: docs.stripe.com/metadata."""
    if len(metadata) > 50:
        raise Refusal("Metadata can have at most 50 keys.", param)
    for key, value in metadata.items():
        if len(key) > 40:
            raise Refusal(f"Metadata keys can be at most 40 characters long: {key}", f"{param}[{key}]")
        if len(value) > 500:
            raise Refusal("Metadata values can be at most 500 characters long.", f"{param}[{key}]")


def check_lines(params: Params, mode: str) -> None:
    lines = required(params, "line_items")
    checked = [check_line(line, f"line_items[{at}]", mode) for at, line in enumerate(lines)]
    if len({currency for currency, _ in checked}) > 1:
        raise Refusal("All prices on a Checkout Session must use the same currency.", "line_items")
    check_total(sum(amount for _, amount in checked), checked[0][0])


def check_line(line: Params, at: str, mode: str) -> tuple[str, int]:
    """The line's currency and amount."""
    if "price_data" not in line:
        raise Refusal("This sandbox knows no stored prices: give price_data.", f"{at}[price_data]", "parameter_missing")
    if line.get("quantity", 0) < 1:
        raise Refusal(f"Quantity is required. Add `quantity` to `{at}`", f"{at}[quantity]")
    data, where = line["price_data"], f"{at}[price_data]"
    if "product_data" not in data:
        raise Refusal("You must specify `product_data`.", f"{where}[product_data]", "parameter_missing")
    if "unit_amount" not in data:
        raise Refusal("You must specify `unit_amount`.", f"{where}[unit_amount]", "parameter_missing")
    check_currency(data["currency"], f"{where}[currency]")
    check_amount(data["unit_amount"], data["currency"].lower(), f"{where}[unit_amount]")
    check_interval(data.get("recurring"), mode, where)
    return data["currency"].lower(), data["unit_amount"] * line["quantity"]


def check_interval(recurring: Params | None, mode: str, where: str) -> None:
    if mode == "payment" and recurring:
        raise Refusal(
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode"
            " or use only one-time prices.",
            "mode",
        )
    if mode == "subscription" and not recurring:
        raise Refusal("You must provide at least one recurring price in `subscription` mode.", "mode")
    if recurring and not 1 <= recurring.get("interval_count", 1) <= YEARS_3[recurring["interval"]]:
        raise Refusal("Prices cannot have intervals longer than three years.", f"{where}[recurring][interval_count]")
