"""Rows for other systems: columns that stay, money that adds up, and nothing that a spreadsheet would run."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.contribution import Attribution, Contribution, Payment, State
from service.domain.export import COLUMNS, csv_cells, row_of
from service.domain.money import Interval

NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)
LINE = Contribution(
    id="sub_1", state=State.CANCELLING, interval=Interval.MONTHLY, currency="EUR", amount_minor=520, began_at=NOW,
    ended_at=None, customer="cus_1",
    attribution=Attribution("courier", "reader", "open-door", "plain", "banner", "attempt", "https://courier.example/a"),
    payments=(Payment("in_1", 520, NOW, 100), Payment("in_2", 520, NOW + timedelta(days=30), 0, 520)), fees_minor=20,
    cancels_at=NOW + timedelta(days=60),
)  # fmt: skip


def test_the_columns_are_these_in_this_order() -> None:
    """Whoever imports them counts on it: add new ones at the end."""
    assert ",".join(row_of(LINE)) == (
        "id,site,state,interval,currency,amount_minor,amount,fees_minor,fees,began_at,ended_at,cancels_at,resumes_at,"
        "payments,first_paid_at,last_paid_at,gross_minor,gross,refunded_minor,refunded,disputed_minor,disputed,"
        "net_minor,net,customer,campaign,variant,placement,article"
    )
    assert tuple(row_of(LINE)) == COLUMNS


def test_a_row_tells_the_money_twice_and_the_times_in_utc() -> None:
    row = row_of(LINE)
    assert (row["amount_minor"], row["amount"], row["fees_minor"], row["fees"]) == (520, "5.20", 20, "0.20")
    assert (row["gross"], row["refunded"], row["disputed"], row["net_minor"]) == ("10.40", "1.00", "5.20", 420)
    assert (row["payments"], row["first_paid_at"]) == (2, "2026-11-24T20:00:00Z")
    assert (row["last_paid_at"], row["ended_at"]) == ("2026-12-24T20:00:00Z", None)
    assert row["article"] == "https://courier.example/a"


def test_no_row_tells_which_browser_it_was() -> None:
    assert {"reader", "attempt"} & {str(cell) for cell in row_of(LINE).values()} == set()


@pytest.mark.parametrize(("currency", "told"), [("JPY", "520"), ("ISK", "520"), ("KWD", "0.520"), ("HUF", "5.20")])
def test_a_decimal_has_as_many_digits_as_its_currency(currency: str, told: str) -> None:
    assert row_of(replace(LINE, currency=currency))["amount"] == told


def test_what_was_lost_beyond_what_came_is_told_as_less_than_nothing() -> None:
    row = row_of(replace(LINE, payments=(Payment("in_1", 500, NOW, 500, 500),)))
    assert (row["net_minor"], row["net"]) == (-500, "-5.00")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", '=HYPERLINK("https://x")', "＝1+1", "＋1"]
)
def test_what_came_from_outside_never_begins_a_formula(text: str) -> None:
    assert list(csv_cells([text])) == [f"'{text}"]


def test_numbers_and_plain_words_stay_as_they_are() -> None:
    cells = ["spring=2026", "a@b.example", "", "a-b", 500, -500, None]
    assert list(csv_cells(cells)) == ["spring=2026", "a@b.example", "", "a-b", 500, -500, ""]


def test_our_own_decimals_below_nothing_stay_numbers() -> None:
    assert list(csv_cells(["-5.00", "-0.5.1", "-5"])) == ["-5.00", "'-0.5.1", "-5"]


@given(st.text())
def test_any_text_comes_back_from_a_file(text: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerow(csv_cells([text, 1]))
    ((read, number),) = csv.reader(io.StringIO(file.getvalue(), newline=""))
    assert (read.removeprefix("'"), number) == (text.removeprefix("'"), "1")
