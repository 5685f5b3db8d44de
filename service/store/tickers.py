"""What the tickers of a site have come to: worked out by the worker, read by whoever shows them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from service.domain.campaign import Campaign
from service.domain.site import Site
from service.domain.ticker import Raised
from service.store.connection import Store
from service.store.ledger import Ledger

log = structlog.get_logger(__name__)

_VERSION = 1
_FRESH = timedelta(seconds=10)
_KNOWN = timedelta(days=1)


@dataclass(slots=True)
class Tickers:
    """Sums by campaign, in minor units of each ticker's currency. Redis is asked once in ten seconds for each site."""

    store: Store
    _asked: dict[str, tuple[datetime, Mapping[str, int]]] = field(default_factory=dict)

    def raised(self, site: str, campaign: str, currency: str, now: datetime) -> int | None:
        """The sum, or None while it is not known: never worked out, in another currency, or more than a day old.

        Raises StoreUnavailableError."""
        asked_at, sums = self._asked.get(site, (None, {}))
        if asked_at is None or not asked_at <= now < asked_at + _FRESH:
            sums = self._read(site, now)
            self._asked[site] = (now, sums)
        return sums.get(f"{campaign} {currency}")

    def _read(self, site: str, now: datetime) -> Mapping[str, int]:
        raw = self.store.command("GET", _key(site))
        body = json.loads(raw) if raw else {}
        if body.get("version") != _VERSION or now >= datetime.fromisoformat(body["computed_at"]) + _KNOWN:
            return {}
        sums: Mapping[str, int] = body["raised"]
        return sums

    def write(self, site: str, sums: Mapping[str, int], now: datetime) -> None:
        """Replaces the site's sums, each by its campaign and currency. Raises StoreUnavailableError."""
        body = {"version": _VERSION, "computed_at": now.isoformat(), "raised": sums}
        self.store.command("SET", _key(site), json.dumps(body, sort_keys=True))


@dataclass(frozen=True, slots=True)
class Fundraiser:
    """Works out from the ledger what tickers have come to."""

    ledger: Ledger
    tickers: Tickers

    def add_up(self, site: Site, campaigns: Iterable[Campaign], now: datetime) -> Mapping[str, int]:
        """The sums of the site's tickers, by campaign, written. Raises StoreUnavailableError."""
        wanted = {one.id: one.ticker for one in campaigns if one.ticker and one.ticker.runs(now)}
        if not wanted:
            return {}
        raised = Raised(site, wanted)
        since = raised.since
        raised.give(self.ledger.of_site(site.id, since=since.date() if since else None))
        sums = raised.by_campaign()
        self.tickers.write(site.id, {f"{name} {wanted[name].currency}": sum_ for name, sum_ in sums.items()}, now)
        if raised.without_rate:
            log.warning("gifts_not_added_up", site=site.id, without_rate=sorted(raised.without_rate))
        return sums


def _key(site: str) -> str:
    return f"hb:tk:{{{site}}}"
