"""What a site suggests and accepts in one currency. Everything is in minor units, and without the fees."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.domain.money import Interval


@dataclass(frozen=True, slots=True)
class Limits:
    """The least and the most that is accepted. Both are themselves accepted."""

    minimum_minor: int
    maximum_minor: int


@dataclass(frozen=True, slots=True)
class Amounts:
    """One currency: what is suggested for each interval, and between which limits the reader may choose."""

    currency: str
    limits: Mapping[Interval, Limits]
    suggested: Mapping[Interval, tuple[int, ...]]

    def chosen(self, interval: Interval) -> int:
        """The amount that is filled in at first: the middle one."""
        suggested = self.suggested[interval]
        return suggested[len(suggested) // 2]


@dataclass(frozen=True, slots=True)
class TooSmall:
    """Less than the site accepts in this currency, given so often."""

    minimum_minor: int


@dataclass(frozen=True, slots=True)
class TooLarge:
    """More than the site accepts in this currency, given so often."""

    maximum_minor: int


def check_amount(amount_minor: int, limits: Limits) -> TooSmall | TooLarge | None:
    """What is wrong with the amount, or None."""
    if amount_minor < limits.minimum_minor:
        return TooSmall(limits.minimum_minor)
    if amount_minor > limits.maximum_minor:
        return TooLarge(limits.maximum_minor)
    return None
