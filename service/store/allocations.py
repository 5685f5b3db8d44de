"""The weights that automatic allocation came to: worked out by the worker, read by everybody else."""

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from service.domain.campaign import Campaign
from service.domain.site import Site
from service.domain.tallies import Tallies
from service.store.connection import Store
from service.store.counters import Counters
from service.store.errors import StoreUnavailableError
from service.store.ledger import Ledger

log = structlog.get_logger(__name__)

Weights = Mapping[str, Mapping[str, float]]
_VERSION = 1
_EVERY_SECONDS = 10.0
_NONE: Weights = {}


class Allocations:
    """A site's weights, by campaign and variant. `current` is always at hand; `refresh` and `write` go to Redis."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._raw: dict[str, bytes] = {}
        self._weights: dict[str, Weights] = {}

    def current(self, site: str) -> Weights:
        """The last weights that could be read; without Redis, those from before."""
        return self._weights.get(site, _NONE)

    def refresh(self, sites: Iterable[str]) -> None:
        """Reads the weights of the sites. Raises StoreUnavailableError, and keeps what it has."""
        for site in sites:
            raw = self._store.command("GET", _key(site))
            if raw and raw != self._raw.get(site):
                self._raw[site] = raw
                self._take(site, json.loads(raw))

    def _take(self, site: str, body: dict[str, object]) -> None:
        if body["version"] != _VERSION:  # a worker that is newer or older, while machines are replaced one by one
            log.warning("weights_not_taken", site=site, version=body["version"])
            return
        self._weights[site] = body["weights"]  # type: ignore[assignment]  # as `write` wrote it

    def write(self, site: str, weights: Weights, now: datetime) -> None:
        """Replaces the site's weights. Raises StoreUnavailableError."""
        body = {"version": _VERSION, "computed_at": now.isoformat(), "weights": weights}
        self._store.command("SET", _key(site), json.dumps(body, sort_keys=True))

    def watch(self, sites: Callable[[], Iterable[str]]) -> None:
        """Refreshes in the background, at once and every ten seconds, for the life of the process."""

        def run() -> None:
            pause = threading.Event()
            while True:
                for site in list(sites()):
                    self._try_to_refresh(site)
                pause.wait(_EVERY_SECONDS)

        threading.Thread(target=run, name="allocations", daemon=True).start()

    def _try_to_refresh(self, site: str) -> None:
        try:
            self.refresh([site])
        except StoreUnavailableError:
            return  # the breaker has told; what was read before stands


@dataclass(frozen=True, slots=True)
class Allocator:
    """Works out weights from what was counted and given."""

    counters: Counters
    ledger: Ledger
    allocations: Allocations

    def allocate(self, site: Site, campaigns: Iterable[Campaign], now: datetime) -> Weights:
        """The weights of the site's automatic campaigns, written. Raises StoreUnavailableError."""
        tallies = Tallies(site, campaigns, now)
        days = list(tallies.days)
        if days:
            tallies.count(self.counters.of(site.id, days))
            tallies.give(self.ledger.of_site(site.id, since=days[0]))
        weights = tallies.weights()
        self.allocations.write(site.id, weights, now)
        if tallies.without_rate:
            log.warning("gifts_left_out", site=site.id, without_rate=sorted(tallies.without_rate))
        if days:
            log.info("allocated", site=site.id, campaigns=len(weights))
        return weights


def _key(site: str) -> str:
    return f"hb:w:{{{site}}}"
