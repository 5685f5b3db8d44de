"""Twenty currencies, three intervals, four languages: every amount is as CLDR writes it and as Stripe asks for it.

The strings were read by eye and held against another implementation of CLDR (ICU 78), which agreed with all 1,200
amounts of the table. In them ~ is a no-break space and ^ a narrow one.
"""

import pytest
from babel import Locale
from babel.numbers import get_currency_symbol, parse_decimal

from service.domain.money import Interval, exponent, to_major, to_stripe
from tests.amounts_table import CURRENCIES, LANGUAGES, Cell, a_form, cells, the_site

SPACES = str.maketrans({"~": "\u00a0", "^": "\u202f"})

# The middle suggestion for a month: what Stripe is sent, and what the form says that it costs.
A_MONTH = [
    ("USD", 500, "$5 a month", "5~$ в месяц", "5~$US par mois", "毎月$5"),
    ("EUR", 500, "€5 a month", "5~€ в месяц", "5~€ par mois", "毎月€5"),
    ("GBP", 500, "£5 a month", "5~£ в месяц", "5~£GB par mois", "毎月£5"),
    ("CHF", 500, "CHF~5 a month", "5~CHF в месяц", "5~CHF par mois", "毎月CHF~5"),
    ("SEK", 5000, "SEK~50 a month", "50~SEK в месяц", "50~SEK par mois", "毎月SEK~50"),
    ("PLN", 2000, "PLN~20 a month", "20~PLN в месяц", "20~PLN par mois", "毎月PLN~20"),
    ("CZK", 10000, "CZK~100 a month", "100~CZK в месяц", "100~CZK par mois", "毎月CZK~100"),
    ("HUF", 150050, "HUF~1,500.50 a month", "1~500,50~HUF в месяц", "1^500,50~HUF par mois", "毎月HUF~1,500.50"),
    ("TWD", 15000, "NT$150 a month", "150~NT$ в месяц", "150~TWD par mois", "毎月NT$150"),
    ("BRL", 2000, "R$20 a month", "20~R$ в месяц", "20~R$ par mois", "毎月R$20"),
    ("COP", 1200000, "COP~12,000 a month", "12~000~COP в месяц", "12^000~$CO par mois", "毎月COP~12,000"),
    ("INR", 25000, "₹250 a month", "250~₹ в месяц", "250~₹ par mois", "毎月₹250"),
    ("IDR", 3000000, "IDR~30,000 a month", "30~000~IDR в месяц", "30^000~IDR par mois", "毎月IDR~30,000"),
    ("JPY", 500, "¥500 a month", "500~¥ в месяц", "500~JPY par mois", "毎月￥500"),
    ("KRW", 5000, "₩5,000 a month", "5~000~₩ в месяц", "5^000~₩ par mois", "毎月₩5,000"),
    ("VND", 120000, "₫120,000 a month", "120~000~₫ в месяц", "120^000~₫ par mois", "毎月₫120,000"),
    ("ISK", 70000, "ISK~700 a month", "700~ISK в месяц", "700~ISK par mois", "毎月ISK~700"),
    ("UGX", 1000000, "UGX~10,000 a month", "10~000~UGX в месяц", "10^000~UGX par mois", "毎月UGX~10,000"),
    ("KWD", 2500, "KWD~2.500 a month", "2,500~KWD в месяц", "2,500~KWD par mois", "毎月KWD~2.500"),
    ("TND", 12500, "TND~12.500 a month", "12,500~TND в месяц", "12,500~TND par mois", "毎月TND~12.500"),
]  # fmt: skip

# The most that Stripe takes, and how it is written.
THE_MOST = [
    ("USD", 99999999, "$999,999.99", "999~999,99~$", "999^999,99~$US", "$999,999.99"),
    ("EUR", 99999999, "€999,999.99", "999~999,99~€", "999^999,99~€", "€999,999.99"),
    ("GBP", 99999999, "£999,999.99", "999~999,99~£", "999^999,99~£GB", "£999,999.99"),
    ("CHF", 99999999, "CHF~999,999.99", "999~999,99~CHF", "999^999,99~CHF", "CHF~999,999.99"),
    ("SEK", 99999999, "SEK~999,999.99", "999~999,99~SEK", "999^999,99~SEK", "SEK~999,999.99"),
    ("PLN", 99999999, "PLN~999,999.99", "999~999,99~PLN", "999^999,99~PLN", "PLN~999,999.99"),
    ("CZK", 99999999, "CZK~999,999.99", "999~999,99~CZK", "999^999,99~CZK", "CZK~999,999.99"),
    ("HUF", 99999999, "HUF~999,999.99", "999~999,99~HUF", "999^999,99~HUF", "HUF~999,999.99"),
    ("TWD", 99999999, "NT$999,999.99", "999~999,99~NT$", "999^999,99~TWD", "NT$999,999.99"),
    ("BRL", 99999999, "R$999,999.99", "999~999,99~R$", "999^999,99~R$", "R$999,999.99"),
    ("COP", 9999999999, "COP~99,999,999.99", "99~999~999,99~COP", "99^999^999,99~$CO", "COP~99,999,999.99"),
    ("INR", 999999999, "₹9,999,999.99", "9~999~999,99~₹", "9^999^999,99~₹", "₹9,999,999.99"),
    ("IDR", 999999999999,
     "IDR~9,999,999,999.99", "9~999~999~999,99~IDR", "9^999^999^999,99~IDR", "IDR~9,999,999,999.99"),
    ("JPY", 99999999, "¥99,999,999", "99~999~999~¥", "99^999^999~JPY", "￥99,999,999"),
    ("KRW", 99999999, "₩99,999,999", "99~999~999~₩", "99^999^999~₩", "₩99,999,999"),
    ("VND", 99999999, "₫99,999,999", "99~999~999~₫", "99^999^999~₫", "₫99,999,999"),
    ("ISK", 99999900, "ISK~999,999", "999~999~ISK", "999^999~ISK", "ISK~999,999"),
    ("UGX", 99999900, "UGX~999,999", "999~999~UGX", "999^999~UGX", "UGX~999,999"),
    ("KWD", 99999990, "KWD~99,999.990", "99~999,990~KWD", "99^999,990~KWD", "KWD~99,999.990"),
    ("TND", 99999990, "TND~99,999.990", "99~999,990~TND", "99^999,990~TND", "TND~99,999.990"),
]  # fmt: skip


@pytest.mark.parametrize("row", A_MONTH, ids=[row[0] for row in A_MONTH])
def test_a_monthly_gift_is_written_as_its_readers_write_it(row: tuple[str, int, str, str, str, str]) -> None:
    currency, sent, *lines = row
    for language, line in zip(LANGUAGES, lines, strict=True):
        here = (currency, language, Interval.MONTHLY)
        _, middle, *_ = [one for one in cells() if (one.currency, one.language, one.interval) == here]
        assert middle.line == spaced(line)
        assert to_stripe(middle.minor, currency) == sent


@pytest.mark.parametrize("row", THE_MOST, ids=[row[0] for row in THE_MOST])
def test_the_most_is_written_with_its_groups_and_all_its_decimals(row: tuple[str, int, str, str, str, str]) -> None:
    currency, sent, *labels = row
    for language, label in zip(LANGUAGES, labels, strict=True):
        limits = a_form(currency, language)["limits"][Interval.ANNUAL]
        assert limits["maximum_label"] == spaced(label)
        assert to_stripe(limits["maximum_minor"], currency) == sent


def spaced(text: str) -> str:
    """An expected amount with the spaces it should have; the words around it keep theirs."""
    return text.translate(SPACES)


def test_the_table_is_whole() -> None:
    assert (len(CURRENCIES), len(Interval), len(LANGUAGES)) == (20, 3, 4)
    assert {row[0] for row in A_MONTH} == {row[0] for row in THE_MOST} == set(CURRENCIES) == set(the_site().currencies)
    assert len(list(cells())) == 20 * 3 * 4 * 5


def test_every_amount_reads_back_as_what_it_is() -> None:
    for cell in cells():
        bare = cell.label.replace(symbol_of(cell), "").strip("\u00a0")
        locale = Locale.parse(cell.language)
        assert parse_decimal(bare, locale=locale, strict=True) == to_major(cell.minor, cell.currency), cell


def test_every_amount_shows_its_decimals_only_when_there_are_any() -> None:
    for cell in cells():
        places = exponent(cell.currency)
        mark = "," if cell.language in ("ru", "fr") else "."
        decimals = cell.label.replace(symbol_of(cell), "").strip("\u00a0").partition(mark)[2]
        assert len(decimals) == (places if cell.minor % 10**places else 0), cell


def test_every_symbol_stands_where_the_language_puts_it_and_never_on_a_line_of_its_own() -> None:
    for cell in cells():
        symbol = symbol_of(cell)
        in_front = cell.language in ("en", "ja")
        assert cell.label.startswith(symbol) if in_front else cell.label.endswith("\u00a0" + symbol), cell
        assert not set(cell.label) & set(" \t\n"), cell
        if in_front and symbol[-1].isalpha():
            assert cell.label.startswith(symbol + "\u00a0"), cell


def test_every_amount_is_one_that_stripe_takes() -> None:
    for cell in cells():
        sent = to_stripe(cell.minor, cell.currency)
        assert sent % {"ISK": 100, "UGX": 100, "KWD": 10, "TND": 10}.get(cell.currency, 1) == 0, cell
        assert len(str(sent)) <= {"COP": 10, "INR": 9, "IDR": 12}.get(cell.currency, 8), cell


def symbol_of(cell: Cell) -> str:
    """CLDR's symbol, asked of Babel alone."""
    return get_currency_symbol(cell.currency, locale=cell.language)
