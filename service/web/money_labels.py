"""Amounts as people read them, by CLDR."""

import re

from babel import Locale
from babel.numbers import format_currency, get_currency_symbol

from service.catalogue.languages import direction
from service.domain.money import exponent
from service.web.numbers import number_style

# CLDR's currencySpacing, which Babel leaves out: "CHF 5", not "CHF5"
_TOUCHING = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
# From right to left, the sign of "US$" would go before its letters.
_SIGN_AFTER_LETTERS = re.compile(r"(?<=[A-Z])[$£¥€]")
_LEFT_TO_RIGHT_MARK = "\u200e"


def money_label(amount_minor: int, currency: str, language: str) -> str:
    """The amount in the reader's language, without ".00": "$5", "5 €", "¥500", "$12.50"."""
    locale = Locale.parse(language, sep="-")
    whole = re.sub(r"[#0][#0,.]*", "0", locale.currency_formats["standard"].pattern)
    around = format_currency(0, currency, format=whole, locale=locale, currency_digits=False)
    number = number_style(language).write(amount_minor, exponent(currency))
    return _TOUCHING.sub("\u00a0", _in_order(around, language)).replace("0", number)


def money_symbol(currency: str, language: str) -> str:
    """What stands for the currency in that language."""
    return _in_order(get_currency_symbol(currency, locale=Locale.parse(language, sep="-")), language)


def _in_order(text: str, language: str) -> str:
    return _SIGN_AFTER_LETTERS.sub(rf"\g<0>{_LEFT_TO_RIGHT_MARK}", text) if direction(language) == "rtl" else text
