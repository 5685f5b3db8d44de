"""One table of a gift's states and one of its steps: complete, and never at odds with each other."""

from dataclasses import fields
from itertools import product

import pytest

from service.domain.contribution import State
from service.domain.lifecycle import REGULAR, REGULAR_STEPS, SINGLE, SINGLE_STEPS, Standing, can_become, state_of
from service.domain.money import Interval

EVERY_STANDING = [
    Standing(**dict(zip([field.name for field in fields(Standing)], values, strict=True)))
    for values in product([False, True], repeat=len(fields(Standing)))
]
TABLES = {Interval.ONCE: (SINGLE, SINGLE_STEPS), Interval.MONTHLY: (REGULAR, REGULAR_STEPS)}


def test_every_state_is_in_a_table() -> None:
    assert {row.state for row in (*SINGLE, *REGULAR)} == set(State)


@pytest.mark.parametrize("interval", TABLES)
def test_the_steps_go_between_the_states_of_their_own_table(interval: Interval) -> None:
    rows, steps = TABLES[interval]
    states = {row.state for row in rows}
    assert set(steps) == states
    assert all(after <= states - {before} for before, after in steps.items())


@pytest.mark.parametrize("interval", TABLES)
def test_every_state_can_be_come_to_and_left(interval: Interval) -> None:
    for state in TABLES[interval][1]:
        assert can_become(interval, State.PENDING, state), state
        assert TABLES[interval][1][state], state


@pytest.mark.parametrize("interval", TABLES)
def test_whatever_stripe_says_there_is_a_state_for_it(interval: Interval) -> None:
    reached = {state_of(interval, standing) for standing in EVERY_STANDING}
    assert reached == {row.state for row in TABLES[interval][0]}


@pytest.mark.parametrize("interval", TABLES)
def test_nothing_is_given_before_money_has_come(interval: Interval) -> None:
    unpaid = (standing for standing in EVERY_STANDING if not standing.paid)
    assert {state_of(interval, standing) for standing in unpaid} == {State.PENDING, State.FAILED}


@pytest.mark.parametrize("interval", TABLES)
def test_what_has_been_paid_is_never_again_pending_or_failed(interval: Interval) -> None:
    paid = {state_of(interval, standing) for standing in EVERY_STANDING if standing.paid}
    assert not paid & {State.PENDING, State.FAILED}
    for before in paid:
        assert not can_become(interval, before, State.PENDING)
        assert not can_become(interval, before, State.FAILED)


@pytest.mark.parametrize(
    ("standing", "state"),
    [
        (Standing(paid=True, disputed=True, kept=False), State.DISPUTED),
        (Standing(paid=True, disputed=True, lost=True, kept=False), State.DISPUTED),
        (Standing(paid=True, lost=True, kept=False), State.LOST),
        (Standing(paid=True, lost=True, kept=True), State.PAID),
        (Standing(paid=True, kept=False), State.REFUNDED),
        (Standing(paid=True), State.PAID),
    ],
)
def test_a_single_gift_of_which_money_went_back(standing: Standing, state: State) -> None:
    assert state_of(Interval.ONCE, standing) is state


@pytest.mark.parametrize(
    ("standing", "state"),
    [
        (Standing(paid=True, over=True, paused=True, past_due=True, cancels=True), State.ENDED),
        (Standing(paid=True, wants_confirmation=True, past_due=True, cancels=True), State.ACTION_NEEDED),
        (Standing(paid=True, past_due=True, paused=True, cancels=True), State.PAST_DUE),
        (Standing(paid=True, paused=True, cancels=True), State.PAUSED),
        (Standing(paid=True, cancels=True), State.CANCELLING),
        (Standing(paid=True), State.ACTIVE),
        (Standing(paid=True, disputed=True, lost=True, kept=False), State.ACTIVE),
    ],
)
def test_of_what_is_true_of_a_regular_gift_the_most_urgent_gives_the_state(standing: Standing, state: State) -> None:
    assert state_of(Interval.MONTHLY, standing) is state


def test_steps_that_were_not_seen_may_lie_between_two_looks() -> None:
    assert can_become(Interval.ONCE, State.PENDING, State.LOST)
    assert can_become(Interval.MONTHLY, State.FAILED, State.ENDED)
    assert can_become(Interval.ONCE, State.PAID, State.PAID)


def test_a_gift_never_changes_its_kind() -> None:
    assert not can_become(Interval.ONCE, State.PAID, State.ACTIVE)
    assert not can_become(Interval.ANNUAL, State.ACTIVE, State.REFUNDED)
