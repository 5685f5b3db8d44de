"""The pages people see: Checkout, the customer portal, and the presenter's dashboard."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from babel import Locale
from babel.numbers import format_currency
from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect

from . import checkout
from .deeds import DEEDS, deeds_for, standing_of
from .money import exponent
from .refusal import Refusal
from .vault import Object
from .words import words_for

if TYPE_CHECKING:
    from . import Sandbox

ADDRESS = "reader@example.org"
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
Page = Response | Redirect | tuple[str, int] | str


def blueprint(sandbox: "Sandbox") -> Blueprint:
    """Checkout at /c/pay/…, the portal at /p/session/…, the dashboard at /."""
    routes = Blueprint("pages", __name__)
    routes.add_url_rule("/c/pay/<ident>", "checkout", lambda ident: show_checkout(sandbox, ident))
    routes.add_url_rule("/c/pay/<ident>", "pay", lambda ident: act_on_checkout(sandbox, ident), methods=["POST"])
    routes.add_url_rule("/p/session/<ident>", "portal", lambda ident: show_portal(sandbox, ident))
    routes.add_url_rule("/p/session/<ident>", "leave", lambda ident: cancel_in_portal(sandbox, ident), methods=["POST"])
    routes.add_url_rule("/", "dashboard", lambda: show_dashboard(sandbox))
    routes.add_url_rule("/act", "act", lambda: act(sandbox), methods=["POST"])
    routes.before_request(refuse_strangers)
    routes.app_template_filter("money")(money)
    routes.app_template_filter("moment")(moment)
    return routes


def refuse_strangers() -> Page | None:
    """No other site's page may press our buttons in this browser."""
    origin = request.headers.get("Origin")
    if request.method == "POST" and origin not in {None, request.host_url.rstrip("/")}:
        return "This button belongs to the sandbox's own pages.", 403
    return None


def money(minor: int, currency: str, locale: str = "en") -> str:
    """The amount as people write it: whole amounts without their zero cents."""
    amount = Decimal(minor).scaleb(-exponent(currency))
    if amount != amount.to_integral_value():
        return format_currency(amount, currency.upper(), locale=locale)
    pattern = Locale.parse(locale).currency_formats["standard"].pattern.replace(".00", "")
    return format_currency(amount, currency.upper(), pattern, locale=locale, currency_digits=False)


def moment(stamp: int) -> str:
    return datetime.fromtimestamp(stamp, UTC).strftime("%-d %b %Y, %H:%M UTC")


def show_checkout(sandbox: "Sandbox", ident: str, problem: str = "") -> Page:
    checkout.expire_forgotten(sandbox.vault)
    session = sandbox.vault.objects.get(ident)
    if session is None or session["object"] != "checkout.session":
        return render_template("unknown.html", words=words_for(None)[1], language="en"), 404
    values = facts_of(sandbox, session, problem)
    interval = interval_of(sandbox, ident, values["words"])
    return render_template("checkout.html", **values, interval=interval, back=way_back(session))


def facts_of(sandbox: "Sandbox", session: Object, problem: str) -> dict[str, Any]:
    """What a page of Checkout shows, on its own and in a frame alike."""
    language, words = words_for(session["locale"])
    return {
        "session": session, "words": words, "language": language, "problem": words.get(problem, ""),
        "amount": money(session["amount_total"], session["currency"], language), "state": state_of(sandbox, session),
        "lines": sandbox.vault.private[session["id"]]["lines"], "note": note_of(sandbox, session["id"]),
        "email": request.form.get("email") or checkout.known_address(sandbox.vault, session) or ADDRESS,
    }  # fmt: skip


def state_of(sandbox: "Sandbox", session: Object) -> str:
    """"open", "paid", "underway", "failed" or "expired"."""
    if session["status"] != "complete":
        return str(session["status"])
    if session["payment_status"] != "unpaid":
        return "paid"
    return "underway" if checkout.is_awaited(sandbox.vault, session) else "failed"


def note_of(sandbox: "Sandbox", ident: str) -> str:
    """What Checkout shows below the name of what is paid for."""
    asked = sandbox.vault.private[ident]["params"]["line_items"][0]["price_data"]["product_data"]
    return str(asked.get("description", ""))


def interval_of(sandbox: "Sandbox", ident: str, words: dict[str, str]) -> str:
    recurring = sandbox.vault.private[ident]["lines"][0]["price"]["recurring"]
    if recurring is None:
        return words["once"]
    if recurring["interval_count"] == 1:
        return words[recurring["interval"]]
    return words["each"].format(count=recurring["interval_count"], interval=recurring["interval"])


def way_back(session: Object) -> str:
    """Where a finished reader belongs: the success page once paid, the page they came from otherwise."""
    if session["status"] == "complete":
        return str(session["success_url"] or session["return_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])
    return str(session["cancel_url"] or session["success_url"] or session["return_url"])


def act_on_checkout(sandbox: "Sandbox", ident: str) -> Page:
    email = request.form.get("email", "").strip()
    if not EMAIL.fullmatch(email):
        return show_checkout(sandbox, ident, "bad_email")
    hands = {"pay": sandbox.pay, "delay": sandbox.pay_later, "decline": sandbox.decline}
    hand = hands.get(request.form.get("how", ""))
    if hand is None:
        return show_checkout(sandbox, ident)
    try:
        session = hand(ident, email)
    except Refusal:  # paid meanwhile (a second press), expired, or unknown: the page says which
        return show_checkout(sandbox, ident)
    if session["status"] == "open":
        return show_checkout(sandbox, ident, "declined")
    return redirect(way_back(session), 303)


def show_portal(sandbox: "Sandbox", ident: str) -> Page:
    portal = sandbox.vault.objects.get(ident)
    if portal is None or portal["object"] != "billing_portal.session":
        return render_template("unknown.html", words=words_for(None)[1], language="en"), 404
    subscriptions = [one for one in sandbox.all("subscription") if one["customer"] == portal["customer"]]
    customer = sandbox.vault.objects[portal["customer"]]
    return render_template("portal.html", portal=portal, customer=customer, subscriptions=subscriptions)


def cancel_in_portal(sandbox: "Sandbox", ident: str) -> Page:
    portal = sandbox.vault.find("billing_portal.session", ident)
    subscription = sandbox.vault.find("subscription", request.form.get("id", ""))
    if subscription["customer"] == portal["customer"]:
        sandbox.cancel(subscription["id"])
    return redirect(request.path, 303)


def show_dashboard(sandbox: "Sandbox", problem: str = "") -> Page:
    checkout.expire_forgotten(sandbox.vault)
    with sandbox.vault.lock:
        sessions = sandbox.all("checkout.session")[:30]
        deliveries = list(reversed(sandbox.vault.deliveries.values()))[:60]
        subscriptions, payments = sandbox.all("subscription")[:30], sandbox.all("payment_intent")[:30]
        return render_template(
            "dashboard.html", sessions=sessions, subscriptions=subscriptions, payments=payments,
            deeds={thing["id"]: list(deeds_for(sandbox, thing)) for thing in (*subscriptions, *payments)},
            standings={payment["id"]: standing_of(sandbox, payment) for payment in payments},
            deliveries=deliveries, answering=sandbox.answering,
            states={session["id"]: state_of(sandbox, session) for session in sessions}, problem=problem,
            webhook_url=sandbox.courier.url, now=sandbox.vault.now(),
        )  # fmt: skip


def act(sandbox: "Sandbox") -> Page:
    """One press of a dashboard button."""
    ident, action = request.form.get("id", ""), request.form.get("action", "")
    hands: dict[str, Any] = {
        "settle": lambda: sandbox.settle(ident, arrived=True),
        "fail": lambda: sandbox.settle(ident, arrived=False),
        "resend": lambda: sandbox.resend(ident),
        "expire": lambda: sandbox.expire(ident),
        "switch": lambda: setattr(sandbox, "answering", not sandbox.answering),
    }
    try:
        deed = DEEDS.get(action)
        if deed:
            deed.do(sandbox, ident)
        hands.get(action, lambda: None)()
    except Refusal as refusal:
        return show_dashboard(sandbox, refusal.message)
    back = request.form.get("back", "/")
    return redirect(back if back.startswith("/c/pay/") else "/", 303)
