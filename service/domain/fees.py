"""Covering the fees: how much to charge so that the whole gift is left when the payment provider has taken its part."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.domain.money import step_minor

WHOLE_BP = 10_000  # basis points in the whole


@dataclass(frozen=True, slots=True)
class Fee:
    """What is kept of every charge: a share of it in basis points (150 is 1.5 %), and a fixed part."""

    percent_bp: int
    fixed_minor: int


@dataclass(frozen=True, slots=True)
class CoverFees:
    """The offer to pay the fees on top, and whether it is taken unless the reader says otherwise (`checked`)."""

    by_currency: Mapping[str, Fee]
    """One for each of the site's currencies."""
    checked: bool = False


def charged_minor(amount_minor: int, fee: Fee, currency: str) -> int:
    """The least that Stripe takes of which at least `amount_minor` is left after the fee on all of it."""
    step = step_minor(currency)
    kept_bp = (WHOLE_BP - fee.percent_bp) * step
    steps = -(-(amount_minor + fee.fixed_minor) * WHOLE_BP // kept_bp)  # rounded up, without a float
    return steps * step
