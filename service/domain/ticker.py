"""What a campaign wants to raise, and how much of it has come in."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from service.domain.contribution import Contribution
from service.domain.money import convert
from service.domain.site import Site


@dataclass(frozen=True, slots=True)
class Ticker:
    """A goal in minor units of `currency`, and the gifts that count: begun from `start` on and, where there is an end,
    before it. `of_campaign`: only those that this campaign asked for."""

    goal_minor: int
    currency: str
    start: datetime
    end: datetime | None = None
    of_campaign: bool = False

    def runs(self, now: datetime) -> bool:
        """True between its first moment and its end."""
        return self.start <= now and (self.end is None or now < self.end)


class Raised:
    """How much the tickers of one site, by campaign, have come to: gifts are entered one by one."""

    def __init__(self, site: Site, tickers: Mapping[str, Ticker]) -> None:
        self._site, self._tickers = site, tickers
        self._sums: dict[str, dict[str, int]] = {campaign: defaultdict(int) for campaign in tickers}
        self.without_rate: set[str] = set()
        """Currencies of gifts that could not be converted and were left out."""

    @property
    def since(self) -> datetime | None:
        """Gifts that began earlier are of no interest; None when none is."""
        return min((ticker.start for ticker in self._tickers.values()), default=None)

    def give(self, gifts: Iterable[Contribution]) -> None:
        """Enters what the gifts have brought until the ticker's end, less what went back."""
        for gift in gifts:
            for campaign, ticker in self._tickers.items():
                if ticker.runs(gift.began_at) and (not ticker.of_campaign or gift.attribution.campaign == campaign):
                    self._sums[campaign][gift.currency] += _stayed(gift, ticker)

    def by_campaign(self) -> Mapping[str, int]:
        """In minor units of each ticker's currency; never less than nothing."""
        return {campaign: max(0, self._sum(campaign)) for campaign in self._tickers}

    def _sum(self, campaign: str) -> int:
        into, total = self._tickers[campaign].currency, 0
        for currency, minor in self._sums[campaign].items():
            rate = self._rate(currency, into)
            if rate is None:
                self.without_rate.add(currency)
            else:
                total += convert(minor, currency, into, rate)
        return total

    def _rate(self, currency: str, into: str) -> Decimal | None:
        if currency == into:
            return Decimal(1)
        one, other = self._site.rate(currency), self._site.rate(into)
        return None if one is None or other is None else one / other


def _stayed(gift: Contribution, ticker: Ticker) -> int:
    return sum(payment.net_minor for payment in gift.payments if ticker.end is None or payment.at < ticker.end)
