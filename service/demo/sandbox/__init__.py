"""A Stripe sandbox: the parts of Stripe's API that the service uses, a Checkout page, signed webhooks. No money moves.

    app = create_sandbox("http://127.0.0.1:8001/webhooks/stripe", "whsec_…")
    with Running(app) as address:          # service.demo.serving
        ...                                # StripeClient(…, base_addresses={"api": address})
        app.sandbox.pay(session_id)
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask

from service.demo.human_check import checker

from . import api, billing, changes, checkout, embedded, pages, taking_back
from .courier import BACKOFF, Courier
from .refusal import Refusal
from .vault import Object, Vault

__all__ = ["Refusal", "Sandbox", "SandboxApp", "create_sandbox"]
READER = {"email": "reader@example.org", "name": "Sam Reader"}


class Sandbox:
    """What readers, banks and time do; each method answers with the object it changed."""

    def __init__(self, vault: Vault, courier: Courier) -> None:
        self.vault, self.courier = vault, courier

    def pay(self, session_id: str, email: str = READER["email"]) -> Object:
        """The reader pays by card."""
        return checkout.complete(self.vault, session_id, "paid", {**READER, "email": email})

    def pay_later(self, session_id: str, email: str = READER["email"]) -> Object:
        """The reader chooses a method whose money arrives in some days."""
        return checkout.complete(self.vault, session_id, "underway", {**READER, "email": email})

    def decline(self, session_id: str, email: str = READER["email"]) -> Object:
        return checkout.decline(self.vault, session_id, {**READER, "email": email})

    def settle(self, session_id: str, *, arrived: bool = True) -> Object:
        """The delayed payment arrives, or fails."""
        return checkout.settle(self.vault, session_id, arrived=arrived)

    def expire(self, session_id: str) -> Object:
        with self.vault.change():
            return checkout.expire(self.vault, self.vault.find("checkout.session", session_id))

    def renew(self, subscription_id: str, *, paid: bool = True) -> Object:
        return billing.renew(self.vault, subscription_id, "paid" if paid else "declined")

    def renew_unconfirmed(self, subscription_id: str) -> Object:
        """The bank wants the reader to confirm the renewal."""
        return billing.renew(self.vault, subscription_id, "unconfirmed")

    def retry(self, subscription_id: str, *, paid: bool = True) -> Object:
        """The renewal that failed is tried again."""
        return billing.retry(self.vault, subscription_id, "paid" if paid else "declined")

    def give_up(self, subscription_id: str, status: str = "canceled") -> Object:
        """Every retry failed."""
        return billing.give_up(self.vault, subscription_id, status)

    def cancel(self, subscription_id: str) -> Object:
        return billing.cancel(self.vault, subscription_id)

    def update(self, subscription_id: str, **wanted: Any) -> Object:
        """`cancel_at_period_end`, `pause_collection`, …, as the API would."""
        with self.vault.change():
            return changes.update(self.vault, self.vault.find("subscription", subscription_id), wanted)

    def pause(self, subscription_id: str) -> Object:
        """The subscription itself is paused; see `update` for pausing its collection."""
        return changes.pause(self.vault, subscription_id)

    def resume(self, subscription_id: str) -> Object:
        return changes.resume(self.vault, subscription_id)

    def change_amount(self, subscription_id: str, amount: int) -> Object:
        return changes.change_amount(self.vault, subscription_id, amount)

    def refund(self, intent_id: str, amount: int | None = None) -> Object:
        """The account's owner gives back what is left of it, or a part."""
        return taking_back.refund(self.vault, self._charge(intent_id), amount)

    def fail_refund(self, refund_id: str) -> Object:
        return taking_back.fail_refund(self.vault, refund_id)

    def dispute(self, intent_id: str, amount: int | None = None) -> Object:
        """The reader's bank takes it back."""
        return taking_back.dispute(self.vault, self._charge(intent_id), amount)

    def close_dispute(self, intent_id: str, *, won: bool) -> Object:
        """The bank decides about the payment's dispute."""
        found = next((one for one in self.all("dispute") if one["payment_intent"] == intent_id), None)
        if found is None:
            raise Refusal("This payment is not disputed.", "payment_intent")
        return taking_back.close_dispute(self.vault, found["id"], won=won)

    def _charge(self, intent_id: str) -> Object:
        return taking_back.charge_of(self.vault, self.vault.find("payment_intent", intent_id))

    def all(self, kind: str) -> list[Object]:
        """Every object of that kind ("checkout.session", "subscription", …), newest first."""
        with self.vault.lock:
            return self.vault.all(kind)

    def events(self, type_: str | None = None) -> list[Object]:
        """What happened, oldest first."""
        return [event for event in reversed(self.all("event")) if type_ in {None, event["type"]}]

    def signed(self, event: Object) -> tuple[str, dict[str, str]]:
        """The webhook's body and headers, to post by hand."""
        return self.courier.signed(event)

    def resend(self, event_id: str) -> None:
        """Deliver an event once more, as the Dashboard's button does."""
        with self.vault.change():
            self.vault.find("event", event_id)
            self.courier.enqueue(event_id)

    @property
    def answering(self) -> bool:
        return self.vault.answering

    @answering.setter
    def answering(self, wanted: bool) -> None:
        """False: every API call gets 503, as when Stripe is down."""
        self.vault.answering = wanted


class SandboxApp(Flask):
    """The Flask app, with the hand that moves it."""

    sandbox: Sandbox


def create_sandbox(
    webhook_url: str,
    webhook_secret: str,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    deliver: bool = True,
    state_file: Path | None = None,
    backoff: Sequence[float] = BACKOFF,
) -> SandboxApp:
    """The sandbox as a Flask app; `deliver=False` records events and sends none (see Sandbox.signed)."""
    app = SandboxApp("sandbox", root_path=str(Path(__file__).parent), static_url_path="/static")
    vault = Vault(clock, state_file)
    courier = Courier(vault, webhook_url, webhook_secret, backoff)
    app.sandbox = Sandbox(vault, courier)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.register_blueprint(api.blueprint(vault))
    app.register_blueprint(pages.blueprint(app.sandbox))
    app.register_blueprint(embedded.blueprint(app.sandbox))
    app.register_blueprint(checker())
    if deliver:
        courier.start()
    return app
