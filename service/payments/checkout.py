"""What we ask of Stripe Checkout for one gift."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import stripe

from service.domain.contribution import Attribution
from service.domain.money import Interval, to_stripe
from service.domain.site import CheckoutMode

# Source: stripe-python, checkout.SessionCreateParams.locale.
LOCALES = frozenset(
    """auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR ro ru
    sk sl sv th tr vi zh zh-HK zh-TW""".split()
)
# Source: Stripe's OpenAPI document; longer text is refused.
LONGEST_ADDRESS = 5000
# Source: docs.stripe.com/js/including: a release of Stripe.js for each release of the API, always from this address.
STRIPE_JS = f"https://js.stripe.com/{stripe.api_version.rpartition('.')[2]}/stripe.js"
_RECURRING = {Interval.MONTHLY: "month", Interval.ANNUAL: "year"}


@dataclass(frozen=True, slots=True)
class Order:
    """One press of Continue. `title` is what Stripe's page and receipts call it, `note` what the page says below.

    `amount_minor` is what is charged, `fees_minor` of it to cover the fees. One line on Stripe's page, not two, so that
    a regular gift has one price: what is given each time, wherever somebody reads or changes it.
    """

    interval: Interval
    currency: str
    amount_minor: int
    title: str
    language: str
    attribution: Attribution
    return_url: str
    email: str = ""
    customer: str = ""
    fees_minor: int = 0
    note: str = ""
    thanks_url: str = ""
    """Our own page of thanks, with a query; empty where they come back to `return_url`, and are thanked there."""


def session_params(order: Order, public_url: str, mode: CheckoutMode = CheckoutMode.HOSTED) -> dict[str, Any]:
    """The parameters of the Checkout Session. The same order always gives the same ones, as idempotency requires.

    The metadata goes on the Session and on its child: Stripe hands nothing down. Source: DESIGN §8.
    """
    metadata = metadata_of(order)
    params: dict[str, Any] = {
        "mode": "payment" if order.interval is Interval.ONCE else "subscription",
        "submit_type": "donate",
        "line_items": [{"quantity": 1, "price_data": _price_data(order)}],
        "locale": order.language if order.language in LOCALES else order.language.split("-")[0],
        "client_reference_id": order.attribution.reader,
        "metadata": metadata,
        # The ledger must see the currency that was asked for, not one that Stripe offered in its place.
        "adaptive_pricing": {"enabled": False},
        **_surroundings(order, public_url, mode),
    }
    if order.customer:
        params["customer"] = order.customer
    elif order.email:
        params["customer_email"] = order.email
    if params["locale"] not in LOCALES:
        params["locale"] = "auto"
    child = "payment_intent_data" if order.interval is Interval.ONCE else "subscription_data"
    params[child] = {"metadata": metadata, "description": order.title}
    return params


def script_address(api_base: str) -> str:
    """Where browsers get Stripe's script; what stands in for Stripe brings one of its own."""
    return STRIPE_JS if api_base == "https://api.stripe.com" else f"{api_base}/js/stripe.js"


def _surroundings(order: Order, public_url: str, mode: CheckoutMode) -> dict[str, Any]:
    """Where Checkout stands, and where it leads. Source: stripe-python, checkout.SessionCreateParams."""
    back = return_address(order, public_url)
    if mode is CheckoutMode.EMBEDDED:
        # A card stays on the article, and Stripe's script says so; a bank's own page leads back by way of us.
        return {"ui_mode": "embedded_page", "redirect_on_completion": "if_required", "return_url": back}
    return {
        "success_url": back,
        "cancel_url": order.return_url,
        # Staff find an address in the Dashboard by which a session that was left and forgotten can still be paid.
        "after_expiration": {"recovery": {"enabled": True}},
    }


def metadata_of(order: Order) -> dict[str, str]:
    """What Stripe keeps for us: the attribution, without what is not known, and the fees that are covered."""
    values = {name: getattr(order.attribution, name) for name in Attribution.__dataclass_fields__}
    values["fees_minor"] = str(order.fees_minor or "")
    return {name: value for name, value in values.items() if value}


def _price_data(order: Order) -> dict[str, Any]:
    price: dict[str, Any] = {
        "currency": order.currency.lower(),
        "unit_amount": to_stripe(order.amount_minor, order.currency),
        "product_data": {"name": order.title, **({"description": order.note} if order.note else {})},
    }
    if order.interval in _RECURRING:
        price["recurring"] = {"interval": _RECURRING[order.interval]}
    return price


def return_address(order: Order, public_url: str, session: str = "{CHECKOUT_SESSION_ID}") -> str:
    """Back to us, and on to the article; escaping may make a long address too long, and then its query goes.

    Without a `session`, it holds the mark that Stripe fills in.
    """
    if order.thanks_url:
        return f"{order.thanks_url}&session={session}"
    article = urlsplit(order.return_url)
    for to in (order.return_url, article._replace(query="").geturl(), f"{article.scheme}://{article.netloc}/"):
        query = urlencode({"site": order.attribution.site, "to": to})
        # Stripe fills in the braces only when they are not escaped.
        url = f"{public_url}/v1/contributions/return?session={session}&{query}"
        if len(url) <= LONGEST_ADDRESS:
            break
    return url
