"""Minor units, and what Stripe takes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.money import MoneyError, exponent, from_stripe, to_major, to_minor, to_stripe

CURRENCIES = ["USD", "EUR", "GBP", "HUF", "JPY", "KRW", "ISK", "UGX", "KWD", "BHD", "COP", "INR", "IDR"]


@pytest.mark.parametrize(
    ("amount", "currency", "minor", "sent"),
    [
        ("5", "USD", 500, 500),
        ("2.50", "EUR", 250, 250),
        ("0.5", "USD", 50, 50),
        ("500", "JPY", 500, 500),
        ("500", "ISK", 500, 50_000),  # no decimals, but Stripe wants two that are 00
        ("1000", "UGX", 1000, 100_000),
        ("2.500", "KWD", 2500, 2500),  # three decimals, the last one 0
        ("1.23", "KWD", 1230, 1230),
        ("175", "HUF", 17_500, 17_500),  # two decimals for charges; none only for payouts
        ("175.50", "HUF", 17_550, 17_550),
        ("999999.99", "USD", 99_999_999, 99_999_999),
        ("99999999", "JPY", 99_999_999, 99_999_999),
        ("99999999.99", "COP", 9_999_999_999, 9_999_999_999),
    ],
)
def test_an_amount_goes_to_minor_units_and_to_stripe(amount: str, currency: str, minor: int, sent: int) -> None:
    assert to_minor(Decimal(amount), currency) == minor
    assert to_stripe(minor, currency) == sent
    assert from_stripe(sent, currency) == minor
    assert to_major(minor, currency) == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "currency", "why"),
    [
        ("2.505", "USD", "decimals"),
        ("500.5", "JPY", "0 decimals"),
        ("500.50", "ISK", "0 decimals"),
        ("1000.01", "UGX", "0 decimals"),
        ("1.2345", "KWD", "3 decimals"),
        ("1.234", "KWD", "two decimals"),
        ("1000000", "USD", "8 digits"),
        ("1000000", "ISK", "8 digits"),
        ("100000000", "JPY", "8 digits"),
        ("100000000", "COP", "10 digits"),
    ],
)
def test_an_amount_that_stripe_would_refuse_is_refused_here(amount: str, currency: str, why: str) -> None:
    with pytest.raises(MoneyError, match=why):
        to_minor(Decimal(amount), currency)


@pytest.mark.parametrize(("currency", "decimals"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("ISK", 0), ("HUF", 2)])
def test_a_currency_has_its_own_number_of_decimals(currency: str, decimals: int) -> None:
    assert exponent(currency) == decimals


@given(st.sampled_from(CURRENCIES), st.integers(min_value=0, max_value=99_999))
def test_minor_units_survive_the_way_there_and_back(currency: str, tens: int) -> None:
    minor = tens * 10
    assert to_minor(to_major(minor, currency), currency) == minor
    assert from_stripe(to_stripe(minor, currency), currency) == minor
