"""The part of Stripe's API that the service uses, one row per operation."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import stripe
from flask import Blueprint, Response, request
from stripe import params as sdk
from stripe.params import billing_portal as sdk_portal
from stripe.params import checkout as sdk_checkout

from . import answers, billing, changes, checkout, setting_up, taking_back
from .contract import checked
from .customers import CUSTOMERS
from .form import nested
from .refusal import Refusal
from .rules import check_metadata, check_url, required
from .shapes import make
from .vault import Object, Vault, new_id

Params = dict[str, Any]
KEPT_HOURS = 24


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint: the SDK's own parameter type, and what answers it."""

    method: str
    path: str
    params: type
    answer: Callable[[Vault, Params, str], Object]


def retrieve(kind: str) -> Callable[[Vault, Params, str], Object]:
    def answer(vault: Vault, _params: Params, ident: str) -> Object:
        checkout.expire_forgotten(vault)
        return vault.find(kind, ident)

    return answer


def list_of(kind: str) -> Callable[[Vault, Params, str], Object]:
    def answer(vault: Vault, params: Params, _ident: str) -> Object:
        checkout.expire_forgotten(vault)
        return answers.page(answers.matching(vault.all(kind), params), params, request.path)

    return answer


def open_checkout(vault: Vault, params: Params, _ident: str) -> Object:
    return checkout.open_session(vault, params, request.host_url.rstrip("/"))


def expire_checkout(vault: Vault, _params: Params, ident: str) -> Object:
    return checkout.expire(vault, vault.find("checkout.session", ident))


def checkout_lines(vault: Vault, params: Params, ident: str) -> Object:
    vault.find("checkout.session", ident)
    return answers.page(vault.private[ident]["lines"], params, request.path)


def change_subscription(vault: Vault, params: Params, ident: str) -> Object:
    wanted = {name: value for name, value in params.items() if name != "expand"}
    unplayed = wanted.keys() - {"metadata", "description", "cancel_at_period_end", "pause_collection"}
    if unplayed:
        raise Refusal(f"This sandbox does not play {', '.join(sorted(unplayed))}.", min(unplayed))
    check_metadata(wanted.get("metadata") or {}, "metadata")
    return changes.update(vault, vault.find("subscription", ident), wanted)


def end_subscription(vault: Vault, _params: Params, ident: str) -> Object:
    return billing.cancel(vault, ident)


def resume_subscription(vault: Vault, _params: Params, ident: str) -> Object:
    return changes.resume(vault, ident)


def open_portal(vault: Vault, params: Params, _ident: str) -> Object:
    customer = vault.find("customer", required(params, "customer"), "customer")
    if "return_url" in params:
        check_url(params["return_url"], "return_url")
    configuration = params.get("configuration") or new_id("bpc_")
    if "configuration" in params:
        vault.find("billing_portal.configuration", configuration, "configuration")
    session = make(
        vault, "billing_portal.session", customer=customer["id"], configuration=configuration,
        return_url=params.get("return_url"), locale=params.get("locale"),
    )  # fmt: skip
    session["url"] = f"{request.host_url}p/session/{session['id']}"
    return session


OPERATIONS = (
    Operation("POST", "checkout/sessions", sdk_checkout.SessionCreateParams, open_checkout),
    Operation("GET", "checkout/sessions", sdk_checkout.SessionListParams, list_of("checkout.session")),
    Operation("GET", "checkout/sessions/<ident>", sdk_checkout.SessionRetrieveParams, retrieve("checkout.session")),
    Operation("POST", "checkout/sessions/<ident>/expire", sdk_checkout.SessionExpireParams, expire_checkout),
    Operation("GET", "checkout/sessions/<ident>/line_items", sdk_checkout.SessionListLineItemsParams, checkout_lines),
    Operation("GET", "payment_intents", sdk.PaymentIntentListParams, list_of("payment_intent")),
    Operation("GET", "payment_intents/<ident>", sdk.PaymentIntentRetrieveParams, retrieve("payment_intent")),
    Operation("POST", "payment_intents/<ident>", sdk.PaymentIntentUpdateParams, changes.change_payment),
    Operation("GET", "charges", sdk.ChargeListParams, list_of("charge")),
    Operation("GET", "charges/<ident>", sdk.ChargeRetrieveParams, retrieve("charge")),
    Operation("GET", "subscriptions", sdk.SubscriptionListParams, list_of("subscription")),
    Operation("GET", "subscriptions/<ident>", sdk.SubscriptionRetrieveParams, retrieve("subscription")),
    Operation("POST", "subscriptions/<ident>", sdk.SubscriptionUpdateParams, change_subscription),
    Operation("DELETE", "subscriptions/<ident>", sdk.SubscriptionCancelParams, end_subscription),
    Operation("POST", "subscriptions/<ident>/resume", sdk.SubscriptionResumeParams, resume_subscription),
    Operation("POST", "refunds", sdk.RefundCreateParams, taking_back.create_refund),
    Operation("GET", "refunds", sdk.RefundListParams, list_of("refund")),
    Operation("GET", "refunds/<ident>", sdk.RefundRetrieveParams, retrieve("refund")),
    Operation("GET", "disputes", sdk.DisputeListParams, list_of("dispute")),
    Operation("GET", "disputes/<ident>", sdk.DisputeRetrieveParams, retrieve("dispute")),
    Operation("GET", "invoices", sdk.InvoiceListParams, list_of("invoice")),
    Operation("GET", "invoices/<ident>", sdk.InvoiceRetrieveParams, retrieve("invoice")),
    Operation("GET", "invoice_payments", sdk.InvoicePaymentListParams, list_of("invoice_payment")),
    Operation("GET", "invoice_payments/<ident>", sdk.InvoicePaymentRetrieveParams, retrieve("invoice_payment")),
    Operation("GET", "customers", sdk.CustomerListParams, list_of("customer")),
    Operation("GET", "customers/<ident>", sdk.CustomerRetrieveParams, retrieve("customer")),
    Operation("GET", "events", sdk.EventListParams, list_of("event")),
    Operation("GET", "events/<ident>", sdk.EventRetrieveParams, retrieve("event")),
    Operation("POST", "billing_portal/sessions", sdk_portal.SessionCreateParams, open_portal),
    *(Operation(*row) for row in (*CUSTOMERS, *setting_up.CHANGES)),
    *(Operation("GET", path, listed, list_of(kind)) for path, kind, listed, _ in setting_up.LOOKS),
    *(Operation("GET", f"{path}/<ident>", one, retrieve(kind)) for path, kind, _, one in setting_up.LOOKS),
)


def blueprint(vault: Vault) -> Blueprint:
    """Every operation under /v1."""
    routes = Blueprint("api", __name__, url_prefix="/v1")
    for operation in OPERATIONS:
        routes.add_url_rule(
            f"/{operation.path}", f"{operation.method} {operation.path}".replace(".", "_"),
            endpoint(vault, operation), methods=[operation.method],
        )  # fmt: skip
    everything = ["GET", "POST", "DELETE", "PUT", "PATCH"]
    routes.add_url_rule("/<path:path>", "unknown", unknown, methods=everything)
    return routes


def endpoint(vault: Vault, operation: Operation) -> Callable[..., Response]:
    def serve(ident: str = "") -> Response:
        try:
            check_answering(vault)
            check_caller()
            return perform(vault, operation, ident)
        except Refusal as refusal:
            return reply(refusal.status, refusal.body())

    return serve


def unknown(path: str) -> Response:
    refusal = Refusal(f"Unrecognized request URL ({request.method}: /v1/{path}).", status=404)
    return reply(refusal.status, refusal.body())


def check_answering(vault: Vault) -> None:
    if not vault.answering:
        raise Refusal("The sandbox was told not to answer.", kind="api_error", status=503)


def check_caller() -> None:
    """A test-mode secret key, and the API version the SDK is pinned to."""
    authorization = request.authorization
    basic = authorization.username if authorization and authorization.type == "basic" else None
    key = basic or request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if not key:
        raise Refusal("You did not provide an API key.", status=401)
    if not key.startswith(("sk_test_", "rk_test_")):
        raise Refusal(f"Invalid API Key provided: {key[:8]}***", status=401)
    version = request.headers.get("Stripe-Version", stripe.api_version)
    if version != stripe.api_version:
        raise Refusal(f"Invalid Stripe API version: {version}")


def perform(vault: Vault, operation: Operation, ident: str) -> Response:
    pairs = request.form if operation.method == "POST" else request.args
    raw = nested(pairs.items(multi=True))
    key = request.headers.get("Idempotency-Key", "") if operation.method == "POST" else ""
    if operation.method == "GET":
        with vault.lock:
            return reply(200, answered(vault, operation, ident, raw))
    with vault.change():
        kept = earlier_reply(vault, key, raw)
        if kept is not None:
            return reply(kept["status"], kept["body"], {"Idempotent-Replayed": "true", "Idempotency-Key": key})
        body = answered(vault, operation, ident, raw)
        if key:
            vault.replies[key] = {"print": fingerprint(raw), "status": 200, "body": body, "at": vault.now()}
        return reply(200, body, {"Idempotency-Key": key} if key else {})


def answered(vault: Vault, operation: Operation, ident: str, raw: Params) -> Object:
    params = checked(operation.params, raw)
    answer = operation.answer(vault, params, ident)
    return answers.expanded(vault, answer, params.get("expand", []))


def earlier_reply(vault: Vault, key: str, raw: Params) -> Object | None:
    """The first answer to this key; raises Refusal when the request was another one.

    Nothing is kept for a request that was refused. Source: docs.stripe.com/api/idempotent_requests.
    """
    if len(key) > 255:
        raise Refusal("Idempotency keys can be up to 255 characters long.")
    oldest = vault.now() - KEPT_HOURS * 3600
    vault.replies = {name: kept for name, kept in vault.replies.items() if kept["at"] >= oldest}
    kept = vault.replies.get(key)
    if kept is not None and kept["print"] != fingerprint(raw):
        raise Refusal(
            "Keys for idempotent requests can only be used with the same parameters they were first used with."
            f" Try using a key other than '{key}' if you meant to execute a different request.",
            kind="idempotency_error",
        )
    return kept


def fingerprint(raw: Params) -> str:
    request_line = f"{request.method} {request.path} {json.dumps(raw, sort_keys=True)}"
    return hashlib.sha256(request_line.encode()).hexdigest()


def reply(status: int, body: Object, headers: dict[str, str] | None = None) -> Response:
    answer = Response(json.dumps(body, indent=2), status, mimetype="application/json")
    answer.headers.update({"Request-Id": new_id("req_", 14), "Stripe-Version": stripe.api_version, **(headers or {})})
    return answer
