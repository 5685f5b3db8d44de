"""What stands in for Stripe.js, the Checkout that it puts into a page, and where a forgotten one is recovered."""

from hmac import compare_digest
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, send_from_directory

from . import checkout
from .pages import EMAIL, Page, facts_of, refuse_strangers, show_checkout
from .refusal import Refusal
from .vault import Object
from .words import words_for

if TYPE_CHECKING:
    from . import Sandbox

STATIC = Path(__file__).parent / "static"


def blueprint(sandbox: "Sandbox") -> Blueprint:
    """The script at /js/stripe.js, its frame at /c/embed/…, recovery at /r/…"""
    routes = Blueprint("embedded", __name__)
    routes.add_url_rule("/js/stripe.js", "script", lambda: send_from_directory(STATIC, "stripe.js"))
    routes.add_url_rule("/c/embed/<ident>", "frame", lambda ident: show_frame(sandbox, ident))
    routes.add_url_rule("/c/embed/<ident>", "pay_here", lambda ident: act_in_frame(sandbox, ident), methods=["POST"])
    routes.add_url_rule("/r/<ident>", "recover", lambda ident: follow_recovery(sandbox, ident))
    routes.before_request(refuse_strangers)
    return routes


def session_shown(sandbox: "Sandbox", ident: str) -> Object | None:
    """The embedded session, for whoever has its secret."""
    session = sandbox.vault.objects.get(ident)
    if session is None or session["object"] != "checkout.session" or not session["client_secret"]:
        return None
    return session if compare_digest(request.args.get("secret", ""), session["client_secret"]) else None


def show_frame(sandbox: "Sandbox", ident: str, problem: str = "") -> Page:
    checkout.expire_forgotten(sandbox.vault)
    session = session_shown(sandbox, ident)
    if session is None:
        return render_template("unknown.html", words=words_for(None)[1], language="en"), 404
    return render_template("embedded.html", **facts_of(sandbox, session, problem))


def act_in_frame(sandbox: "Sandbox", ident: str) -> Page:
    if session_shown(sandbox, ident) is None:
        return show_frame(sandbox, ident)
    email = request.form.get("email", "").strip()
    if not EMAIL.fullmatch(email):
        return show_frame(sandbox, ident, "bad_email")
    hands = {"pay": sandbox.pay, "delay": sandbox.pay_later, "decline": sandbox.decline}
    try:
        session = hands[request.form.get("how", "")](ident, email)
    except (KeyError, Refusal):  # paid meanwhile, or expired: the frame says which
        return show_frame(sandbox, ident)
    return show_frame(sandbox, ident, "declined" if session["status"] == "open" else "")


def follow_recovery(sandbox: "Sandbox", ident: str) -> Page:
    try:
        session = checkout.recover(sandbox.vault, ident)
    except Refusal:
        return show_checkout(sandbox, ident)
    return redirect(session["url"], 303)
