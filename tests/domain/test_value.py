"""What a gift is worth when wordings are compared."""

from datetime import UTC, datetime

import pytest

from service.domain.contribution import Attribution, Contribution, Payment, State
from service.domain.money import Interval
from service.domain.site import Site
from service.domain.value import value_of
from tests.builders import SITE, a_catalogue, a_site_yaml

AT = datetime(2026, 11, 1, tzinfo=UTC)
RATES = "{EUR: 1.08, JPY: 0.0064, KWD: 3.25}"


def a_site(rates: str | None = RATES) -> Site:
    return a_catalogue(a_site_yaml(exchange_rates=rates)).sites[SITE]


def a_gift(
    interval: Interval = Interval.ONCE,
    amount_minor: int = 1000,
    currency: str = "USD",
    state: State = State.PAID,
    payments: tuple[int, ...] = (),
) -> Contribution:
    paid = tuple(
        Payment(f"pi_{number}", amount_minor, AT, amount_minor - net)
        for number, net in enumerate(payments or (amount_minor,))
    )
    return Contribution(
        "pi_1", state, interval, currency, amount_minor, AT, None, "cus_1", Attribution(SITE), paid
    )  # fmt: skip


@pytest.mark.parametrize(
    ("interval", "value"), [(Interval.ONCE, 1000), (Interval.MONTHLY, 12_000), (Interval.ANNUAL, 1000)]
)
def test_a_gift_counts_as_what_it_brings_in_a_year(interval: Interval, value: int) -> None:
    assert value_of(a_gift(interval), a_site()) == value


@pytest.mark.parametrize(
    ("currency", "amount_minor", "value"),
    [
        ("USD", 1000, 1000),
        ("EUR", 1000, 1080),
        ("JPY", 1500, 960),  # 1500 yen, which have no hundredths
        ("KWD", 10_000, 3250),  # 10 dinars, which have thousandths
        ("EUR", 1, 1),
        ("JPY", 0, 0),
    ],
)
def test_a_gift_is_counted_in_minor_units_of_the_default_currency(
    currency: str, amount_minor: int, value: int
) -> None:
    assert value_of(a_gift(currency=currency, amount_minor=amount_minor), a_site()) == value


def test_a_default_currency_without_hundredths_is_counted_in_its_own_units() -> None:
    currencies = """
  default: JPY
  USD: {minimum: 2, maximum: 5000, once: [10], monthly: [2], annual: [20]}
  JPY: {minimum: 300, maximum: 700000, once: [1500], monthly: [300], annual: [3000]}"""
    site = a_catalogue(a_site_yaml(currencies=currencies, exchange_rates="{USD: 155.5}")).sites[SITE]
    assert value_of(a_gift(amount_minor=1000), site) == 1555
    assert value_of(a_gift(amount_minor=1500, currency="JPY"), site) == 1500


def test_a_currency_without_a_rate_has_no_value() -> None:
    assert value_of(a_gift(currency="EUR"), a_site(None)) is None


def test_what_was_refunded_is_taken_off() -> None:
    assert value_of(a_gift(payments=(600,)), a_site()) == 600
    assert value_of(a_gift(Interval.MONTHLY, payments=(1000, 250)), a_site()) == 12_000 - 750


@pytest.mark.parametrize("state", [State.ENDED, State.CANCELLING])
def test_a_regular_gift_that_ended_or_will_counts_as_what_it_brought(state: State) -> None:
    assert value_of(a_gift(Interval.MONTHLY, state=state, payments=(1000, 1000)), a_site()) == 2000


@pytest.mark.parametrize("state", [State.ACTIVE, State.PAUSED, State.PAST_DUE, State.ACTION_NEEDED])
def test_a_regular_gift_that_goes_on_counts_for_a_year(state: State) -> None:
    assert value_of(a_gift(Interval.MONTHLY, state=state, payments=(1000,)), a_site()) == 12_000


@pytest.mark.parametrize("state", [State.PENDING, State.FAILED, State.REFUNDED, State.LOST])
def test_what_was_not_given_is_worth_nothing(state: State) -> None:
    assert value_of(a_gift(state=state), a_site()) == 0
