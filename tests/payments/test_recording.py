"""What Stripe may hold that neither stand plays: declined cards, vouchers, what staff do in the Dashboard."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from service.domain.contribution import Contribution, State
from service.domain.money import Interval
from service.payments.recording import Recorder

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BEGAN = int(NOW.timestamp())
METADATA = {"site": "courier", "reader": "r", "attempt": "a"}


class Scripted:
    """Stripe, holding one gift."""

    def __init__(
        self,
        *,
        intent: Mapping[str, Any] | None = None,
        subscription: Mapping[str, Any] | None = None,
        session: str | None = None,
        first_payment: str = "",
        invoices: list[Mapping[str, Any]] | None = None,
    ) -> None:
        self._intent, self._subscription, self._session = intent, subscription, session
        self._first_payment, self._invoices = first_payment, invoices or []

    def payment_intent(self, intent_id: str) -> Any:
        return self._intent

    def subscription(self, subscription_id: str) -> Any:
        return self._subscription

    def session_for(self, subject: str) -> Any:
        return {"status": self._session} if self._session else None

    def payment_for(self, invoice_id: str) -> Any:
        return {"status": self._first_payment} if self._first_payment else None

    def invoices(self, subscription_id: str, customer_id: str) -> Any:
        return self._invoices

    def charges(self, customer_id: str) -> Any:
        return []

    def linked_readers(self, customer_id: str) -> tuple[str, ...]:
        return ()

    def subscription_paid_by(self, intent_id: str) -> str:
        return ""


class Paper:
    """Both books, on paper."""

    def __init__(self) -> None:
        self.lines: list[Contribution] = []
        self.gifts: list[Any] = []

    def begin_look(self, contribution: str) -> int:
        return 1

    def write(self, contribution: Contribution, look: int) -> bool:
        self.lines.append(contribution)
        return True

    def untold(self, contribution: str) -> None:
        return None

    def told(self, line: Contribution) -> None:
        pass

    def link(self, contribution: str, reader: str) -> None:
        pass

    def readers(self, contribution: str) -> tuple[str, ...]:
        return ()

    def record_gift(self, *words: Any) -> bool:
        self.gifts.append(words)
        return True


def recorded(subject: str, **held: Any) -> Contribution | None:
    """The line that a look at `subject` writes, or None."""
    paper = Paper()
    recorder = Recorder(Scripted(**held), paper, paper, lambda site: site == "courier")  # type: ignore[arg-type]
    recorder.record(subject, NOW)
    assert len(paper.gifts) == len(paper.lines)
    return paper.lines[0] if paper.lines else None


def an_intent(status: str, **changes: Any) -> dict[str, Any]:
    paid = 1000 if status == "succeeded" else 0
    return {
        "id": "pi_1", "status": status, "currency": "usd", "amount": 1000, "amount_received": paid, "created": BEGAN,
        "latest_charge": None, "customer": None, "metadata": METADATA,
    } | changes  # fmt: skip


def a_subscription(status: str, **price: Any) -> dict[str, Any]:
    own = {"unit_amount": 500, "recurring": {"interval": "month"}} | price
    return {
        "id": "sub_1", "status": status, "currency": "usd", "created": BEGAN, "customer": "cus_1", "metadata": METADATA,
        "latest_invoice": "in_1", "items": {"data": [{"price": own, "quantity": 1}]},
    }  # fmt: skip


AN_INVOICE = {
    "id": "in_1", "amount_paid": 500, "status": "paid", "billing_reason": "subscription_create", "created": BEGAN,
    "status_transitions": {"paid_at": BEGAN},
}  # fmt: skip


@pytest.mark.parametrize("status", ["requires_payment_method", "requires_action", "canceled"])
@pytest.mark.parametrize("session", ["open", "expired", None])
def test_what_ended_at_checkout_is_no_contribution(status: str, session: str | None) -> None:
    assert recorded("pi_1", intent=an_intent(status), session=session) is None


@pytest.mark.parametrize("session", ["open", "expired", None])
@pytest.mark.parametrize("status", ["incomplete", "incomplete_expired", "canceled"])
def test_a_card_declined_at_checkout_makes_no_regular_gift(status: str, session: str | None) -> None:
    """Stripe makes an incomplete subscription and tells of invoice.payment_failed, while the reader tries again."""
    held = {"subscription": a_subscription(status), "first_payment": "requires_payment_method", "session": session}
    assert recorded("sub_1", **held) is None


@pytest.mark.parametrize("status", ["processing", "requires_action"])
def test_a_debit_or_a_voucher_is_on_its_way(status: str) -> None:
    line = recorded("pi_1", intent=an_intent(status), session="complete")
    assert line is not None
    assert (line.state, line.revenue_minor) == (State.PENDING, 0)


@pytest.mark.parametrize("payment", ["processing", "requires_action", "succeeded"])
@pytest.mark.parametrize("status", ["active", "incomplete"])
def test_a_first_debit_is_on_its_way_whatever_the_subscription_calls_itself(status: str, payment: str) -> None:
    """`succeeded`: the money came between our question about invoices and the one about the payment."""
    line = recorded("sub_1", subscription=a_subscription(status), first_payment=payment, session="complete")
    assert line is not None
    assert (line.state, line.revenue_minor) == (State.PENDING, 0)


@pytest.mark.parametrize("status", ["active", "incomplete", "past_due", "incomplete_expired", "canceled", "unpaid"])
def test_a_first_debit_that_bounced_has_failed(status: str) -> None:
    held = {"subscription": a_subscription(status), "first_payment": "requires_payment_method", "session": "complete"}
    line = recorded("sub_1", **held)
    assert line is not None
    assert line.state is State.FAILED


REGULAR = {
    "active": State.ACTIVE,
    "trialing": State.ACTIVE,
    "paused": State.PAUSED,
    "past_due": State.PAST_DUE,
    "unpaid": State.ENDED,
    "canceled": State.ENDED,
}


@pytest.mark.parametrize("status", REGULAR)
def test_a_gift_that_was_paid_once_stands_where_its_subscription_stands(status: str) -> None:
    line = recorded("sub_1", subscription=a_subscription(status), invoices=[AN_INVOICE])
    assert line is not None
    assert (line.state, line.revenue_minor) == (REGULAR[status], 500)


DASHBOARD: dict[str, dict[str, Any]] = {
    "weeks": {"recurring": {"interval": "week"}},
    "every three months": {"recurring": {"interval": "month", "interval_count": 3}},
    "tiers": {"unit_amount": None},
}


@pytest.mark.parametrize("change", DASHBOARD)
def test_what_staff_make_of_it_in_the_dashboard_still_counts(change: str) -> None:
    line = recorded("sub_1", subscription=a_subscription("active", **DASHBOARD[change]), invoices=[AN_INVOICE])
    assert line is not None
    assert (line.interval, line.revenue_minor) == (Interval.MONTHLY, 500)


STRANGERS = [{}, None, {"site": "courier"}, {"attempt": "a"}, METADATA | {"site": "elsewhere"}]


@pytest.mark.parametrize("metadata", STRANGERS)
def test_a_strangers_is_nobodys(metadata: Any) -> None:
    assert recorded("pi_1", intent=an_intent("succeeded", metadata=metadata), session="complete") is None
    subscription = a_subscription("active") | {"metadata": metadata}
    assert recorded("sub_1", subscription=subscription, invoices=[AN_INVOICE]) is None


def test_an_event_about_nothing_records_nothing() -> None:
    assert recorded("") is None
