"""What the contribution form needs to be drawn, as appeals carry it and as GET /embed/v1/forms/… answers it."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from babel import Locale
from babel.lists import format_list

from service.catalogue.words import Words
from service.domain.amounts import Limits
from service.domain.fees import CoverFees
from service.domain.money import Interval, exponent, step_minor
from service.domain.site import Site
from service.web.money_labels import money_label, money_symbol
from service.web.numbers import number_style


def form(site: Site, currency: str, words: Words, language: str) -> dict[str, Any]:
    """The form in this currency, every amount with its label. `currencies` is there only where there is a choice."""
    amounts = site.currencies[currency]
    choice = site.currencies_to_choose(currency)
    return {
        "currency": currency,
        "exponent": exponent(currency),
        "step_minor": step_minor(currency),
        "symbol": money_symbol(currency, language),
        "number": asdict(number_style(language)),
        "intervals": list(Interval),
        "default_interval": site.default_interval,
        "amounts": {
            interval: [{"minor": minor, "label": money_label(minor, currency, language)} for minor in suggested]
            for interval, suggested in amounts.suggested.items()
        },
        "chosen": {interval: amounts.chosen(interval) for interval in Interval},
        "limits": {interval: _limits(limits, currency, language) for interval, limits in amounts.limits.items()},
        "amount_labels": {interval: words.texts[f"amount_{interval}"] for interval in Interval},
        "payment_methods": _methods(site, words, language),
        "fees": site.cover_fees and _fees(site.cover_fees, currency),
        **({"currencies": choice} if choice else {}),
        "checkout": site.checkout.mode,
        "email": site.checkout.email,
    }


def _methods(site: Site, words: Words, language: str) -> str:
    """ "Pay by: Card, Apple Pay, or Google Pay", as the language enumerates; no name is broken between two lines."""
    names = [words.say(f"method_{method}").replace(" ", "\u00a0") for method in site.payment_methods]
    named = format_list(names, style="or", locale=Locale.parse(language, sep="-"))
    return words.say("payment_methods", methods=named) if names else ""


def _limits(limits: Limits, currency: str, language: str) -> Mapping[str, Any]:
    return {
        "minimum_minor": limits.minimum_minor,
        "maximum_minor": limits.maximum_minor,
        "minimum_label": money_label(limits.minimum_minor, currency, language),
        "maximum_label": money_label(limits.maximum_minor, currency, language),
    }


def _fees(offer: CoverFees, currency: str) -> Mapping[str, Any]:
    fee = offer.by_currency[currency]
    return {"fixed_minor": fee.fixed_minor, "percent_bp": fee.percent_bp, "checked": offer.checked}
