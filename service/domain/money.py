"""Amounts of money as whole numbers of a currency's minor unit, and what Stripe asks of them.

Source: docs.stripe.com/currencies ("zero-decimal currencies", "special cases", "minimum and maximum charge amounts").
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

ZERO_DECIMAL = frozenset(
    "BIF CLP DJF GNF ISK JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF".split(),
)
THREE_DECIMAL = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])

TWO_DECIMAL = frozenset(
    """AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP CRC
    CVE CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR JMD KES KGS KHR KYD KZT
    LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN
    QAR RON RSD RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD STD SZL THB TJS TOP TRY TTD TWD TZS UAH USD UYU UZS WST XCD YER
    ZAR ZMW""".split()
)
CHARGED = ZERO_DECIMAL | TWO_DECIMAL | THREE_DECIMAL
"""What Stripe can be asked for."""

# HUF and TWD are among those with two: Stripe charges them so, and only pays out whole units; the rest stays in the
# balance. It is no concern of a gift's, so their amounts are like the dollar's here.

# Stripe sends these with two decimals that must be 00, although the currencies have none.
SENT_TIMES_100 = frozenset({"ISK", "UGX"})

# The least Stripe will charge by card, in minor units. It holds for the currency the account settles in.
CARD_MINIMUM: Mapping[str, int] = {
    **dict.fromkeys("USD EUR AUD CAD CHF NZD SGD BRL INR ILS ZAR PHP COP ARS IDR RUB".split(), 50),
    "GBP": 30,
    **dict.fromkeys(["AED", "MYR", "PLN", "RON"], 200),
    "DKK": 250,
    "NOK": 300,
    "SEK": 300,
    "HKD": 400,
    "MXN": 1000,
    "THB": 1000,
    "CZK": 1500,
    "HUF": 17500,
    "JPY": 50,
    "KRW": 50,
}

# Methods other than cards take eight digits at most; some currencies allow more.
MOST_DIGITS: Mapping[str, int] = {"COP": 10, "INR": 9, "IDR": 12}


class Interval(StrEnum):
    """How often a reader gives."""

    ONCE = "once"
    MONTHLY = "monthly"
    ANNUAL = "annual"


class MoneyError(ValueError):
    """An amount that its currency, or Stripe, cannot take."""


def exponent(currency: str) -> int:
    """How many decimals the currency has: 2 for USD, 0 for JPY, 3 for KWD."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def step_minor(currency: str) -> int:
    """The least by which two amounts differ that Stripe takes: a hundredth of a dinar is 10 thousandths, else 1."""
    return 10 if currency in THREE_DECIMAL else 1


def to_minor(amount: Decimal, currency: str) -> int:
    """`amount` in major units, as a human writes it, in minor units.

    Raises MoneyError when it has more decimals than the currency, or ones that Stripe refuses; it tells the cure.
    """
    minor = to_whole_minor(amount, currency)
    to_stripe(minor, currency)
    return minor


def to_whole_minor(amount: Decimal, currency: str) -> int:
    """The same, for what is never charged by itself, such as a fee. Raises MoneyError for too many decimals."""
    scaled = amount.scaleb(exponent(currency))
    whole = scaled.to_integral_value(ROUND_HALF_EVEN)
    if scaled != whole:
        cure = to_major(int(whole), currency)
        raise MoneyError(f"{currency} has {exponent(currency)} decimals (got {amount}); write {cure}")
    return int(whole)


def to_major(amount_minor: int, currency: str) -> Decimal:
    """The amount as a human reads it."""
    return Decimal(amount_minor).scaleb(-exponent(currency))


def to_stripe(amount_minor: int, currency: str) -> int:
    """The number that Stripe's API takes for this amount.

    Raises MoneyError when Stripe would refuse it: a three-decimal amount that does not end in 0, or too many digits.
    """
    if amount_minor % step_minor(currency):
        cure = to_major(amount_minor + -amount_minor % step_minor(currency), currency)
        raise MoneyError(f"{currency} amounts have at most two decimals; write {cure:.2f}")
    if amount_minor > most_minor(currency):
        digits = MOST_DIGITS.get(currency, 8)
        raise MoneyError(
            f"{currency} amounts have at most {digits} digits; write at most {to_major(most_minor(currency), currency)}"
        )
    return amount_minor * 100 if currency in SENT_TIMES_100 else amount_minor


def most_minor(currency: str) -> int:
    """The most that Stripe takes at once, fees and all."""
    sent = int("9" * MOST_DIGITS.get(currency, 8))
    whole = sent // 100 if currency in SENT_TIMES_100 else sent
    return whole - whole % step_minor(currency)


def from_stripe(amount: int, currency: str) -> int:
    """The inverse of `to_stripe`."""
    return amount // 100 if currency in SENT_TIMES_100 else amount


def convert(amount_minor: int, currency: str, into: str, rate: Decimal) -> int:
    """The amount in minor units of `into`, of which `rate` major units are worth one of `currency`; half to even."""
    major = to_major(amount_minor, currency) * rate
    return int(major.scaleb(exponent(into)).to_integral_value(ROUND_HALF_EVEN))
