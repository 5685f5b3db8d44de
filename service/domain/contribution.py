"""One gift: what was asked for, where it stands, and what Stripe has confirmed of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from service.domain.money import Interval
from service.domain.reader import Gift, GiftState
from service.domain.site import Amounts


class State(StrEnum):
    """Where a contribution stands, as Stripe last said."""

    PENDING = "pending"  # a delayed method: on its way, not yet money
    PAID = "paid"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    FAILED = "failed"
    REFUNDED = "refunded"
    ENDED = "ended"

    @property
    def given(self) -> bool:
        """True once money has really come. Source: DESIGN §8."""
        return self in _GIVEN


_GIVEN = frozenset({State.PAID, State.ACTIVE, State.PAST_DUE, State.ENDED})

_GIFT_STATES: Mapping[State, GiftState] = {
    State.PENDING: GiftState.PENDING,
    State.PAID: GiftState.ONCE,
    State.ACTIVE: GiftState.RECURRING,
    State.PAST_DUE: GiftState.RECURRING,
    State.FAILED: GiftState.VOID,
    State.REFUNDED: GiftState.VOID,
    State.ENDED: GiftState.ENDED,
}


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who was asked, by what. Empty text where it is not known."""

    site: str
    reader: str = ""
    campaign: str = ""
    variant: str = ""
    placement: str = ""
    attempt: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that Stripe confirmed. `id` is the payment intent's or the invoice's; refunds are taken off `net_minor`."""

    id: str
    net_minor: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Contribution:
    """One line of the ledger. `id` is the payment intent of a single gift, the subscription of a regular one."""

    id: str
    state: State
    interval: Interval
    currency: str
    amount_minor: int
    began_at: datetime
    ended_at: datetime | None
    customer: str
    attribution: Attribution
    payments: tuple[Payment, ...] = ()

    @property
    def revenue_minor(self) -> int:
        """What has come in and stayed."""
        return sum(payment.net_minor for payment in self.payments)

    @property
    def gift(self) -> Gift:
        """What the reader's own record needs to hold of it."""
        given_at = self.payments[-1].at if self.payments else self.began_at
        return Gift(_GIFT_STATES[self.state], self.ended_at or given_at)


@dataclass(frozen=True, slots=True)
class TooSmall:
    """Less than the site accepts in this currency."""

    minimum_minor: int


@dataclass(frozen=True, slots=True)
class TooLarge:
    """More than the site accepts in this currency."""

    maximum_minor: int


def check_amount(amount_minor: int, amounts: Amounts) -> TooSmall | TooLarge | None:
    """What is wrong with the amount, or None. Both limits are themselves accepted."""
    if amount_minor < amounts.minimum_minor:
        return TooSmall(amounts.minimum_minor)
    if amount_minor > amounts.maximum_minor:
        return TooLarge(amounts.maximum_minor)
    return None
