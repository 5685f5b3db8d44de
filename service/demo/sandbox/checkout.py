"""Checkout Sessions: opened by the service, then paid, declined, delayed, left or forgotten by a reader."""

from typing import Any

from . import billing, payments
from .payments import NO_ADDRESS, Outcome
from .refusal import Refusal
from .rules import LONGEST_CHECKOUT, check_checkout
from .shapes import NOT_TAXED, checkout_line, customer, make
from .vault import Object, Vault, new_id

SHOWN = (
    "cancel_url", "client_reference_id", "customer", "customer_email", "locale",
    "redirect_on_completion", "return_url", "submit_type", "success_url",
)  # fmt: skip
RECOVERABLE = 30 * 24 * 3600


def open_session(vault: Vault, params: dict[str, Any], host: str) -> Object:
    """A new session and its hosted page's address; raises Refusal when Stripe would."""
    check_checkout(params, vault.now())
    if params.get("customer"):
        vault.find("customer", params["customer"], "customer")
    lines = [checkout_line(vault, line) for line in params["line_items"]]
    total, recurring = sum(line["amount_total"] for line in lines), params["mode"] == "subscription"
    session = make(
        vault, "checkout.session", mode=params["mode"], status="open", payment_status="unpaid",
        ui_mode=params.get("ui_mode", "hosted_page"), currency=lines[0]["currency"], amount_total=total,
        amount_subtotal=total,
        expires_at=params.get("expires_at", vault.now() + LONGEST_CHECKOUT), metadata=params.get("metadata") or {},
        payment_method_types=["card", "sepa_debit"], custom_fields=[], shipping_options=[],
        automatic_tax=NOT_TAXED,
        custom_text={"after_submit": None, "shipping_address": None, "submit": None,
                     "terms_of_service_acceptance": None},
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        **{name: params[name] for name in SHOWN if name in params},
    )  # fmt: skip
    if not session["customer"]:
        session["customer_creation"] = "always" if recurring else params.get("customer_creation", "if_required")
    give_ways_in(session, params, host)
    vault.private[session["id"]] = {"params": params, "lines": lines, "host": host}
    return session


def give_ways_in(session: Object, params: dict[str, Any], host: str) -> None:
    """The page's address or the script's secret, and what becomes of a session that is forgotten."""
    if session["ui_mode"] == "hosted_page":
        session["url"] = f"{host}/c/pay/{session['id']}"
    else:
        session["client_secret"] = f"{session['id']}_secret_{new_id('')}"
    if params.get("after_expiration"):
        recovery = params["after_expiration"]["recovery"]
        unused = {"allow_promotion_codes": False, "expires_at": None, "url": None}
        session["after_expiration"] = {"recovery": {**unused, **recovery}}


def recover(vault: Vault, ident: str) -> Object:
    """The session that goes on where a forgotten one ended: the same again, and a new one for each who comes."""
    forgotten = vault.find("checkout.session", ident)
    recovery = (forgotten["after_expiration"] or {}).get("recovery") or {}
    if forgotten["status"] != "expired" or (recovery.get("expires_at") or 0) <= vault.now():
        raise Refusal("This Checkout Session cannot be recovered.", "session")
    kept = vault.private[ident]
    again = {name: value for name, value in kept["params"].items() if name not in {"expires_at", "after_expiration"}}
    with vault.change():
        session = open_session(vault, again, kept["host"])
        session["recovered_from"] = ident
        return session


def expire_forgotten(vault: Vault) -> None:
    """Close every session whose time is over."""
    now = vault.now()
    for session in vault.all("checkout.session"):
        if session["status"] == "open" and session["expires_at"] <= now:
            with vault.change():
                close(vault, session)


def expire(vault: Vault, session: Object) -> Object:
    must_be_open(session)
    close(vault, session)
    return session


def close(vault: Vault, session: Object) -> None:
    session.update(status="expired", url=None)
    recovery = (session["after_expiration"] or {}).get("recovery") or {}
    if recovery.get("enabled"):
        host = vault.private[session["id"]]["host"]
        recovery.update(url=f"{host}/r/{session['id']}", expires_at=vault.now() + RECOVERABLE)
    vault.emit("checkout.session.expired", session)


def must_be_open(session: Object) -> None:
    if session["status"] != "open":
        raise Refusal(
            'Only Checkout Sessions with a status in ["open"] can be used so. This Checkout Session has a status'
            f" of `{session['status']}`.",
            "session",
        )


def complete(vault: Vault, ident: str, outcome: Outcome, payer: Object) -> Object:
    """The reader has paid ("paid") or promised to ("underway"); payer is {"email", "name"}."""
    with vault.change():
        session = vault.find("checkout.session", ident)
        must_be_open(session)
        if session["customer"]:
            payer = {**payer, "email": known_address(vault, session) or payer["email"]}
        newcomer = identify(vault, session, payer)
        session.update(
            status="complete", url=None, payment_status="paid" if outcome == "paid" else "unpaid",
            customer_details={
                "address": {**NO_ADDRESS, "country": "US"}, "business_name": None, "individual_name": None,
                "phone": None, "tax_exempt": "none", "tax_ids": [], **payer,
            },
        )  # fmt: skip
        if session["mode"] == "payment":
            pay_once(vault, session, outcome, payer, newcomer)
        else:
            pay_regularly(vault, session, outcome, payer, newcomer)
        return session


def known_address(vault: Vault, session: Object) -> str:
    """The address that Checkout has already: a customer's own, which the payer cannot change, or one it was told."""
    customer = vault.objects.get(session["customer"] or "") or {}
    return customer.get("email") or session["customer_email"] or ""


def identify(vault: Vault, session: Object, payer: Object) -> Object | None:
    """The customer made for this session, if it needed one."""
    if session["customer"] or session["customer_creation"] != "always":
        return None
    newcomer = customer(vault, payer["email"], payer["name"])
    session["customer"] = newcomer["id"]
    return newcomer


def pay_once(vault: Vault, session: Object, outcome: Outcome, payer: Object, newcomer: Object | None) -> None:
    payment = intent_of(vault, session)
    payment["customer"] = session["customer"]
    payments.attempt(vault, payment, outcome, payer)
    if newcomer:
        vault.emit("customer.created", newcomer)
    vault.emit("checkout.session.completed", session)
    payments.tell(vault, payment, outcome)


def pay_regularly(vault: Vault, session: Object, outcome: Outcome, payer: Object, newcomer: Object | None) -> None:
    subscription = billing.subscribe(vault, session, outcome, payer)
    invoice = vault.objects[subscription["latest_invoice"]]
    session.update(subscription=subscription["id"], invoice=invoice["id"])
    if newcomer:
        vault.emit("customer.created", newcomer)
    vault.emit("checkout.session.completed", session)
    payments.tell(vault, billing.payment_of(vault, invoice)[1], outcome)
    vault.emit("customer.subscription.created", subscription)
    billing.tell_invoice(vault, invoice, outcome, new=True)


def intent_of(vault: Vault, session: Object) -> Object:
    """The session's payment intent: made at the first attempt to pay, kept through declined ones."""
    if session["payment_intent"]:
        return vault.objects[session["payment_intent"]]
    asked = vault.private[session["id"]]["params"].get("payment_intent_data", {})
    made = payments.intent(
        vault, amount=session["amount_total"], currency=session["currency"], metadata=asked.get("metadata") or {},
        description=asked.get("description"), receipt_email=asked.get("receipt_email"),
        statement_descriptor_suffix=asked.get("statement_descriptor_suffix"),
        setup_future_usage=asked.get("setup_future_usage"),
    )  # fmt: skip
    session["payment_intent"] = made["id"]
    return made


def decline(vault: Vault, ident: str, payer: Object) -> Object:
    """The bank refuses the card; the session stays open. Before there is a subscription Stripe tells nobody."""
    with vault.change():
        session = vault.find("checkout.session", ident)
        must_be_open(session)
        if session["mode"] == "payment":
            payment = intent_of(vault, session)
            payments.attempt(vault, payment, "declined", payer)
            payments.tell(vault, payment, "declined")
        return session


def settle(vault: Vault, ident: str, *, arrived: bool) -> Object:
    """A delayed payment arrives, or fails."""
    with vault.change():
        session = vault.find("checkout.session", ident)
        if not is_awaited(vault, session):
            raise Refusal("This Checkout Session is not waiting for a delayed payment.", "session")
        outcome: Outcome = "paid" if arrived else "declined"
        if session["mode"] == "payment":
            payment = vault.objects[session["payment_intent"]]
            payments.conclude(vault, payment, outcome)
            payments.tell(vault, payment, outcome)
        else:
            billing.settle(vault, vault.objects[session["subscription"]], outcome)
        session["payment_status"] = "paid" if arrived else "unpaid"
        vault.emit(f"checkout.session.async_payment_{'succeeded' if arrived else 'failed'}", session)
        return session


def is_awaited(vault: Vault, session: Object) -> bool:
    """True while a delayed payment is on its way."""
    if session["status"] != "complete" or session["payment_status"] != "unpaid":
        return False
    if session["mode"] == "payment":
        return bool(vault.objects[session["payment_intent"]]["status"] == "processing")
    return bool(vault.objects[session["subscription"]]["status"] == "incomplete")
