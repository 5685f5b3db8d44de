"""Stripe takes the amounts of twenty currencies: what is suggested, the least and the most of each."""

from collections.abc import Iterator

import pytest

from service.domain.money import CARD_MINIMUM, Interval
from tests.amounts_table import CURRENCIES, the_site
from tests.payments.orders import an_order, open_session
from tests.payments.sides import Side


def asked_of(currency: str) -> Iterator[tuple[Interval, int]]:
    """Each of them in another interval, so that all three are asked for."""
    amounts = the_site().currencies[currency]
    yield Interval.MONTHLY, amounts.chosen(Interval.MONTHLY)
    yield Interval.ONCE, amounts.limits[Interval.ONCE].minimum_minor
    yield Interval.ANNUAL, amounts.limits[Interval.ANNUAL].maximum_minor


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_session_opens_for_what_is_suggested_for_the_least_and_for_the_most(currency: str, stripe_side: Side) -> None:
    before = len(stripe_side.requests())
    for interval, minor in asked_of(currency):
        open_session(stripe_side, an_order(interval, currency=currency, amount_minor=minor))
    made = stripe_side.requests()[before:]
    assert [entry.status for entry in made if entry.path.endswith("/sessions")] == [200, 200, 200]


def test_the_least_is_where_stripe_itself_begins() -> None:
    for currency, amounts in the_site().currencies.items():
        least = amounts.limits[Interval.ONCE].minimum_minor
        assert least == CARD_MINIMUM.get(currency, least), currency
