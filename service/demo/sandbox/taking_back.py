"""Money that goes back: refunds by the account's owner, disputes by the giver's bank."""

from typing import Any

from .money import check_amount
from .refusal import Refusal
from .rules import check_metadata
from .shapes import make
from .vault import Object, Vault, new_id

Params = dict[str, Any]
WITHDRAWN = {"needs_response", "under_review"}


def create_refund(vault: Vault, params: Params, _ident: str) -> Object:
    """The API's refund, of a charge or of a payment intent's latest one."""
    check_metadata(params.get("metadata") or {}, "metadata")
    charge = charge_named(vault, params)
    return refund(
        vault, charge, params.get("amount"), reason=params.get("reason"), metadata=params.get("metadata") or {}
    )


def charge_named(vault: Vault, params: Params) -> Object:
    if "charge" in params:
        return vault.find("charge", params["charge"], "charge")
    if "payment_intent" not in params:
        raise Refusal(
            "One of the following params should be provided for this request: payment_intent or charge.",
            "payment_intent", "parameter_missing",
        )  # fmt: skip
    return charge_of(vault, vault.find("payment_intent", params["payment_intent"], "payment_intent"))


def charge_of(vault: Vault, payment: Object) -> Object:
    """The charge that paid the payment intent."""
    if payment["status"] != "succeeded":
        raise Refusal(f"This PaymentIntent ({payment['id']}) does not have a successful charge to refund.")
    return vault.objects[payment["latest_charge"]]


def refund(vault: Vault, charge: Object, amount: int | None = None, **told: Any) -> Object:
    """All that is left of the charge goes back, or a part."""
    with vault.change():
        left = charge["amount"] - charge["amount_refunded"]
        amount = left if amount is None else amount
        check_refund(vault, charge, amount, left)
        made = make(
            vault, "refund", amount=amount, charge=charge["id"], currency=charge["currency"], status="succeeded",
            payment_intent=charge["payment_intent"], balance_transaction=new_id("txn_"), **{"metadata": {}, **told},
        )  # fmt: skip
        give_back(charge, amount)
        vault.emit("refund.created", made)
        vault.emit("charge.refunded", charge)
        vault.emit("refund.updated", made)
        return made


def check_refund(vault: Vault, charge: Object, amount: int, left: int) -> None:
    if left <= 0:
        raise Refusal(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    disputes = [one for one in vault.all("dispute") if one["charge"] == charge["id"]]
    if any(one["status"] in {*WITHDRAWN, "lost"} for one in disputes):
        raise Refusal(f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
    if amount < 1:
        raise Refusal("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer")
    if amount > left:
        raise Refusal(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", "amount")
    check_amount(amount, charge["currency"], "amount")


def give_back(charge: Object, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]


def fail_refund(vault: Vault, ident: str) -> Object:
    """The giver's bank does not take the refund: the money comes back to the account."""
    with vault.change():
        made = vault.find("refund", ident)
        if made["status"] != "succeeded":
            raise Refusal("This refund has already failed.", "id")
        made.update(
            status="failed", failure_reason="lost_or_stolen_card", failure_balance_transaction=new_id("txn_")
        )
        give_back(vault.objects[made["charge"]], -made["amount"])
        vault.emit("refund.updated", made, status="succeeded")
        vault.emit("refund.failed", made)
        return made


def dispute(vault: Vault, charge: Object, amount: int | None = None, reason: str = "fraudulent") -> Object:
    """The giver tells their bank that they never gave this; the bank takes it back at once."""
    with vault.change():
        if charge["disputed"]:
            raise Refusal("This charge has already been disputed.", "charge")
        amount = charge["amount"] if amount is None else amount
        made = make(
            vault, "dispute", amount=amount, currency=charge["currency"], charge=charge["id"], reason=reason,
            payment_intent=charge["payment_intent"], status="needs_response", metadata={}, evidence={},
            is_charge_refundable=False, enhanced_eligibility_types=[],
            balance_transactions=[booking(vault, charge, -amount)],
            evidence_details={
                "due_by": vault.now() + 9 * 86_400, "enhanced_eligibility": {}, "has_evidence": False,
                "past_due": False, "submission_count": 0, "submission_method": None,
            },
        )  # fmt: skip
        charge["disputed"] = True
        vault.emit("charge.dispute.created", made)
        vault.emit("charge.dispute.funds_withdrawn", made)
        return made


def close_dispute(vault: Vault, ident: str, *, won: bool) -> Object:
    """The bank decides."""
    with vault.change():
        made = vault.find("dispute", ident)
        if made["status"] not in WITHDRAWN:
            raise Refusal("This dispute is already closed.", "id")
        before, made["status"] = made["status"], "won" if won else "lost"
        if won:
            made["balance_transactions"].append(booking(vault, made, made["amount"]))
        vault.emit("charge.dispute.closed", made, status=before)
        if won:
            vault.emit("charge.dispute.funds_reinstated", made)
        return made


def booking(vault: Vault, of: Object, amount: int) -> Object:
    """One line of the account's statement."""
    now = vault.now()
    return {
        "id": new_id("txn_"), "object": "balance_transaction", "amount": amount, "available_on": now,
        "balance_type": "payments", "created": now, "currency": of["currency"], "description": None,
        "exchange_rate": None, "fee": 0, "fee_details": [], "net": amount, "reporting_category": "dispute",
        "source": of["id"], "status": "available", "type": "adjustment",
    }  # fmt: skip
