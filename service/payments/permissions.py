"""What a restricted key must be allowed, and how that is found out without changing anything."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from service.payments.errors import KeyRefusedError, StripeRefusedError, UnknownObjectError
from service.payments.gateway import Gateway

_NOBODY = "honestybox_doctor"  # no id of Stripe's looks like it
_ONE: dict[str, Any] = {"limit": 1}
_NO_READER: dict[str, Any] = {"metadata": {"reader": ""}}


@dataclass(frozen=True, slots=True)
class Permission:
    """`name`: as Stripe's Dashboard has it; `needed`: for what; `attempt`: a call that needs it and changes nothing."""

    name: str
    needed: str
    attempt: Callable[[Any], Any]
    writes: bool = False

    @property
    def told(self) -> str:
        """As in: the key may not … ."""
        return f"{'write' if self.writes else 'read'} {self.name}"


PERMISSIONS = (
    Permission(
        "Checkout Sessions", "to start a payment", lambda v1: v1.checkout.sessions.expire(f"cs_{_NOBODY}"), writes=True
    ),
    Permission(
        "PaymentIntents", "to see what was paid, and to forget whose browser it was",
        lambda v1: v1.payment_intents.update(f"pi_{_NOBODY}", _NO_READER), writes=True,
    ),
    Permission("Charges and Refunds", "to see what was paid back", lambda v1: v1.charges.list(_ONE)),
    Permission("Disputes", "to see what was taken back", lambda v1: v1.disputes.list(_ONE)),
    Permission(
        "Subscriptions", "to see regular gifts, and to forget whose browser it was",
        lambda v1: v1.subscriptions.update(f"sub_{_NOBODY}", _NO_READER), writes=True,
    ),
    Permission("Invoices", "to see renewals", lambda v1: v1.invoices.list(_ONE)),
    Permission("Events", "to learn what webhooks missed", lambda v1: v1.events.list(_ONE)),
    Permission(
        "Customers", "to have one customer for each address",
        lambda v1: v1.customers.update(f"cus_{_NOBODY}", {"metadata": {"readers": ""}}), writes=True,
    ),
    Permission(
        "PaymentMethods", "to show nobody the card of an address they only typed",
        lambda v1: v1.customers.payment_methods.list(f"cus_{_NOBODY}", _ONE),
    ),
    Permission(
        "Customer portal", "to open a supporter's portal",
        lambda v1: v1.billing_portal.sessions.create({"customer": f"cus_{_NOBODY}"}), writes=True,
    ),
    Permission("Webhook Endpoints", "for this command only", lambda v1: v1.webhook_endpoints.list(_ONE)),
)  # fmt: skip


def lacking(gateway: Gateway, permission: Permission) -> bool:
    """True when the key lacks it. Raises KeyRefusedError where Stripe knows no such key, and other PaymentsErrors."""
    try:
        gateway.api(permission.attempt)
    except (UnknownObjectError, StripeRefusedError):
        return False  # it came so far that the object was looked for
    except KeyRefusedError as error:
        if error.unknown:
            raise
        return True
    return False
