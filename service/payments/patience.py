"""Waiting for a Stripe that has too much to do, where nobody waits for us."""

from collections.abc import Callable
from typing import TypeVar

import structlog

from service.payments.errors import KeyRefusedError, StripeBusyError, StripeUnavailableError

log = structlog.get_logger(__name__)

T = TypeVar("T")
# Stripe's limits are by the second, and it asks for pauses that double. Source: docs.stripe.com/rate-limits.
BUSY_SECONDS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
DOWN_SECONDS = (1.0, 5.0)


def patiently(ask: Callable[[], T], wait: Callable[[float], None]) -> T:
    """What `ask` returns, asked again while Stripe is busy or away for a moment; then raises what it raised last."""
    busy, down = iter(BUSY_SECONDS), iter(DOWN_SECONDS)
    while True:
        try:
            return ask()
        except KeyRefusedError:
            raise
        except StripeUnavailableError as error:
            pause = next(busy if isinstance(error, StripeBusyError) else down, None)
            if pause is None:
                raise
            log.info("stripe_waited_for", seconds=pause, error=type(error).__name__)
            wait(pause)
