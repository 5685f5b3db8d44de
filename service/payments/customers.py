"""Stripe's customers, as far as we use them: found by e-mail address, made, shown their own portal."""

from collections.abc import Callable
from typing import Any

from service.domain.contribution import FORGOTTEN
from service.payments.checkout import LOCALES
from service.payments.gateway import Gateway, Stripe, linked_to, replayed

MOST_READERS = 20


class Customers:
    """Every method raises PaymentsError and nothing else."""

    def __init__(self, gateway: Gateway) -> None:
        self._ask = gateway.api

    def of_address(self, email: str) -> list[Stripe]:
        """Every customer of exactly this address, oldest first."""
        wish: Any = {"email": email, "limit": 100}
        return self._all(lambda v1: v1.customers.list(wish))[::-1]

    def make(self, params: dict[str, Any], key: str) -> Stripe:
        """A new customer, or the one that was made with this key, as it is now."""
        made = self._ask(lambda v1: v1.customers.create(params, {"idempotency_key": key}))
        return self.get(made.id) if replayed(made.last_response) else _plain(made)

    def get(self, customer: str) -> Stripe:
        """The customer as it is now; `deleted` is true of one that was taken away."""
        return _plain(self._ask(lambda v1: v1.customers.retrieve(customer)))

    def shows_a_card(self, customer: str) -> bool:
        """True when Checkout would offer a saved card to whoever comes as this customer."""
        wish: Any = {"allow_redisplay": "always", "limit": 1}
        return bool(self._ask(lambda v1: v1.customers.payment_methods.list(customer, wish)).data)

    def gifts(self, customer: str) -> list[Stripe]:
        """The customer's subscriptions, ended ones too, and payment intents."""
        wish: Any = {"customer": customer, "limit": 100}
        payments = self._all(lambda v1: v1.payment_intents.list(wish))
        return payments + self._all(lambda v1: v1.subscriptions.list({**wish, "status": "all"}))

    def checkouts(self, email: str) -> list[Stripe]:
        """The completed Checkout Sessions of exactly this address, oldest first: a single gift needs no customer."""
        wish: Any = {"customer_details": {"email": email}, "status": "complete", "limit": 100}
        return self._all(lambda v1: v1.checkout.sessions.list(wish))[::-1]

    def portal(self, customer: str, configuration: str | None, return_url: str, language: str) -> str:
        """The address of Stripe's own page for this customer: card, amount, receipts, an end. It is theirs alone.

        Without a `configuration`, the account's own is used.
        """
        locale = language if language in LOCALES else "auto"
        wish: Any = {"customer": customer, "return_url": return_url, "locale": locale}
        if configuration:
            wish["configuration"] = configuration
        made = self._ask(lambda v1: v1.billing_portal.sessions.create(wish))
        return str(made.url)

    def add_reader(self, customer: str, reader: str) -> None:
        """One more browser that is the customer's: the newest twenty stay. Said again, it changes nothing."""
        kept = self.get(customer)
        known = linked_to(kept)
        if kept.get("deleted") or reader in known:
            return
        readers = " ".join([*known, reader][-MOST_READERS:])
        wish: Any = {"metadata": {"readers": readers}}
        self._ask(lambda v1: v1.customers.update(customer, wish))

    def remove_reader(self, customer: str, reader: str) -> None:
        """The browser is the customer's no more. Said again, it changes nothing."""
        kept = self.get(customer)
        known = linked_to(kept)
        if reader in known:
            others = " ".join(name for name in known if name != reader)
            wish: Any = {"metadata": {"readers": others or FORGOTTEN}}
            self._ask(lambda v1: v1.customers.update(customer, wish))

    def _all(self, listed: Callable[[Any], Any]) -> list[Stripe]:
        return self._ask(lambda v1: [one.to_dict() for one in listed(v1).auto_paging_iter()])


def _plain(thing: Any) -> Stripe:
    plain: Stripe = thing.to_dict()
    return plain
