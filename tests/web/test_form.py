"""What the contribution form says, in each language and currency."""

import pytest
from flask.testing import FlaskClient

from service.catalogue.words import load_dictionary
from service.domain.money import Interval
from service.web.giving_form import form
from service.web.money_labels import money_label
from tests.builders import SITE, a_catalogue, a_decision_body, decision, post

NBSP, NNBSP = "\u00a0", "\u202f"
DICTIONARY = load_dictionary()


@pytest.mark.parametrize(
    ("language", "currency", "once", "monthly", "least", "most", "symbol"),
    [
        ("en", "USD", ["$10", "$25", "$50"], ["$2", "$5", "$10"], "$2", "$5,000", "$"),
        ("en", "EUR", ["€10", "€25", "€50"], ["€2.50", "€5", "€10"], "€2", "€5,000", "€"),
        ("en", "JPY", ["¥1,500", "¥3,500"], ["¥300", "¥700"], "¥300", "¥700,000", "¥"),
        ("ru", "USD", ["10 $", "25 $", "50 $"], ["2 $", "5 $", "10 $"], "2 $", "5 000 $", "$"),
        ("ru", "EUR", ["10 €", "25 €", "50 €"], ["2,50 €", "5 €", "10 €"], "2 €", "5 000 €", "€"),
        ("ru", "JPY", ["1 500 ¥", "3 500 ¥"], ["300 ¥", "700 ¥"], "300 ¥", "700 000 ¥", "¥"),
    ],
)
def test_amounts_are_written_as_people_of_that_language_write_them(
    language: str, currency: str, once: list[str], monthly: list[str], least: str, most: str, symbol: str
) -> None:
    said = form(a_catalogue().sites[SITE], currency, DICTIONARY.for_language(language), language)

    def labels(interval: Interval) -> list[str]:
        return [plain(amount["label"]) for amount in said["amounts"][interval]]

    assert (labels(Interval.ONCE), labels(Interval.MONTHLY)) == (once, monthly)
    for limits in said["limits"].values():
        assert (plain(limits["minimum_label"]), plain(limits["maximum_label"])) == (least, most)
    assert said["symbol"] == symbol
    assert said["exponent"] == (0 if currency == "JPY" else 2)
    assert set(said["chosen"]) == set(said["amounts"]) == set(said["intervals"]) == set(Interval)
    for interval in Interval:
        assert "{amount}" in said["amount_labels"][interval]
        assert said["chosen"][interval] in [amount["minor"] for amount in said["amounts"][interval]]


def plain(label: str) -> str:
    """With ordinary spaces, to be read by the eye."""
    assert " " not in label, "an amount must not be broken over two lines"
    return label.replace(NBSP, " ").replace(NNBSP, " ")


@pytest.mark.parametrize(
    ("minor", "currency", "language", "label"),
    [
        (1250, "USD", "en", "$12.50"),
        (1205, "USD", "en", "$12.05"),
        (123_456_789, "USD", "en", "$1,234,567.89"),
        (500, "ISK", "en", "ISK 500"),
        (17_550, "HUF", "en", "HUF 175.50"),
        (2500, "KWD", "en", "KWD 2.500"),
        (2000, "KWD", "en", "KWD 2"),
        (500, "EUR", "de", "5 €"),
        (550, "EUR", "de", "5,50 €"),
        (500, "EUR", "nl", "€ 5"),
        (500, "BRL", "pt-BR", "R$ 5"),
        (10_000_000, "INR", "hi", "₹1,00,000"),
    ],
)
def test_a_label_keeps_the_currencys_decimals_only_when_there_are_any(
    minor: int, currency: str, language: str, label: str
) -> None:
    assert plain(money_label(minor, currency, language)) == label


@pytest.mark.parametrize(
    ("country", "currency"), [("DE", "EUR"), ("JP", "JPY"), ("NO", "EUR"), ("US", "USD"), ("'; --", "USD")]
)
def test_the_currency_is_that_of_the_country_the_edge_tells(client, country: str, currency: str) -> None:  # type: ignore[no-untyped-def]

    answer = post(client, "/v1/decisions", a_decision_body(), **{"CF-IPCountry": country})
    assert answer.get_json()["appeals"][0]["form"]["currency"] == currency


def test_a_reader_whose_country_is_unknown_gets_the_default_currency(client: FlaskClient) -> None:
    assert decision(client)["appeals"][0]["form"]["currency"] == "USD"
