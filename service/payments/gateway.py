"""The one door to Stripe: time-outs, retries, idempotency keys, and Stripe's errors as ours.

API version: the one stripe-python pins. Answers are plain dictionaries, so that the rest of this package
depends on Stripe's documented shapes and not on the library's classes.
"""

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias, TypeVar

import stripe
import structlog

from service.domain.contribution import FORGOTTEN
from service.domain.reconciliation import Kind
from service.payments.errors import (
    AttemptReusedError,
    KeyRefusedError,
    StripeBusyError,
    StripeRefusedError,
    StripeUnavailableError,
    UnknownObjectError,
)

log = structlog.get_logger(__name__)

Stripe: TypeAlias = Mapping[str, Any]
T = TypeVar("T")

CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 8.0
RETRIES = 1
# A slow Stripe must not take the threads that answer readers: this many wait for it at once in one worker process. One
# more queues up only while the answer may come any moment; once Stripe is slow it is told at once to try again.
AT_ONCE = 1
QUICK_SECONDS = 1.0
MOST_TYPES = 20  # Source: stripe-python, EventListParams.types
_PERMISSION = re.compile(r"\brak_\w+")  # Stripe names the one that a restricted key lacks


class Gateway:
    """Stripe, as far as we use it. Every method raises PaymentsError and nothing else."""

    def __init__(
        self,
        secret_key: str,
        api_base: str = "https://api.stripe.com",
        at_once: int = AT_ONCE,
        client: stripe.StripeClient | None = None,
    ) -> None:
        self._client = client or stripe.StripeClient(
            secret_key,
            base_addresses={"api": api_base},
            max_network_retries=RETRIES,
            http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, ANSWER_SECONDS)),
        )
        self._places = threading.BoundedSemaphore(at_once)
        self._newest_question = 0.0

    def create_session(self, params: dict[str, Any], attempt: str) -> Stripe:
        """A new Checkout Session, or the one this attempt already made, as it is now."""
        create = self._client.v1.checkout.sessions.create
        session = self._guarded(lambda: create(params, {"idempotency_key": attempt}))  # type: ignore[arg-type]
        if replayed(session.last_response):  # that is how the session once was: it may be paid or expired
            return self.session(session.id)
        answer: Stripe = session.to_dict()
        return answer

    def session(self, session_id: str) -> Stripe:
        """The Checkout Session as it is now."""
        return self._ask(lambda: self._client.v1.checkout.sessions.retrieve(session_id))

    def close_session(self, session_id: str) -> Stripe:
        """The Checkout Session as it is now: nobody can pay it any more, unless somebody has."""
        try:
            return self._ask(lambda: self._client.v1.checkout.sessions.expire(session_id))
        except StripeRefusedError:  # paid or expired a moment ago
            return self.session(session_id)

    def session_for(self, subject: str) -> Stripe | None:
        """The Checkout Session from which a payment intent or a subscription came, or None."""
        by = "subscription" if subject.startswith("sub_") else "payment_intent"
        listing = self._client.v1.checkout.sessions.list
        wish: Any = {by: subject, "limit": 1}
        found = self._ask(lambda: listing(wish))["data"]
        return found[0] if found else None

    def payment_intent(self, intent_id: str) -> Stripe:
        """The payment intent as it is now, with `latest_charge`."""
        retrieve = self._client.v1.payment_intents.retrieve
        return self._ask(lambda: retrieve(intent_id, {"expand": ["latest_charge"]}))

    def subscription(self, subscription_id: str) -> Stripe:
        """The subscription as it is now."""
        return self._ask(lambda: self._client.v1.subscriptions.retrieve(subscription_id))

    def payment_for(self, invoice_id: str) -> Stripe | None:
        """The payment intent that is to pay the invoice, or None."""
        listing = self._client.v1.invoice_payments.list
        wish: Any = {"invoice": invoice_id, "expand": ["data.payment.payment_intent"], "limit": 1}
        found = self._ask(lambda: listing(wish))["data"]
        return found[0]["payment"].get("payment_intent") if found else None

    def subscription_paid_by(self, intent_id: str) -> str:
        """The id of the subscription whose invoice this payment intent paid, or empty text."""
        listing = self._client.v1.invoice_payments.list
        payment = {"type": "payment_intent", "payment_intent": intent_id}
        wish: Any = {"payment": payment, "expand": ["data.invoice"], "limit": 1}
        found = self._ask(lambda: listing(wish))["data"]
        return subscription_of(found[0]["invoice"]) if found else ""

    def charges(self, customer_id: str) -> list[Stripe]:
        """Every charge of the customer, the failed ones too, oldest first."""
        return self._oldest_first(lambda: self._client.v1.charges.list({"customer": customer_id, "limit": 100}))

    def refunds(self, intent_id: str) -> list[Stripe]:
        """Every refund of the payment, those that failed too, oldest first."""
        return self._oldest_first(lambda: self._client.v1.refunds.list({"payment_intent": intent_id, "limit": 100}))

    def disputes(self, intent_id: str) -> list[Stripe]:
        """Every dispute of the payment, oldest first."""
        return self._oldest_first(lambda: self._client.v1.disputes.list({"payment_intent": intent_id, "limit": 100}))

    def linked_readers(self, customer_id: str) -> tuple[str, ...]:
        """The readers (browsers) that were recognised as this customer, the latest last."""
        try:
            customer = self._ask(lambda: self._client.v1.customers.retrieve(customer_id))
        except UnknownObjectError:
            return ()
        return linked_to(customer)

    def invoices(self, subscription_id: str, customer_id: str) -> list[Stripe]:
        """The subscription's invoices of every status, oldest first, each with its `payments`."""
        whose = {"subscription": subscription_id, "customer": customer_id}
        wish: Any = {**whose, "limit": 100, "expand": ["data.payments"]}
        found = self._oldest_first(lambda: self._client.v1.invoices.list(wish))
        return [invoice for invoice in found if subscription_of(invoice) == subscription_id]

    def events_since(self, since: datetime, types: list[str]) -> list[Stripe]:
        """Stripe's events of these types from `since` on, oldest first; Stripe keeps them for 30 days."""
        events: list[Stripe] = []
        for first in range(0, len(types), MOST_TYPES):
            some = types[first : first + MOST_TYPES]
            wish: Any = {"types": some, "created": {"gte": int(since.timestamp())}, "limit": 100}
            events += self._oldest_first(partial(self._client.v1.events.list, wish))
        return sorted(events, key=lambda event: int(event["created"]))

    def made_between(self, kind: Kind, since: datetime | None, until: datetime | None, after: str = "") -> Stripe:
        """One page of what was made from `since` to `until`, both included, newest first: `data` and `has_more`.

        Subscriptions of every status, or payment intents, each with its `customer`. `after`: the last id of the page
        before.
        """
        bounds = {"gte": since, "lte": until}
        created = {name: int(bound.timestamp()) for name, bound in bounds.items() if bound}
        wish: Any = {"limit": 100, "expand": ["data.customer"]} | ({"created": created} if created else {})
        if after:
            wish["starting_after"] = after
        if kind is Kind.PAYMENTS:
            return self._ask(lambda: self._client.v1.payment_intents.list(wish))
        wish["status"] = "all"
        return self._ask(lambda: self._client.v1.subscriptions.list(wish))

    def api(self, call: Callable[[Any], T]) -> T:
        """What `call` gets of Stripe's API, v1: for what no reader waits for; see `account`."""
        return self._guarded(lambda: call(self._client.v1))

    def _oldest_first(self, listing: Callable[[], Any]) -> list[Stripe]:
        """Everything listed; what was made in one second stays in the order that Stripe has it in."""

        def listed() -> list[Any]:
            return [thing.to_dict() for thing in listing().auto_paging_iter()]

        newest_first = self._guarded(listed)
        newest_first.reverse()  # sorting with `reverse` would leave those of one second as they are listed
        return sorted(newest_first, key=lambda thing: int(thing["created"]))

    def _ask(self, call: Callable[[], Any]) -> Stripe:
        answer: Stripe = self._guarded(call).to_dict()
        return answer

    def _guarded(self, call: Callable[[], T]) -> T:
        with self._place(), _stripe_errors():
            return call()

    @contextmanager
    def _place(self) -> Iterator[None]:
        patience = QUICK_SECONDS - (time.monotonic() - self._newest_question)
        if not self._places.acquire(timeout=max(0.0, patience) if self._newest_question else QUICK_SECONDS):
            raise StripeUnavailableError("other requests are waiting for Stripe")
        self._newest_question = time.monotonic()
        try:
            yield
        finally:
            self._places.release()


def replayed(response: Any) -> bool:
    """True for an answer Stripe had kept for this idempotency key. Source: docs.stripe.com/api/idempotent_requests."""
    headers: Mapping[str, str] = getattr(response, "headers", None) or {}
    return str(headers.get("Idempotent-Replayed", "")).lower() == "true"


def linked_to(customer: Stripe | None) -> tuple[str, ...]:
    """The readers in a customer's metadata, the latest last."""
    metadata: Mapping[str, str] = (customer or {}).get("metadata") or {}
    return tuple(name for name in metadata.get("readers", "").split() if name != FORGOTTEN)


def subscription_of(invoice: Stripe) -> str:
    """The id of the subscription that the invoice bills, or empty text. Source: API 2025-03-31 moved it here."""
    details = (invoice.get("parent") or {}).get("subscription_details") or {}
    return str(details.get("subscription") or "")


@contextmanager
def _stripe_errors() -> Iterator[None]:
    try:
        yield
    except stripe.IdempotencyError as error:
        raise AttemptReusedError(str(error)) from error
    except stripe.InvalidRequestError as error:
        if error.code == "resource_missing":
            raise UnknownObjectError(str(error)) from error
        log.error("stripe_refused", code=error.code, param=error.param, request_id=error.request_id)
        raise StripeRefusedError(str(error), error.param or "") from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        permission = _PERMISSION.search(str(error))
        log.error("stripe_key_refused", request_id=error.request_id, permission=permission and permission[0])
        unknown = isinstance(error, stripe.AuthenticationError)
        raise KeyRefusedError("Stripe refused our key", permission[0] if permission else "", unknown=unknown) from error
    except stripe.RateLimitError as error:
        raise StripeBusyError("Stripe asks for fewer requests") from error
    except stripe.StripeError as error:
        if replayed(error):  # a failure that Stripe will repeat for this key all day
            raise AttemptReusedError(str(error)) from error
        raise StripeUnavailableError(type(error).__name__) from error
