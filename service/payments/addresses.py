"""The e-mail addresses of those who gave: Stripe holds them, we do not."""

from collections.abc import Callable
from functools import lru_cache

from service.domain.contribution import Contribution
from service.payments.customers import Customers
from service.payments.errors import UnknownObjectError
from service.payments.gateway import Gateway
from service.payments.patience import patiently

_MOST = 10_000


class Addresses:
    """Asks Stripe, each customer once. `wait` sleeps so many seconds while Stripe has too much to do."""

    def __init__(self, gateway: Gateway, wait: Callable[[float], None]) -> None:
        self._gateway, self._wait = gateway, wait
        self._customers = Customers(gateway)
        self._of_customer = lru_cache(_MOST)(self._ask_customer)

    def of(self, line: Contribution) -> str:
        """The giver's address, or empty text where Stripe has none. Raises PaymentsError."""
        return (self._of_customer(line.customer) if line.customer else "") or self._of_checkout(line.id)

    def _ask_customer(self, customer: str) -> str:
        try:
            return str(patiently(lambda: self._customers.get(customer), self._wait).get("email") or "")
        except UnknownObjectError:
            return ""

    def _of_checkout(self, subject: str) -> str:
        session = patiently(lambda: self._gateway.session_for(subject), self._wait)
        return str(((session or {}).get("customer_details") or {}).get("email") or "")
