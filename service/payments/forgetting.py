"""A reader who wants to be forgotten: the gift stays at Stripe, and who read what when it was given does not."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from service.domain.contribution import ABOUT_THE_READER, FORGOTTEN
from service.payments.customers import Customers
from service.payments.errors import UnknownObjectError
from service.payments.gateway import Gateway
from service.payments.recording import Recorder
from service.payments.snapshot import id_of


def forget_in_stripe(
    gateway: Gateway, recorder: Recorder, contributions: Sequence[str], reader: str, now: datetime
) -> None:
    """Takes the reader out of our metadata at Stripe, from which a lost Redis is rebuilt, and records the gifts anew.

    Raises PaymentsError and the store's error; all of it may be repeated.
    """
    for contribution in contributions:
        try:
            _forget(gateway, contribution, reader)
        except UnknownObjectError:  # gone from Stripe since
            continue
        recorder.record(contribution, now)


def _forget(gateway: Gateway, contribution: str, reader: str) -> None:
    regular = contribution.startswith("sub_")
    thing = gateway.subscription(contribution) if regular else gateway.payment_intent(contribution)
    if (thing.get("metadata") or {}).get("reader") == reader:
        wish: Any = {"metadata": dict.fromkeys(ABOUT_THE_READER, FORGOTTEN)}
        gateway.api(
            lambda v1: (v1.subscriptions if regular else v1.payment_intents).update(contribution, wish)
        )
    if customer := id_of(thing.get("customer")):
        Customers(gateway).remove_reader(customer, reader)
