"""Invoices as they are made: for the current period of a subscription, open, and with a line for each of its items."""

from .shapes import NOT_TAXED, OURSELVES, make
from .vault import Object, Vault


def blank_invoice(vault: Vault, subscription: Object, reason: str, total: int, payer: Object) -> Object:
    now = vault.now()
    number = 1 + sum(1 for other in vault.all("invoice") if other["customer"] == subscription["customer"])
    prefix = vault.objects[subscription["customer"]]["invoice_prefix"]
    parent: Object = {
        "type": "subscription_details", "quote_details": None,
        "subscription_details": {
            "metadata": dict(subscription["metadata"]), "subscription": subscription["id"],
            "subscription_proration_date": None,
        },
    }  # fmt: skip
    return make(
        vault, "invoice", customer=subscription["customer"], customer_email=payer["email"],
        customer_name=payer["name"], currency=subscription["currency"], billing_reason=reason,
        collection_method="charge_automatically", status="open", attempted=True, attempt_count=1,
        amount_due=total, amount_paid=0, amount_remaining=total, amount_overpaid=0, amount_shipping=0,
        subtotal=total, total=total, total_excluding_tax=total, subtotal_excluding_tax=total, starting_balance=0,
        ending_balance=0, post_payment_credit_notes_amount=0, pre_payment_credit_notes_amount=0, metadata={},
        default_tax_rates=[], discounts=[], period_start=now, period_end=now, effective_at=now,
        number=f"{prefix}-{number:04}", parent=parent, issuer=OURSELVES,
        automatic_tax={**NOT_TAXED, "disabled_reason": None}, auto_advance=False,
        payment_settings={"default_mandate": None, "payment_method_options": None, "payment_method_types": None},
        status_transitions={
            "finalized_at": now, "marked_uncollectible_at": None, "paid_at": None, "voided_at": None,
        },
    )  # fmt: skip


def invoice_line(vault: Vault, invoice: Object, subscription: Object, line: Object) -> Object:
    amount = line["price"]["unit_amount"] * line["quantity"]
    details: Object = {
        "invoice_item": None, "proration": False, "proration_details": None, "subscription": subscription["id"],
        "subscription_item": line["id"],
    }  # fmt: skip
    made = make(
        vault, "line_item", amount=amount, subtotal=amount, currency=subscription["currency"],
        description=vault.objects[line["price"]["product"]]["name"], discountable=True, discounts=[],
        invoice=invoice["id"], metadata=dict(subscription["metadata"]), quantity=line["quantity"],
        subscription=subscription["id"],
        period={"start": line["current_period_start"], "end": line["current_period_end"]},
        parent={"type": "subscription_item_details", "invoice_item_details": None,
                "subscription_item_details": details},
    )  # fmt: skip
    del vault.objects[made["id"]]  # lives inside its invoice
    return made
