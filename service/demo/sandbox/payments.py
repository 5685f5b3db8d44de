"""Payment intents and charges: money that is asked for, arrives, is on its way, or is refused."""

from typing import Any, Literal

from .shapes import make
from .vault import Object, Vault, new_id

Outcome = Literal["paid", "declined", "underway", "unconfirmed"]
NO_ADDRESS = {"city": None, "country": None, "line1": None, "line2": None, "postal_code": None, "state": None}
DECLINE = "Your card was declined."
CONFIRM = "Your card was declined. This transaction requires authentication."
REFUSED = {"declined": ("card_declined", DECLINE), "unconfirmed": ("authentication_required", CONFIRM)}
CHARGE_STATUS = {"paid": "succeeded", "underway": "pending", "declined": "failed", "unconfirmed": "failed"}
INTENT_STATUS = {
    "paid": "succeeded", "underway": "processing", "declined": "requires_payment_method",
    "unconfirmed": "requires_action",
}  # fmt: skip


def intent(vault: Vault, *, amount: int, currency: str, customer: str | None = None, **fields: Any) -> Object:
    """A payment that nobody has tried to make yet."""
    made = make(
        vault, "payment_intent", amount=amount, currency=currency, customer=customer, amount_received=0,
        amount_capturable=0, capture_method="automatic_async", confirmation_method="automatic",
        payment_method_types=["card", "sepa_debit"], status="requires_payment_method",
        **{"metadata": {}, **fields},
    )  # fmt: skip
    made["client_secret"] = made["id"] + "_secret_" + new_id("", 24)
    vault.emit("payment_intent.created", made)
    return made


def attempt(vault: Vault, payment: Object, outcome: Outcome, payer: Object) -> Object:
    """Charge the payment intent and set both objects; the caller tells the world in Stripe's order."""
    delayed = outcome == "underway"
    charge = make(
        vault, "charge", amount=payment["amount"], currency=payment["currency"], customer=payment["customer"],
        payment_intent=payment["id"], metadata=dict(payment["metadata"]), description=payment["description"],
        amount_captured=0, amount_refunded=0, captured=False, paid=False, refunded=False, disputed=False,
        status="pending", payment_method=new_id("pm_"), fraud_details={},
        billing_details={"address": NO_ADDRESS, "phone": None, "tax_id": None, **payer},
        payment_method_details=debit_details() if delayed else card_details(),
    )  # fmt: skip
    payment["payment_method"] = charge["payment_method"]
    payment["latest_charge"] = charge["id"]
    conclude(vault, payment, outcome)
    return charge


def conclude(vault: Vault, payment: Object, outcome: Outcome) -> Object:
    """Give the payment intent and its latest charge that outcome; returns the charge."""
    charge = vault.objects[payment["latest_charge"]]
    paid = outcome == "paid"
    charge.update(
        status=CHARGE_STATUS[outcome], paid=paid, captured=paid, amount_captured=charge["amount"] if paid else 0,
        balance_transaction=new_id("txn_") if paid else None, outcome=verdict(outcome),
        failure_code=REFUSED[outcome][0] if outcome in REFUSED else None,
        failure_message=REFUSED[outcome][1] if outcome in REFUSED else None,
    )  # fmt: skip
    payment.update(
        status=INTENT_STATUS[outcome], amount_received=payment["amount"] if paid else 0,
        last_payment_error=refusal(charge) if outcome in REFUSED else None,
    )  # fmt: skip
    return charge


def tell(vault: Vault, payment: Object, outcome: Outcome) -> None:
    """The events for what the payment has just become."""
    charge = vault.objects[payment["latest_charge"]]
    names = {
        "paid": ("payment_intent.succeeded", "charge.succeeded"),
        "declined": ("payment_intent.payment_failed", "charge.failed"),
        "underway": ("payment_intent.processing", "charge.pending"),
        "unconfirmed": ("payment_intent.requires_action", "charge.failed"),
    }[outcome]
    vault.emit(names[0], payment)
    vault.emit(names[1], charge)


def verdict(outcome: Outcome) -> Object:
    declined = outcome in REFUSED
    return {
        "advice_code": "try_again_later" if declined else None, "network_advice_code": None,
        "network_decline_code": "05" if declined else None,
        "network_status": "declined_by_network" if declined else "approved_by_network",
        "reason": "generic_decline" if declined else None, "risk_level": "normal",
        "seller_message": "The bank did not return any further details with this decline."
        if declined else "Payment complete.",
        "type": "issuer_declined" if declined else "authorized",
    }  # fmt: skip


def refusal(charge: Object) -> Object:
    return {
        "type": "card_error", "code": charge["failure_code"], "message": charge["failure_message"],
        "decline_code": "generic_decline" if charge["failure_code"] == "card_declined" else charge["failure_code"],
        "charge": charge["id"], "doc_url": "https://docs.stripe.com/error-codes/card-declined",
    }  # fmt: skip


def card_details() -> Object:
    card = {
        "brand": "visa", "country": "US", "exp_month": 12, "exp_year": 2034, "funding": "credit", "last4": "4242",
        "network": "visa", "fingerprint": "SandboxCard00001", "three_d_secure": None, "wallet": None,
        "amount_authorized": None, "authorization_code": None, "checks": None, "installments": None, "mandate": None,
        "network_token": None, "network_transaction_id": None, "overcapture": None, "regulated_status": "unregulated",
        "extended_authorization": None, "incremental_authorization": None, "multicapture": None, "description": None,
        "iin": None, "issuer": None,
    }  # fmt: skip
    return {"type": "card", "card": card}


def debit_details() -> Object:
    debit = {
        "bank_code": "37040044", "branch_code": None, "country": "DE", "fingerprint": "SandboxDebit0001",
        "last4": "3000", "mandate": None, "expected_debit_date": None,
    }  # fmt: skip
    return {"type": "sepa_debit", "sepa_debit": debit}
