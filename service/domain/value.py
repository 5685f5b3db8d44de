"""What a gift is worth when wordings are compared: in a year, in the site's default currency."""

from collections.abc import Mapping
from decimal import Decimal

from service.domain.contribution import Contribution, State
from service.domain.money import Interval, convert
from service.domain.site import Site

_TIMES_A_YEAR: Mapping[Interval, int] = {Interval.ONCE: 1, Interval.MONTHLY: 12, Interval.ANNUAL: 1}


def value_of(gift: Contribution, site: Site) -> int | None:
    """Minor units of the site's default currency that the gift brings in a year; None without an exchange rate.

    A monthly gift counts twelve times, an annual or a single one once, all less what was refunded or disputed. One that
    has ended, or is about to, counts as what it brought; one that never came, or was all given back, as nothing.
    """
    gross = sum(payment.gross_minor for payment in gift.payments)
    back = gross - gift.revenue_minor
    return value_in(site, gift.state, gift.interval, gift.currency, gift.amount_minor, gross, back)


def value_in(
    site: Site, state: str, interval: str, currency: str, amount_minor: int, gross_minor: int, back_minor: int
) -> int | None:
    """The same of a gift of which `gross_minor` came in so far, and `back_minor` of it was taken back."""
    rate: Decimal | None = site.rate(currency)
    if rate is None:
        return None
    yearly = amount_minor * _TIMES_A_YEAR[Interval(interval)] - back_minor
    if not State(state).given:
        yearly = 0
    elif state in (State.ENDED, State.CANCELLING):
        yearly = gross_minor - back_minor
    return convert(max(0, yearly), currency, site.default_currency, rate)
