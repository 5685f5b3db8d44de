"""A reader in Japan: asked in yen, paying in yen, and free to pay in another currency."""

from typing import Any

import pytest

from tests.payments.giving import SITE, Books, Giving, Reader, session_of
from tests.payments.sides import Side
from tests.payments.test_requests_made import creation
from tests.payments.wire import call


def asked_in_japan(service: str) -> tuple[Reader, dict[str, Any]]:
    """A reader whose edge says that they are in Japan, and the form they see."""
    reader = Reader(service, country="JP")
    (appeal,) = reader.open_article()["appeals"]
    return reader, appeal["form"]


@pytest.mark.parametrize("interval", ["once", "monthly", "annual"])
def test_a_reader_in_japan_pays_in_yen(service: str, interval: str, stripe_side: Side, books: Books) -> None:
    reader, form = asked_in_japan(service)
    assert (form["currency"], form["currencies"][0]) == ("JPY", "JPY")
    yen = form["chosen"][interval]
    wish = reader.wish(interval, currency="JPY", amount_minor=yen)
    giving = Giving(reader, wish, session_of(reader.press_continue(wish)), stripe_side).pay().told()
    session = stripe_side.find(giving.session)
    assert (session["currency"], session["amount_total"]) == ("jpy", yen)
    line = books.line(giving.attempt)
    assert (line.currency, line.amount_minor, line.revenue_minor) == ("JPY", yen, yen)
    assert not reader.asked()


def test_a_reader_in_japan_may_pay_in_euros(service: str, stripe_side: Side, books: Books) -> None:
    reader, form = asked_in_japan(service)
    assert "EUR" in form["currencies"]
    euros = call("GET", f"{service}/embed/v1/forms/{SITE}/en/EUR.json").json["form"]
    wish = reader.wish("once", currency="EUR", amount_minor=euros["chosen"]["once"])
    giving = Giving(reader, wish, session_of(reader.press_continue(wish)), stripe_side).pay().told()
    assert creation(stripe_side, giving.attempt).params["line_items[0][price_data][currency]"] == "eur"
    assert (books.line(giving.attempt).currency, books.line(giving.attempt).amount_minor) == ("EUR", 2500)
