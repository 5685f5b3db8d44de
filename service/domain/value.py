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
    rate: Decimal | None = site.rate(gift.currency)
    return None if rate is None else convert(_yearly_minor(gift), gift.currency, site.default_currency, rate)


def _yearly_minor(gift: Contribution) -> int:
    if not gift.state.given:
        return 0
    if gift.state in (State.ENDED, State.CANCELLING):
        return max(0, gift.revenue_minor)
    taken_back = sum(payment.gross_minor - payment.net_minor for payment in gift.payments)
    return max(0, gift.amount_minor * _TIMES_A_YEAR[gift.interval] - taken_back)
