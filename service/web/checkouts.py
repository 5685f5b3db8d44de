"""From an order to what the script needs to lead its reader to Stripe."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import structlog

from service.catalogue.words import Words
from service.domain.contribution import Attribution
from service.domain.giving_again import gave_just_now
from service.domain.money import Interval
from service.domain.results import Among
from service.domain.site import CheckoutMode
from service.payments.checkout import Order, return_address, script_address, session_params
from service.payments.errors import AttemptReusedError, PaymentsError, StripeRefusedError, StripeUnavailableError
from service.payments.gateway import Stripe
from service.payments.supporters import customer_for
from service.store.errors import StoreUnavailableError
from service.web.parts import Parts
from service.web.problems import ProblemError

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How this reader pays. `hosted`: on Stripe's page after all, since its script cannot work where they are.

    `again`: they know that they have just given.
    """

    mode: CheckoutMode
    hosted: bool = False
    again: bool = False


def checkout_answer(parts: Parts, order: Order, wanted: Wanted, words: Words) -> dict[str, Any]:
    """Where to pay, or what Stripe's script asks for. Raises ProblemError."""
    with _told(words):
        order = replace(order, customer=_customer(parts, order))
        session = _session(parts, order, wanted)
    if session["status"] == "complete":
        # Pressed again after paying, by way of the back button: nobody pays twice for one press, so on to the thanks.
        return {"checkout_url": return_address(order, parts.settings.public_url, session["id"])}
    if session["status"] != "open":
        raise ProblemError(409, "This attempt has expired; send a new one.", "attempt")
    if not wanted.again and _gave_just_now(parts, order.attribution):
        raise ProblemError(409, words.say("already_given"), "already_given")
    _count_start(parts, order.attribution)
    if session.get("url"):
        return {"checkout_url": str(session["url"])}
    return {
        "checkout_url": None,
        "client_secret": session["client_secret"],
        "publishable_key": parts.settings.stripe_publishable_key,
        "script_url": script_address(parts.settings.stripe_api_base),
    }


def _customer(parts: Parts, order: Order) -> str:
    """One customer for each address, whatever is given from it."""
    if not order.email:
        return ""
    currency = "" if order.interval is Interval.ONCE else order.currency
    return customer_for(parts.desk.customers, order.attribution.site, order.email, currency)


def _session(parts: Parts, order: Order, wanted: Wanted) -> Stripe:
    """The attempt's one Checkout Session that can be paid, or the one that has been."""
    attempt = order.attribution.attempt
    session = parts.gateway.create_session(session_params(order, parts.settings.public_url, wanted.mode), attempt)
    if wanted.mode is CheckoutMode.HOSTED or not wanted.hosted:
        return session
    return _hosted_instead(parts, order, session)


def _hosted_instead(parts: Parts, order: Order, embedded: Stripe) -> Stripe:
    """A hosted session of the same attempt, made only when the embedded one can no longer be paid."""
    if embedded["status"] == "open":
        embedded = parts.gateway.close_session(embedded["id"])
    if embedded["status"] == "complete":
        return embedded
    if embedded["status"] != "expired":
        raise StripeUnavailableError("the embedded session could not be closed")
    return parts.gateway.create_session(
        session_params(order, parts.settings.public_url), f"{order.attribution.attempt}-hosted"
    )


@contextmanager
def _told(words: Words) -> Iterator[None]:
    """Stripe's refusals as the reader is told of them."""
    try:
        yield
    except AttemptReusedError as error:
        raise ProblemError(409, "This attempt was used for another choice; send a new one.", "attempt") from error
    except StripeRefusedError as error:
        raise ProblemError(422, words.say("try_again"), _field_of(error.param)) from error
    except PaymentsError as error:
        raise ProblemError(503, words.say("stripe_unavailable")) from error


def _field_of(param: str) -> str:
    if param in ("customer_email", "email"):
        return "email"
    return "amount_minor" if "unit_amount" in param or param == "line_items" else "body"


def _gave_just_now(parts: Parts, asked: Attribution) -> bool:
    """False, too, while Redis is away: Stripe still lets no attempt be paid twice, and a gift must not wait for us."""
    now = parts.clock()
    try:
        return gave_just_now(parts.readers.history(asked.site, asked.reader, now), now)
    except StoreUnavailableError:
        log.warning("gift_unasked_whether_again")
        return False


def _count_start(parts: Parts, asked: Attribution) -> None:
    """One more who came to a Checkout, where a campaign asked; an attempt sent again counts again."""
    if asked.campaign:
        day = parts.clock().date()
        among = Among(asked.country, asked.device, asked.section)
        parts.counters.add(asked.site, day, asked.campaign, asked.variant, asked.placement, "started", among=among)
