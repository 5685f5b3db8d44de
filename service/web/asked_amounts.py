"""From the amount that a reader asks to give to the one that is charged."""

from dataclasses import dataclass
from typing import Any

from service.catalogue.words import Words
from service.domain.amounts import Amounts, TooLarge, TooSmall, check_amount
from service.domain.fees import charged_minor
from service.domain.money import MoneyError, step_minor, to_stripe
from service.domain.site import Site
from service.web.money_labels import money_label
from service.web.problems import ProblemError


@dataclass(frozen=True, slots=True)
class Charge:
    """What is charged each time, and how much of it the reader added to cover the fees."""

    amount_minor: int
    fees_minor: int = 0


def charge_for(site: Site, wish: dict[str, Any], words: Words, language: str) -> Charge:
    """The charge for the wish. Raises ProblemError naming what cannot be given."""
    amounts = site.currencies.get(wish["currency"])
    if amounts is None:
        raise ProblemError(422, f"Must be one of {', '.join(site.currencies)}.", "currency")
    _check(wish, amounts, words, language)
    asked: int = wish["amount_minor"]
    if not wish["cover_fees"]:
        return Charge(asked)
    if site.cover_fees is None:
        raise ProblemError(422, f"{site.id} does not ask for the fees.", "cover_fees")
    # Within Stripe's limit, too: the catalogue takes no maximum that the fees would carry over it.
    charged = charged_minor(asked, site.cover_fees.by_currency[amounts.currency], amounts.currency)
    return Charge(charged, charged - asked)


def fees_note(charge: Charge, currency: str, words: Words, language: str) -> str:
    """What Stripe's page says below the gift, so that a larger amount than the one chosen surprises nobody there."""
    if not charge.fees_minor:
        return ""
    return words.say("product_fees", fees=money_label(charge.fees_minor, currency, language))


def _check(wish: dict[str, Any], amounts: Amounts, words: Words, language: str) -> None:
    def label(minor: int) -> str:
        return money_label(minor, amounts.currency, language)

    match check_amount(wish["amount_minor"], amounts.limits[wish["interval"]]):
        case TooSmall(minimum):
            raise ProblemError(422, words.say("amount_too_small", minimum=label(minimum)), "amount_minor")
        case TooLarge(maximum):
            raise ProblemError(422, words.say("amount_too_large", maximum=label(maximum)), "amount_minor")
    try:
        to_stripe(wish["amount_minor"], amounts.currency)
    except MoneyError as error:
        step = step_minor(amounts.currency)  # Stripe takes no thousandths of a dinar
        example = label(wish["amount_minor"] // step * step)
        raise ProblemError(422, words.say("amount_unclear", example=example), "amount_minor") from error
