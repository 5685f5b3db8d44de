"""The life of a gift: one table of its states, one of the steps between them. Source: issue 4, stripe-facts.

Nothing here follows events. What Stripe says now gives the state, whatever was heard before and in whatever order; the
steps say which way a gift can have come from one look to the next, and anything else is told as an oddity.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from service.domain.contribution import State
from service.domain.money import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What Stripe says of a gift at one moment, in our words."""

    paid: bool
    """Money of it has come at least once."""
    on_its_way: bool = False
    over: bool = False
    paused: bool = False
    wants_confirmation: bool = False
    past_due: bool = False
    cancels: bool = False
    disputed: bool = False
    lost: bool = False
    kept: bool = True
    """Something of what has come is still there."""


class Row(NamedTuple):
    """The first row that holds gives the state; `means` is for people."""

    state: State
    holds: Callable[[Standing], bool]
    means: str


SINGLE: Sequence[Row] = (
    Row(State.PENDING, lambda it: not it.paid and it.on_its_way, "the payment is on its way and not money yet"),
    Row(State.FAILED, lambda it: not it.paid, "the payment failed; nothing was given"),
    Row(State.DISPUTED, lambda it: it.disputed, "the giver's bank has taken it back until it is settled who is right"),
    Row(State.LOST, lambda it: it.lost and not it.kept, "the dispute was lost; nothing is left of it"),
    Row(State.REFUNDED, lambda it: not it.kept, "all of it was refunded"),
    Row(State.PAID, lambda it: True, "paid; a part may have been refunded"),
)
REGULAR: Sequence[Row] = (
    Row(State.FAILED, lambda it: it.over and not it.paid, "the first payment failed; nothing was given"),
    Row(State.ENDED, lambda it: it.over, "it ended; what was paid stays"),
    Row(State.PENDING, lambda it: not it.paid and it.on_its_way, "the first payment is on its way and not money yet"),
    Row(State.FAILED, lambda it: not it.paid, "the first payment failed; nothing was given"),
    Row(State.ACTION_NEEDED, lambda it: it.wants_confirmation, "the bank wants the giver to confirm the renewal"),
    Row(State.PAST_DUE, lambda it: it.past_due, "a renewal failed, and Stripe will try again"),
    # Behind the two above: what was open when the pause began is tried again all the same.
    Row(State.PAUSED, lambda it: it.paused, "it is paused: nothing is collected"),
    Row(State.CANCELLING, lambda it: it.cancels, "the giver has cancelled: it ends with the period that is paid"),
    Row(State.ACTIVE, lambda it: True, "it runs"),
)


def rows_of(interval: Interval) -> Sequence[Row]:
    """The table of a single gift, or that of a regular one."""
    return SINGLE if interval is Interval.ONCE else REGULAR


def state_of(interval: Interval, standing: Standing) -> State:
    """Where the gift stands."""
    return next(row.state for row in rows_of(interval) if row.holds(standing))


_RUNS = frozenset({State.ACTIVE, State.ACTION_NEEDED, State.PAST_DUE, State.PAUSED, State.CANCELLING})

# A step that takes a gift back to where it was (a failed one tried again, an appeal, a failed refund) is rare, not odd.
SINGLE_STEPS: Mapping[State, frozenset[State]] = {
    State.PENDING: frozenset({State.PAID, State.FAILED}),
    State.FAILED: frozenset({State.PENDING, State.PAID}),
    State.PAID: frozenset({State.DISPUTED, State.REFUNDED}),
    State.DISPUTED: frozenset({State.PAID, State.LOST, State.REFUNDED}),
    State.LOST: frozenset({State.DISPUTED}),
    State.REFUNDED: frozenset({State.PAID, State.DISPUTED}),
}
REGULAR_STEPS: Mapping[State, frozenset[State]] = {
    State.PENDING: frozenset({State.ACTIVE, State.FAILED}),
    State.FAILED: frozenset({State.PENDING, State.ACTIVE}),
    **{state: (_RUNS - {state}) | {State.ENDED} for state in _RUNS},
    # Stripe calls a subscription "unpaid" that it has given up on; the giver may still pay what is open.
    State.ENDED: _RUNS - {State.CANCELLING},
}


def steps_of(interval: Interval) -> Mapping[State, frozenset[State]]:
    """For each state, those that may come next."""
    return SINGLE_STEPS if interval is Interval.ONCE else REGULAR_STEPS


def can_become(interval: Interval, before: State, after: State) -> bool:
    """True when some steps lead from one state to the other; between two looks there may be several."""
    return after is before or after in _within_reach(interval, before)


@cache
def _within_reach(interval: Interval, start: State) -> frozenset[State]:
    steps, reached, waiting = steps_of(interval), set[State](), [start]
    while waiting:
        for state in steps.get(waiting.pop(), frozenset()) - reached:
            reached.add(state)
            waiting.append(state)
    return frozenset(reached)
