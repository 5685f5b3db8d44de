"""What whoever presents the demo may do by a press: play the banks, the time, the staff and the givers."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from .billing import OVER
from .taking_back import WITHDRAWN
from .vault import Object

if TYPE_CHECKING:
    from . import Sandbox


class Deed(NamedTuple):
    """One button: its words, on which objects of its kind it is shown, and what it does to the object of that id."""

    text: str
    kind: str
    may: Callable[["Sandbox", Object], bool]
    do: Callable[["Sandbox", str], Any]


def charge_of(sandbox: "Sandbox", payment: Object) -> Object | None:
    """The charge that paid it."""
    return sandbox.vault.objects[payment["latest_charge"]] if payment["status"] == "succeeded" else None


def dispute_of(sandbox: "Sandbox", payment: Object) -> Object | None:
    return next((one for one in sandbox.all("dispute") if one["payment_intent"] == payment["id"]), None)


def refund_of(sandbox: "Sandbox", payment: Object) -> Object | None:
    """Its latest refund that did not fail."""
    refunds = (one for one in sandbox.all("refund") if one["payment_intent"] == payment["id"])
    return next((one for one in refunds if one["status"] == "succeeded"), None)


def is_whole(sandbox: "Sandbox", payment: Object) -> bool:
    """True while something of it can be given or taken back."""
    charge = charge_of(sandbox, payment)
    return charge is not None and not charge["refunded"] and not charge["disputed"]


def is_disputed(sandbox: "Sandbox", payment: Object) -> bool:
    dispute = dispute_of(sandbox, payment)
    return dispute is not None and dispute["status"] in WITHDRAWN


def standing_of(sandbox: "Sandbox", payment: Object) -> str:
    """The payment's status, or what became of its money since."""
    charge, dispute = charge_of(sandbox, payment), dispute_of(sandbox, payment)
    if dispute is not None:
        return {"won": "dispute won", "lost": "dispute lost"}.get(dispute["status"], "disputed")
    if charge is not None and charge["amount_refunded"]:
        return "refunded" if charge["refunded"] else "partly refunded"
    return str(payment["status"])


def goes_on(_: "Sandbox", subscription: Object) -> bool:
    return subscription["status"] not in OVER


def collects(sandbox: "Sandbox", subscription: Object) -> bool:
    return goes_on(sandbox, subscription) and not is_paused(subscription)


def is_paused(subscription: Object) -> bool:
    return bool(subscription["pause_collection"] or subscription["status"] == "paused")


def is_past_due(_: "Sandbox", subscription: Object) -> bool:
    return bool(subscription["status"] == "past_due")


def refund_half(sandbox: "Sandbox", ident: str) -> None:
    charge = sandbox.vault.objects[sandbox.vault.find("payment_intent", ident)["latest_charge"]]
    left = charge["amount"] - charge["amount_refunded"]
    sandbox.refund(ident, max(1, left // 200 * 100))  # whole units, which every currency takes


def fail_refund(sandbox: "Sandbox", ident: str) -> None:
    refund = refund_of(sandbox, sandbox.vault.find("payment_intent", ident))
    if refund:
        sandbox.fail_refund(refund["id"])


def resume(sandbox: "Sandbox", ident: str) -> None:
    if sandbox.vault.find("subscription", ident)["status"] == "paused":
        sandbox.resume(ident)
    else:
        sandbox.update(ident, pause_collection="")


def double(sandbox: "Sandbox", ident: str) -> None:
    price = sandbox.vault.find("subscription", ident)["items"]["data"][0]["price"]
    sandbox.change_amount(ident, 2 * price["unit_amount"])


DEEDS: dict[str, Deed] = {
    "renew": Deed("Renew", "subscription", collects, lambda box, ident: box.renew(ident)),
    "renew_declined": Deed(
        "Renewal declined", "subscription", collects, lambda box, ident: box.renew(ident, paid=False)
    ),
    "renew_unconfirmed": Deed(
        "Renewal wants confirming", "subscription", collects, lambda box, ident: box.renew_unconfirmed(ident)
    ),
    "retry": Deed("Try again, paid", "subscription", is_past_due, lambda box, ident: box.retry(ident)),
    "give_up": Deed("Give up", "subscription", is_past_due, lambda box, ident: box.give_up(ident)),
    "double": Deed("Double the amount", "subscription", goes_on, double),
    "pause": Deed(
        "Pause", "subscription", collects, lambda box, ident: box.update(ident, pause_collection={"behavior": "void"})
    ),
    "resume": Deed("Resume", "subscription", lambda _, it: it["status"] not in OVER and is_paused(it), resume),
    "cancel_at_end": Deed(
        "Cancel at the period's end", "subscription", lambda box, it: goes_on(box, it) and not it["cancel_at"],
        lambda box, ident: box.update(ident, cancel_at_period_end=True),
    ),
    "keep": Deed(
        "Keep it after all", "subscription", lambda box, it: goes_on(box, it) and bool(it["cancel_at"]),
        lambda box, ident: box.update(ident, cancel_at_period_end=False),
    ),
    "cancel": Deed("Cancel now", "subscription", goes_on, lambda box, ident: box.cancel(ident)),
    "refund": Deed("Refund", "payment_intent", is_whole, lambda box, ident: box.refund(ident)),
    "refund_half": Deed("Refund half", "payment_intent", is_whole, refund_half),
    "fail_refund": Deed(
        "Let the refund fail", "payment_intent", lambda box, it: refund_of(box, it) is not None, fail_refund
    ),
    "dispute": Deed("Dispute", "payment_intent", is_whole, lambda box, ident: box.dispute(ident)),
    "win": Deed(
        "Dispute won", "payment_intent", is_disputed, lambda box, ident: box.close_dispute(ident, won=True)
    ),
    "lose": Deed(
        "Dispute lost", "payment_intent", is_disputed, lambda box, ident: box.close_dispute(ident, won=False)
    ),
}  # fmt: skip


def deeds_for(sandbox: "Sandbox", thing: Object) -> Iterator[tuple[str, str]]:
    """The names and words of the buttons beside it."""
    for name, deed in DEEDS.items():
        if deed.kind == thing["object"] and deed.may(sandbox, thing):
            yield name, deed.text
