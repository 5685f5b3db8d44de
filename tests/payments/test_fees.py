"""Readers who cover the fees: what Stripe is asked for, what its page says, and what the ledger holds."""

from collections.abc import Callable

import pytest

from service.domain.money import Interval
from tests.payments.giving import Books, Giving, Reader, problem
from tests.payments.sides import Side
from tests.payments.test_requests_made import CHILD, creation

LINE = "line_items[0][price_data]"
# The Courier's offer: 2.9 % and what is fixed in each currency.
CHARGED = [
    ("USD", 1000, 1061, "1061", "$0.61"),
    ("EUR", 1000, 1056, "1056", "€0.56"),
    ("JPY", 1500, 1545, "1545", "¥45"),
    ("ISK", 1500, 1586, "158600", "ISK\u00a086"),
    ("UGX", 15000, 15448, "1544800", "UGX\u00a0448"),
    ("KWD", 5550, 5830, "5830", "KWD\u00a00.280"),
]


@pytest.mark.parametrize(("currency", "amount", "charged", "sent", "fees"), CHARGED, ids=[row[0] for row in CHARGED])
def test_fees_come_on_top_and_are_told_apart(
    currency: str, amount: int, charged: int, sent: str, fees: str,
    a_giving: Callable[..., Giving], books: Books, stripe_side: Side,
) -> None:  # fmt: skip
    giving = a_giving(currency=currency, amount_minor=amount, cover_fees=True).pay().told()
    params = creation(stripe_side, giving.attempt).params
    assert params[f"{LINE}[unit_amount]"] == sent
    assert params[f"{LINE}[product_data][description]"] == f"{fees} of it covers the fees of the payment."
    line = books.line(giving.attempt)
    assert (line.amount_minor, line.fees_minor, line.revenue_minor) == (charged, charged - amount, charged)


@pytest.mark.parametrize("interval", list(Interval))
def test_the_fees_are_known_to_stripe_wherever_they_are_looked_for(
    interval: Interval, a_giving: Callable[..., Giving], books: Books, stripe_side: Side
) -> None:
    giving = a_giving(interval, amount_minor=2000, cover_fees=True).pay().told()
    params = creation(stripe_side, giving.attempt).params
    assert params["metadata[fees_minor]"] == params[f"{CHILD[interval]}[metadata][fees_minor]"] == "91"
    assert books.line(giving.attempt).fees_minor == 91
    assert "line_items[1][quantity]" not in params, "a subscription of two items cannot be changed in the portal"


@pytest.mark.parametrize("said", [{}, {"cover_fees": False}, {"cover_fees": None}])
def test_who_does_not_cover_the_fees_pays_what_they_chose(
    said: dict[str, object], a_giving: Callable[..., Giving], books: Books, stripe_side: Side
) -> None:
    giving = a_giving(**said).pay().told()
    params = creation(stripe_side, giving.attempt).params
    assert not [name for name in params if "fees_minor" in name or ("[description]" in name and "product" in name)]
    assert (books.line(giving.attempt).amount_minor, books.line(giving.attempt).fees_minor) == (2500, 0)


@pytest.mark.parametrize(("minor", "refused"), [(500_000, False), (500_001, True), (200, False), (199, True)])
def test_the_limits_are_those_of_the_gift_without_its_fees(
    minor: int, refused: bool, a_reader: Callable[..., Reader]
) -> None:
    reader = a_reader()
    answer = reader.press_continue(reader.wish(amount_minor=minor, cover_fees=True))
    assert answer.status == (422 if refused else 200)


def test_a_site_that_does_not_ask_for_the_fees_charges_none(a_reader: Callable[..., Reader], stripe_side: Side) -> None:
    reader = a_reader("herald")
    before = len(stripe_side.requests())
    wish = reader.wish(return_url="https://www.hill-herald.example/", cover_fees=True)
    assert problem(reader.press_continue(wish)) == (422, "cover_fees")
    assert len(stripe_side.requests()) == before


@pytest.mark.parametrize("said", ["yes", "true", 2, []])
def test_only_true_and_false_say_whether_the_fees_are_covered(said: object, a_reader: Callable[..., Reader]) -> None:
    reader = a_reader()
    assert problem(reader.press_continue(reader.wish(cover_fees=said))) == (422, "cover_fees")


def test_the_same_attempt_with_and_without_fees_is_not_one_choice(a_giving: Callable[..., Giving]) -> None:
    giving = a_giving()
    assert problem(giving.reader.press_continue(giving.wish | {"cover_fees": True})) == (409, "attempt")


def test_stripes_page_tells_a_russian_reader_in_russian(a_giving: Callable[..., Giving], stripe_side: Side) -> None:
    giving = a_giving(language="ru", cover_fees=True)
    said = creation(stripe_side, giving.attempt).params[f"{LINE}[product_data][description]"]
    assert said == "Из них 1,06\u00a0$ — комиссия за платёж."
