"""Which amounts Stripe takes. Source: docs.stripe.com/currencies, for the pinned API version."""

from .refusal import Refusal

ZERO = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"
TWO = """
usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny cop crc
cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr jmd kes kgs khr kyd kzt
lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln
qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah uyu uzs wst xcd yer zar
zmw
"""
WITHOUT_DECIMALS = frozenset(ZERO.split())
THREE_DECIMALS = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})  # the last digit must be 0
WHOLE_UNITS = frozenset({"isk", "ugx"})  # sent times 100, must end in 00
TWO_DECIMALS = frozenset(TWO.split())
CURRENCIES = WITHOUT_DECIMALS | THREE_DECIMALS | WHOLE_UNITS | TWO_DECIMALS
LEAST = {
    "usd": 50, "aed": 200, "ars": 50, "aud": 50, "brl": 50, "cad": 50, "chf": 50, "cop": 50, "czk": 1500, "dkk": 250,
    "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "idr": 50, "ils": 50, "inr": 50, "jpy": 50, "krw": 50,
    "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50, "php": 50, "pln": 200, "ron": 200, "rub": 50, "sek": 300,
    "sgd": 50, "thb": 1000, "zar": 50,
}  # fmt: skip
DIGITS = {"idr": 12, "cop": 10, "inr": 9}


def exponent(currency: str) -> int:
    """How many of the amount's digits come after the decimal point."""
    return 0 if currency in WITHOUT_DECIMALS else 3 if currency in THREE_DECIMALS else 2


def check_currency(currency: str, param: str) -> None:
    if currency.lower() not in CURRENCIES:
        known = ", ".join(sorted(CURRENCIES))
        raise Refusal(f"Invalid currency: {currency}. Stripe currently supports these currencies: {known}", param)


def check_amount(amount: int, currency: str, param: str) -> None:
    """Raises Refusal for an amount Stripe cannot charge."""
    digits = DIGITS.get(currency, 8)
    if amount < 0:
        raise Refusal(
            "This value must be greater than or equal to 0.", param, "parameter_invalid_integer"
        )
    if len(str(amount)) > digits:
        raise Refusal(
            f"Amount must be no more than {'9' * digits} {currency}", param, "amount_too_large"
        )
    if currency in THREE_DECIMALS and amount % 10:
        raise Refusal(f"Invalid amount: {currency} amounts must have 0 as their last digit", param)
    if currency in WHOLE_UNITS and amount % 100:
        raise Refusal(f"Invalid amount: {currency} amounts must be evenly divisible by 100", param)


def check_total(total: int, currency: str) -> None:
    check_amount(total, currency, "line_items")
    if total < LEAST.get(currency, 1):
        raise Refusal(
            f"The Checkout Session's total amount due must add up to at least {LEAST.get(currency, 1)} {currency}"
            " (in the smallest unit)",
            "line_items",
            "amount_too_small",
        )
