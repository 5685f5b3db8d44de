"""How much readers read who are asked, and who never are: looked up once a day in their records, in the worker.

No reader waits for it, and nothing is counted when an article opens. Of the readers who are asked only as many are
looked at as there are in the holdback, the ones drawn next to it: so which ones is chance, too.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from service.domain.experiment import place_among_readers
from service.domain.holdback import Group, Reading
from service.domain.site import Site
from service.store.connection import Store
from service.store.readers import ReaderStore, reader_of_key

WINDOW = timedelta(days=30)
MOST_READERS = 20_000  # in each group of a site; SCAN's order has nothing to do with what they read
_KEEP_SECONDS = timedelta(days=400) // timedelta(seconds=1)


class Readings:
    """Every method raises StoreUnavailableError without Redis."""

    def __init__(self, store: Store) -> None:
        self._store, self._readers = store, ReaderStore(store)

    def measure_when_due(self, sites: Iterable[Site], now: datetime) -> None:
        """Looks once a day (in UTC), where a site has a holdback. Twice does no harm."""
        today = now.astimezone(UTC).date().isoformat()
        due = [site for site in sites if site.holdback and not self._store.command("HEXISTS", _key(site.id), today)]
        if due:
            self.measure({site.id: site for site in due}, now)

    def measure(self, sites: Mapping[str, Site], now: datetime) -> None:
        """Goes through every reader's record once, and writes what they read."""
        groups = {(name, held): Group() for name in sites for held in (True, False)}
        since = (now - WINDOW).timestamp()
        for key in self._store.keys("hb:r:*"):
            site, reader = reader_of_key(key)
            if site not in sites:
                continue
            place, holdback = place_among_readers(site, reader), sites[site].holdback
            among = (site, place < holdback)
            if place < 2 * holdback and groups[among].readers < MOST_READERS:
                read = self._readers.history(site, reader, now).articles_read(since)
                groups[among] = groups[among].with_one(read)
        for name in sites:
            text = json.dumps([groups[name, False], groups[name, True]])
            self._store.command("HSET", _key(name), now.astimezone(UTC).date().isoformat(), text)
            self._store.command("EXPIRE", _key(name), _KEEP_SECONDS)

    def last(self, site: str, until: date) -> Reading | None:
        """The latest look that was taken on that day or before."""
        flat = self._store.command("HGETALL", _key(site))
        looks = {day.decode(): text for day, text in zip(flat[::2], flat[1::2], strict=True)}
        day = max((day for day in looks if day <= until.isoformat()), default=None)
        if day is None:
            return None
        asked, held = json.loads(looks[day])
        return Reading(date.fromisoformat(day), Group(*asked), Group(*held))


def _key(site: str) -> str:
    return f"hb:nr:{{{site}}}"
