"""Stripe's objects, read: what neither stand plays of refunds, disputes, pauses and amounts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.domain.contribution import Attribution, Contribution, Happened, Moment, State
from service.payments.snapshot import Regular, from_payment_intent, from_subscription
from service.payments.taken_back import TakenBack, may_be_taken_back

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
BEGAN = int(AT.timestamp())
DAY = 86_400
OURS = Attribution("courier", "r", attempt="a")
CHARGE = {"id": "ch_1", "amount": 1000, "created": BEGAN, "payment_intent": "pi_1", "status": "succeeded"}


def single(*, refunds: tuple[Any, ...] = (), disputes: tuple[Any, ...] = (), **changes: Any) -> Contribution:
    """A gift of 10.00 that was paid."""
    intent = {
        "id": "pi_1", "status": "succeeded", "currency": "usd", "amount": 1000, "amount_received": 1000,
        "created": BEGAN, "latest_charge": CHARGE, "customer": None, "metadata": {},
    } | changes  # fmt: skip
    return from_payment_intent(intent, TakenBack(CHARGE, refunds, disputes), OURS)


def a_refund(amount: int, status: str = "succeeded", after_days: int = 1) -> dict[str, Any]:
    return {"amount": amount, "status": status, "created": BEGAN + after_days * DAY}


def a_dispute(status: str, amount: int = 1000, **changes: Any) -> dict[str, Any]:
    own = {"amount": amount, "currency": "usd", "status": status, "created": BEGAN + DAY, "balance_transactions": []}
    return own | changes


def what(line: Contribution) -> list[Happened]:
    return [moment.what for moment in line.story[2:]]


@pytest.mark.parametrize(
    ("status", "refunded", "told"),
    [
        ("succeeded", 300, [Happened.REFUNDED]),
        ("pending", 300, [Happened.REFUNDED]),
        ("requires_action", 300, [Happened.REFUNDED]),
        ("failed", 0, [Happened.REFUND_FAILED]),
        ("canceled", 0, []),
    ],
)
def test_a_refund_counts_until_it_fails(status: str, refunded: int, told: list[Happened]) -> None:
    line = single(refunds=(a_refund(300, status),))
    assert (line.state, line.payments[0].refunded_minor, line.revenue_minor) == (State.PAID, refunded, 1000 - refunded)
    assert what(line) == told


def test_a_full_refund_that_failed_is_a_gift_again() -> None:
    assert single(refunds=(a_refund(1000),)).state is State.REFUNDED
    assert single(refunds=(a_refund(1000, "failed"),)).state is State.PAID
    assert single(refunds=(a_refund(1000, "failed"), a_refund(1000, after_days=2))).state is State.REFUNDED


@pytest.mark.parametrize(("refunded", "state"), [(999, State.PAID), (1000, State.REFUNDED)])
def test_only_the_last_cent_makes_it_refunded(refunded: int, state: State) -> None:
    assert single(refunds=(a_refund(refunded),)).state is state


@pytest.mark.parametrize(
    ("status", "state", "disputed", "told"),
    [
        ("needs_response", State.DISPUTED, 1000, [Happened.DISPUTE_OPENED]),
        ("under_review", State.DISPUTED, 1000, [Happened.DISPUTE_OPENED]),
        ("appeal_needs_response", State.DISPUTED, 1000, [Happened.DISPUTE_OPENED]),
        ("appeal_under_review", State.DISPUTED, 1000, [Happened.DISPUTE_OPENED]),
        ("won", State.PAID, 0, [Happened.DISPUTE_OPENED, Happened.DISPUTE_WON]),
        ("lost", State.LOST, 1000, [Happened.DISPUTE_OPENED, Happened.DISPUTE_LOST]),
        ("warning_needs_response", State.PAID, 0, [Happened.INQUIRY_OPENED]),
        ("warning_under_review", State.PAID, 0, [Happened.INQUIRY_OPENED]),
        ("warning_closed", State.PAID, 0, [Happened.INQUIRY_OPENED, Happened.INQUIRY_CLOSED]),
        ("prevented", State.PAID, 0, [Happened.DISPUTE_OPENED]),
        ("a status of next year", State.DISPUTED, 1000, [Happened.DISPUTE_OPENED]),
    ],
)
def test_every_status_of_a_dispute(status: str, state: State, disputed: int, told: list[Happened]) -> None:
    line = single(disputes=(a_dispute(status),))
    assert (line.state, line.payments[0].disputed_minor) == (state, disputed)
    assert what(line) == told


def test_a_part_that_was_lost_leaves_the_rest_given() -> None:
    assert single(disputes=(a_dispute("lost", 999),)).state is State.PAID
    assert single(refunds=(a_refund(1),), disputes=(a_dispute("lost", 999),)).state is State.LOST


def test_what_was_refunded_and_lost_as_well_is_less_than_nothing() -> None:
    line = single(refunds=(a_refund(400),), disputes=(a_dispute("lost"),))
    assert (line.state, line.revenue_minor) == (State.LOST, -400)


def test_a_dispute_in_the_banks_own_currency_is_about_the_whole_charge() -> None:
    assert single(disputes=(a_dispute("needs_response", 931, currency="eur"),)).payments[0].disputed_minor == 1000


def test_a_dispute_was_won_when_the_money_came_back() -> None:
    booked = [{"created": BEGAN + DAY, "amount": -1000}, {"created": BEGAN + 40 * DAY, "amount": 1000}]
    line = single(disputes=(a_dispute("won", balance_transactions=booked),))
    assert line.story[-1] == Moment(AT + timedelta(days=40), Happened.DISPUTE_WON, 1000)
    assert single(disputes=(a_dispute("lost"),)).story[-1].at is None


@pytest.mark.parametrize("mark", [{"amount_refunded": 1}, {"refunded": True}, {"disputed": True}])
def test_stripe_is_asked_for_more_only_where_the_charge_says_so(mark: dict[str, Any]) -> None:
    assert may_be_taken_back(CHARGE | mark)
    assert not may_be_taken_back(CHARGE | {"amount_refunded": 0, "refunded": False, "disputed": False})


@pytest.mark.parametrize(("told", "minor"), [("15", 15), ("", 0), ("-3", 0), ("a lot", 0), ("٣", 0)])
def test_the_fees_are_what_our_metadata_says(told: str, minor: int) -> None:
    assert single(metadata={"fees_minor": told}).fees_minor == minor


def regular(*invoices: dict[str, Any], **changes: Any) -> Contribution:
    """A monthly gift of 5.00."""
    extra = {name: changes.pop(name) for name in ("next_payment", "charges", "taken_back") if name in changes}
    price = {"unit_amount": changes.pop("amount", 500), "recurring": {"interval": "month"}}
    item = {"price": price, "quantity": 1, "current_period_end": BEGAN + 30 * DAY}
    subscription = {
        "id": "sub_1", "status": "active", "currency": "usd", "created": BEGAN, "customer": "cus_1", "metadata": {},
        "items": {"data": [item]},
    } | changes  # fmt: skip
    return from_subscription(Regular(subscription, invoices or (an_invoice(0),), **extra), OURS)


def an_invoice(after_days: int, amount: int = 500, **changes: Any) -> dict[str, Any]:
    at = BEGAN + after_days * DAY
    line = {"amount": amount, "parent": {"subscription_item_details": {"proration": False}}}
    return {
        "id": f"in_{after_days}", "amount_paid": amount, "status": "paid", "created": at,
        "billing_reason": "subscription_cycle" if after_days else "subscription_create",
        "status_transitions": {"paid_at": at}, "lines": {"data": [line]},
        "payments": {"data": [{"payment": {"payment_intent": f"pi_{after_days}"}}]},
    } | changes  # fmt: skip


PAUSE = {"pause_collection": {"behavior": "void", "resumes_at": None}}


@pytest.mark.parametrize(
    ("held", "state"),
    [
        (PAUSE, State.PAUSED),
        ({"status": "paused"}, State.PAUSED),
        (PAUSE | {"cancel_at": BEGAN + DAY}, State.PAUSED),
        (PAUSE | {"status": "past_due"}, State.PAST_DUE),
        (PAUSE | {"status": "canceled"}, State.ENDED),
        ({"status": "past_due", "next_payment": "requires_action"}, State.ACTION_NEEDED),
        ({"status": "past_due", "next_payment": "requires_payment_method"}, State.PAST_DUE),
        ({"status": "past_due", "cancel_at_period_end": True}, State.PAST_DUE),
        ({"cancel_at_period_end": True}, State.CANCELLING),
        ({"cancel_at": BEGAN + 400 * DAY}, State.CANCELLING),
        ({"status": "unpaid"}, State.ENDED),
    ],
)
def test_of_what_stripe_says_the_most_urgent_is_the_state(held: dict[str, Any], state: State) -> None:
    assert regular(**held).state is state


def test_it_ends_with_the_period_or_when_somebody_said() -> None:
    assert regular(cancel_at_period_end=True).cancels_at == AT + timedelta(days=30)
    assert regular(cancel_at=BEGAN + 400 * DAY, cancel_at_period_end=False).cancels_at == AT + timedelta(days=400)
    assert regular(cancel_at=BEGAN, status="canceled").cancels_at is None


def test_a_pause_that_is_over_has_no_end_any_more() -> None:
    until = {"pause_collection": {"behavior": "void", "resumes_at": BEGAN + DAY}}
    assert regular(**until).resumes_at == AT + timedelta(days=1)
    assert regular(**until, status="canceled").resumes_at is None
    assert regular().resumes_at is None


def changes_of(line: Contribution) -> list[tuple[datetime | None, int | None]]:
    return [(one.at, one.amount_minor) for one in line.story if one.what is Happened.AMOUNT_CHANGED]


def test_another_amount_is_told_when_it_is_first_billed_and_before_that_without_a_time() -> None:
    assert changes_of(regular(an_invoice(0), an_invoice(30))) == []
    assert changes_of(regular(an_invoice(0), an_invoice(30, 800), an_invoice(60, 800), amount=800)) == [
        (AT + timedelta(days=30), 800)
    ]
    assert changes_of(regular(an_invoice(0), amount=800)) == [(None, 800)]


def test_what_settles_a_change_between_two_periods_is_no_other_amount() -> None:
    line = {"amount": 123, "parent": {"subscription_item_details": {"proration": True}}}
    between = an_invoice(10, 123, lines={"data": [line]}, billing_reason="subscription_update")
    told = regular(an_invoice(0), between, an_invoice(30))
    assert changes_of(told) == []
    assert told.revenue_minor == 1123


def a_failed_charge(intent: str, code: str, after_days: int = 0) -> dict[str, Any]:
    failed = {"status": "failed", "failure_code": code, "amount": 500}
    return failed | {"created": BEGAN + after_days * DAY, "payment_intent": intent}


@pytest.mark.parametrize(
    ("code", "happened"),
    [("card_declined", Happened.RENEWAL_FAILED), ("authentication_required", Happened.ACTION_NEEDED)],
)
def test_each_failed_try_of_a_renewal_is_told(code: str, happened: Happened) -> None:
    tries = [a_failed_charge("pi_30", code, after_days) for after_days in (30, 33)]
    others = a_failed_charge("pi_of_another_gift", code)
    invoices = an_invoice(0), an_invoice(30, status="open", amount_paid=0)
    line = regular(*invoices, charges=[others, *tries], status="past_due")
    assert [(one.what, one.at) for one in line.story[2:]] == [
        (happened, AT + timedelta(days=30)), (happened, AT + timedelta(days=33)),
    ]  # fmt: skip


def test_a_try_that_failed_at_checkout_is_no_renewal() -> None:
    line = regular(charges=[a_failed_charge("pi_0", "card_declined")])
    assert Happened.PAYMENT_FAILED in [one.what for one in line.story]


def test_who_ended_it_is_told_apart_from_what_ended_it() -> None:
    over = {"status": "canceled", "canceled_at": BEGAN + DAY, "ended_at": BEGAN + DAY}
    asked = regular(**over, cancellation_details={"reason": "cancellation_requested"})
    assert {Happened.CANCELLED, Happened.ENDED} < {one.what for one in asked.story}
    for reason in ("payment_failed", "payment_disputed"):
        line = regular(**over, cancellation_details={"reason": reason})
        assert Happened.CANCELLED not in {one.what for one in line.story}
        assert line.ended_at == AT + timedelta(days=1)
