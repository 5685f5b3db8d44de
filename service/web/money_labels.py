"""Amounts as people read them, by CLDR."""

import re

from babel import Locale
from babel.numbers import format_currency, get_currency_symbol

from service.domain.money import exponent, to_major

# CLDR's currencySpacing, which Babel leaves out: "CHF 5", not "CHF5"
_TOUCHING = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


def money_label(amount_minor: int, currency: str, language: str) -> str:
    """The amount in the reader's language, without ".00": "$5", "5 €", "¥500", "$12.50"."""
    locale = Locale.parse(language, sep="-")
    amount = to_major(amount_minor, currency)
    whole = amount == amount.to_integral_value()
    pattern = _pattern(locale, 0 if whole else exponent(currency))
    label = format_currency(amount, currency, format=pattern, locale=locale, currency_digits=False)
    return _TOUCHING.sub("\u00a0", label)


def money_symbol(currency: str, language: str) -> str:
    """What stands for the currency in that language."""
    return get_currency_symbol(currency, locale=Locale.parse(language, sep="-"))


def _pattern(locale: Locale, decimals: int) -> str:
    standard = locale.currency_formats["standard"].pattern
    digits = "0." + "0" * decimals if decimals else "0"
    return re.sub(r"0\.0+", digits, standard)
