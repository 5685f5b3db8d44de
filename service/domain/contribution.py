"""One gift: what was asked for, where it stands, and what Stripe has confirmed of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from service.domain.money import Interval
from service.domain.reader import Gift, GiftState


class State(StrEnum):
    """Where a contribution stands, as Stripe last said."""

    PENDING = "pending"  # a delayed method: on its way, not yet money
    PAID = "paid"
    DISPUTED = "disputed"  # the giver's bank has taken a single gift back until it is settled who is right
    LOST = "lost"  # the bank keeps it; one that is won is paid again
    REFUNDED = "refunded"  # all of it; a part leaves it paid
    ACTIVE = "active"
    ACTION_NEEDED = "action_needed"  # the bank wants the giver to confirm a renewal
    PAST_DUE = "past_due"  # a renewal failed and will be tried again
    PAUSED = "paused"
    CANCELLING = "cancelling"  # given, and ends with the period
    FAILED = "failed"
    ENDED = "ended"

    @property
    def given(self) -> bool:
        """True once money has really come. Source: DESIGN §8."""
        return self in _GIVEN


_GIVEN = frozenset(State) - {State.PENDING, State.FAILED, State.REFUNDED, State.LOST}

_GIFT_STATES: Mapping[State, GiftState] = {
    State.PENDING: GiftState.PENDING,
    State.PAID: GiftState.ONCE,
    State.DISPUTED: GiftState.ONCE,
    State.LOST: GiftState.VOID,
    State.REFUNDED: GiftState.VOID,
    State.ACTIVE: GiftState.RECURRING,
    State.ACTION_NEEDED: GiftState.PAST_DUE,
    State.PAST_DUE: GiftState.PAST_DUE,
    State.PAUSED: GiftState.RECURRING,
    State.CANCELLING: GiftState.RECURRING,
    State.FAILED: GiftState.VOID,
    State.ENDED: GiftState.ENDED,
}


class Happened(StrEnum):
    """What Stripe itself can tell of a contribution's life."""

    BEGUN = "begun"
    PAID = "paid"
    PAYMENT_FAILED = "payment_failed"  # the only payment, or the first
    RENEWAL_FAILED = "renewal_failed"
    ACTION_NEEDED = "action_needed"
    AMOUNT_CHANGED = "amount_changed"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"
    INQUIRY_OPENED = "inquiry_opened"  # the bank asks; it has not taken anything back
    INQUIRY_CLOSED = "inquiry_closed"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    PAUSED = "paused"
    RESUMED = "resumed"
    CANCELLED = "cancelled"
    KEPT = "kept"  # a cancellation that was taken back
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who was asked, by what. Empty text where it is not known."""

    site: str
    reader: str = ""
    campaign: str = ""
    variant: str = ""
    placement: str = ""
    attempt: str = ""
    article: str = ""
    """The page's address without query and fragment."""
    country: str = ""
    device: str = ""
    section: str = ""


# What of it is about the reader, and not about what asked: no book of account needs it.
FORGOTTEN = "forgotten"  # stands for it at Stripe, where no name of a reader looks like it
ABOUT_THE_READER = ("reader", "article", "country", "device", "section")


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that Stripe confirmed. `id` is the payment intent's or the invoice's."""

    id: str
    gross_minor: int
    at: datetime
    refunded_minor: int = 0
    disputed_minor: int = 0
    """What the giver's bank has taken back: in disputes that are open, and in those that were lost."""

    @property
    def net_minor(self) -> int:
        """What stayed. Less than nothing when it was refunded and lost to the bank as well."""
        return self.gross_minor - self.refunded_minor - self.disputed_minor


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of a contribution's life. `at`: None where Stripe keeps no time of it."""

    at: datetime | None
    what: Happened
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Contribution:
    """One line of the ledger. `id` is the payment intent of a single gift, the subscription of a regular one.

    `amount_minor` is what is charged each time; `fees_minor` of it was added by "cover the fees". `cancels_at`: when a
    regular gift will end; `resumes_at`: when one that is paused will go on by itself. `story`: in order, what is
    without a time last.
    """

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
    fees_minor: int = 0
    cancels_at: datetime | None = None
    resumes_at: datetime | None = None
    story: tuple[Moment, ...] = ()

    @property
    def revenue_minor(self) -> int:
        """What has come in and stayed."""
        return sum(payment.net_minor for payment in self.payments)

    @property
    def gift(self) -> Gift:
        """What the reader's own record needs to hold of it."""
        given_at = self.payments[-1].at if self.payments else self.began_at
        return Gift(_GIFT_STATES[self.state], self.ended_at or given_at)
