"""A delayed method: the bank says yes or no some days after Checkout is done."""

from collections.abc import Callable

import pytest

from service.domain.contribution import State
from service.domain.money import Interval
from tests.payments.giving import PLACED, Books, Giving, fragment

INTERVALS = [pytest.param(interval, id=interval) for interval in (Interval.ONCE, Interval.MONTHLY)]


@pytest.mark.parametrize("interval", INTERVALS)
def test_on_its_way_it_is_pending_no_revenue_and_not_asked_again(
    interval: Interval, a_giving: Callable[..., Giving], books: Books
) -> None:
    giving = a_giving(interval).pay(delayed=True).told()
    line = books.line(giving.attempt)
    assert (line.state, line.revenue_minor, line.amount_minor) == (State.PENDING, 0, PLACED[interval])
    assert giving.reader.withheld() == "supporter"
    assert fragment(giving.come_back()) == "pending"


@pytest.mark.parametrize("interval", INTERVALS)
def test_once_it_arrives_it_is_paid(interval: Interval, a_giving: Callable[..., Giving], books: Books) -> None:
    giving = a_giving(interval).pay(delayed=True).told().settle(ok=True).told()
    line = books.line(giving.attempt)
    assert line.state is (State.PAID if interval is Interval.ONCE else State.ACTIVE)
    assert line.revenue_minor == PLACED[interval]
    assert giving.reader.withheld() == "supporter"
    assert fragment(giving.come_back()) == "paid"


@pytest.mark.parametrize("heard_before", [True, False])
@pytest.mark.parametrize("interval", INTERVALS)
def test_when_it_fails_it_is_no_revenue_and_the_reader_is_asked_again(
    interval: Interval, heard_before: bool, a_giving: Callable[..., Giving], books: Books
) -> None:
    giving = a_giving(interval).pay(delayed=True)
    if heard_before:
        giving.told()
    giving.settle(ok=False).told()
    line = books.line(giving.attempt)
    assert (line.state, line.revenue_minor) == (State.FAILED, 0)
    assert giving.reader.asked()
    assert fragment(giving.come_back()) == "unverified"
