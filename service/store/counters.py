"""What readers were shown and what they did, counted for results: by site and day, campaign, variant and placement;
and, for what readers did, by country, device and section (`shares.py`).

These are statistics, and no request waits for them: each process adds up what happened and sends it every two seconds,
and once more when it ends. A process that is killed takes two seconds of counts with it, and a batch whose answer got
lost on the way may be counted twice.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from multiprocessing.util import Finalize
from os import getpid
from typing import TypeAlias

import structlog

from service.domain.results import NOWHERE, Among, Count
from service.domain.retention import Retention, usual_retention
from service.store.connection import Script, Store, load_script
from service.store.errors import StoreUnavailableError
from service.store.shares import SHARES, fields_of, words_of

log = structlog.get_logger(__name__)

_EVERY_SECONDS = 2.0
_MOST = 50_000  # some ten megabytes
_AT_ONCE = 1000  # counts in one call, which Redis does within a millisecond or two
_COUNT = load_script("count")
_Happened: TypeAlias = tuple[str, date, Among, str, str, str, str]


class Counters:
    """Counts what happens. `background`: send by itself; else only `flush` does. `most`: different counts to hold.
    `retention`: what holds for a site."""

    def __init__(
        self,
        store: Store,
        *,
        background: bool = True,
        most: int = _MOST,
        retention: Callable[[str], Retention] = usual_retention,
    ) -> None:
        self._store, self._retention = store, retention
        self._most = most
        self._background = background
        self._beginning = threading.Lock()
        self._pid = 0  # of the process that counts; known at the first count, which comes after every fork
        self._forget()

    def add(  # noqa: PLR0913  a count's own parts
        self,
        site: str,
        day: date,
        campaign: str,
        variant: str,
        placement: str,
        kind: str,
        times: int = 1,
        among: Among = NOWHERE,
    ) -> None:
        """So many times more. Costs less than a microsecond, raises nothing. `day`: in UTC."""
        if self._pid != getpid():
            self._begin()
        self._added.append(((site, day, among, campaign, variant, placement, kind), times))

    def flush(self) -> None:
        """Sends what was added. Raises StoreUnavailableError, and keeps what is not sent for the next time."""
        failed: StoreUnavailableError | None = None
        with self._flushing:
            self._gather()
            for script, key in list(self._held):
                try:
                    self._send(script, key)
                except StoreUnavailableError as error:  # in a Cluster the next site may have more luck
                    failed = error
        if failed:
            raise failed

    def of(self, site: str, days: Iterable[date]) -> Iterator[Count]:
        """What was sent of these days, in no order. Raises StoreUnavailableError."""
        for day in days:
            flat = self._store.command("HGETALL", _key(site, day))
            for field, times in zip(flat[::2], flat[1::2], strict=True):
                campaign, variant, placement, kind = field.decode().split("|")
                yield Count(day, campaign, variant, placement, kind, int(times))

    def _begin(self) -> None:
        """Starts anew in this process: threads do not outlive a fork, and what the parent counted is the parent's."""
        with self._beginning:
            if self._pid == getpid():
                return
            self._forget()
            if self._background:
                threading.Thread(target=self._run, name="counters", daemon=True).start()
                # not atexit, which a worker that granian started never comes to
                Finalize(None, self._try_to_flush, exitpriority=1)
            self._pid = getpid()

    def _forget(self) -> None:
        self._flushing = threading.Lock()
        self._added: deque[tuple[_Happened, int]] = deque()
        self._held: dict[tuple[Script, str], dict[str, int]] = {}
        self._dropping = False

    def _gather(self) -> None:
        room = self._most - sum(map(len, self._held.values()))
        sums: dict[_Happened, int] = {}
        while self._added:
            happened, times = self._added.popleft()
            sums[happened] = sums.get(happened, 0) + times
        for (site, day, among, campaign, variant, placement, kind), times in sums.items():
            wanted = [(_COUNT, _key(site, day), f"{campaign}|{variant}|{placement}|{kind}")]
            if among is not NOWHERE:
                wanted += ((SHARES, *one) for one in fields_of(site, day, among, f"{campaign}|{placement}|{kind}"))
            for script, key, field in wanted:
                counts = self._held.setdefault((script, key), {})
                if field in counts or room > 0:
                    room -= field not in counts
                    counts[field] = counts.get(field, 0) + times
                elif not self._dropping:
                    self._dropping = True
                    log.warning("counts_dropped", held=self._most)

    def _send(self, script: Script, key: str) -> None:
        counts, keep = self._held[script, key], self._retention(_site_of(key)).counters_seconds
        while counts:
            # one of those asks Redis for twice as much
            batch = dict(islice(counts.items(), _AT_ONCE // 2 if script is SHARES else _AT_ONCE))
            words = words_of(batch) if script is SHARES else [word for count in batch.items() for word in count]
            self._store.run(script, key, keep, *words)
            for field in batch:
                del counts[field]
        del self._held[script, key]
        self._dropping = False

    def _run(self) -> None:
        pause = threading.Event()
        while not pause.wait(_EVERY_SECONDS):
            self._try_to_flush()

    def _try_to_flush(self) -> None:
        try:
            self.flush()
        except StoreUnavailableError:
            return  # the breaker has told; the next time sends it all


def _site_of(key: str) -> str:
    """Which site a key of counts is of; sites' names have no braces."""
    return key.partition("{")[2].partition("}")[0]


def _key(site: str, day: date) -> str:
    return f"hb:n:{{{site}}}:{day.isoformat()}"
