"""Covering the fees: what is charged leaves the whole gift, and not a cent is charged that this does not need."""

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.domain.fees import Fee, charged_minor
from service.domain.money import most_minor, step_minor, to_stripe

CURRENCIES = ["USD", "EUR", "JPY", "KRW", "HUF", "TWD", "ISK", "UGX", "KWD", "BHD", "IDR", "INR"]


def left_of(charged: int, fee: Fee) -> Fraction:
    """What arrives of it, exactly."""
    return charged - Fraction(charged * fee.percent_bp, 10_000) - fee.fixed_minor


@given(
    st.sampled_from(CURRENCIES),
    st.integers(min_value=1, max_value=10**10),
    st.integers(min_value=0, max_value=2000),
    st.integers(min_value=0, max_value=500),
)
@example("USD", 1000, 150, 30)
@example("KWD", 10, 0, 1)
@example("JPY", 1, 2000, 0)
def test_the_charge_is_the_least_that_leaves_the_gift(currency: str, amount: int, percent_bp: int, fixed: int) -> None:
    fee, step = Fee(percent_bp, fixed), step_minor(currency)
    charged = charged_minor(amount, fee, currency)
    assert charged % step == 0
    assert left_of(charged, fee) >= amount
    assert left_of(charged - step, fee) < amount


@pytest.mark.parametrize(
    ("currency", "amount", "fee", "charged", "sent"),
    [
        ("USD", 1000, Fee(290, 30), 1061, 1061),  # 10.61 less 2.9 % and 0.30 is 10.0023
        ("EUR", 500, Fee(150, 25), 533, 533),
        ("EUR", 985, Fee(150, 0), 1000, 1000),  # comes out even: nothing is rounded up
        ("EUR", 986, Fee(150, 0), 1002, 1002),
        ("JPY", 1000, Fee(360, 0), 1038, 1038),
        ("ISK", 1000, Fee(290, 40), 1072, 107_200),  # whole krónur, sent with two zeros
        ("UGX", 10_000, Fee(290, 0), 10_299, 1_029_900),
        ("KWD", 5000, Fee(290, 105), 5260, 5260),  # 5.258 would do, and Stripe takes no thousandths
        ("HUF", 500_000, Fee(150, 8500), 516_244, 516_244),  # 5 162,44 Ft: charged with two decimals
        ("TWD", 30_000, Fee(340, 0), 31_056, 31_056),
        ("USD", 1000, Fee(0, 0), 1000, 1000),
    ],
)
def test_the_charge_is_what_a_pencil_finds(currency: str, amount: int, fee: Fee, charged: int, sent: int) -> None:
    assert charged_minor(amount, fee, currency) == charged
    assert to_stripe(charged, currency) == sent


@pytest.mark.parametrize(
    ("currency", "most"),
    [("USD", 99_999_999), ("ISK", 999_999), ("UGX", 999_999), ("KWD", 99_999_990), ("IDR", 999_999_999_999)],
)
def test_the_most_that_stripe_takes_is_known(currency: str, most: int) -> None:
    assert most_minor(currency) == most
    to_stripe(most, currency)
