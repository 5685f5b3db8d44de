"""The ledger: one idempotent line for each contribution, keyed by the Stripe object that it mirrors."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from service.domain.contribution import Contribution
from service.domain.results import Giving
from service.store.connection import Store, load_script
from service.store.gifts import ANY_LATER_LOOK, Gifts, index_of
from service.store.ledger_line import dump, load

_BEGIN, _WRITE = load_script("look"), load_script("ledger")
_LINK, _TOLD = load_script("link"), load_script("told")
MOST_READERS = 20
# What is left of looking at something that is no contribution; a look itself takes seconds.
_KEEP_LOOK_SECONDS = 3600
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Untold:
    """A change of a line that nobody has been told of: the line as it is, and as it was when last told; None: new."""

    line: Contribution
    before: Contribution | None


class Ledger:
    """Contributions as Stripe last confirmed them. Every method raises StoreUnavailableError without Redis."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._gifts = Gifts(store)

    def begin_look(self, contribution: str) -> int:
        """A number for the look at Stripe that is about to begin: `write` lets only the latest one stand."""
        return int(self._store.run(_BEGIN, _key(contribution), _KEEP_LOOK_SECONDS))

    def write(self, contribution: Contribution, look: int) -> bool:
        """True when this changed the line. An equal line, or one from a later look, changes nothing."""
        changed = bool(self._store.run(_WRITE, _key(contribution.id), look, dump(contribution)))
        began = int(contribution.began_at.timestamp())
        self._store.command("ZADD", index_of(contribution.attribution.site), began, contribution.id)
        self._gifts.write(contribution, look)
        return changed

    def get(self, contribution: str) -> Contribution | None:
        """The line, or None."""
        body = self._store.command("HGET", _key(contribution), "body")
        return load(body) if body else None

    def untold(self, contribution: str) -> Untold | None:
        """The change of this line that `told` has not yet confirmed, or None."""
        body, before = self._store.command("HMGET", _key(contribution), "body", "untold")
        if body is None or before is None:
            return None
        return Untold(load(body), load(before) if before else None)

    def told(self, line: Contribution) -> None:
        """Everybody has been told of this line. When it has changed since, that is still to be told."""
        self._store.run(_TOLD, _key(line.id), dump(line))

    def tellings(self, contribution: str) -> int:
        """How many changes of this line were told: the same number as long as one is untold."""
        return int(self._store.command("HGET", _key(contribution), "tellings") or 0)

    def link(self, contribution: str, reader: str) -> None:
        """Remembers a further reader (browser) that was recognised as the giver; of too many, the oldest goes."""
        self._store.run(_LINK, _key(contribution), reader, MOST_READERS)

    def readers(self, contribution: str) -> tuple[str, ...]:
        """The further readers, the one recognised last at the end."""
        found = self._store.command("HGET", _key(contribution), "readers")
        return tuple(found.decode().split()) if found else ()

    def of_site(self, site: str, since: date | None = None, until: date | None = None) -> Iterator[Contribution]:
        """Every line of the site that began from the day `since` to the day `until` (in UTC, both included), oldest
        first; one by one, with what is added meanwhile."""
        first = _midnight(since) if since else "-inf"
        end = f"({_midnight(until + timedelta(days=1))}" if until else "+inf"
        for offset in count(step=_PAGE):
            names = self._store.command("ZRANGE", index_of(site), first, end, "BYSCORE", "LIMIT", offset, _PAGE)
            for name in names:
                line = self.get(name.decode())
                if line is not None and line.attribution.site == site:  # staff may give it to another site at Stripe
                    yield line
            if len(names) < _PAGE:
                return

    def givings(self, site: str, first: date, last: date) -> Iterator[Giving]:
        """The same from the day `first` to `last`, in short. What an earlier version wrote is put there first."""
        for names in self._gifts.names(site, first, last):
            found = dict(zip(names, self._gifts.read(site, names), strict=True))
            missing = [name for name, one in found.items() if one is None]
            for line in filter(None, map(self.get, missing)):
                if line.attribution.site == site:
                    self._gifts.write(line, ANY_LATER_LOOK)
            if missing:
                found |= zip(missing, self._gifts.read(site, missing), strict=True)
            yield from filter(None, found.values())

    def began_between(
        self, site: str, since: datetime | None, until: datetime | None
    ) -> Iterator[tuple[datetime, str]]:
        """When each line of the site began and its id, newest first; from `since` to `until`, both included."""
        newest = int(until.timestamp()) if until else "+inf"
        oldest = int(since.timestamp()) if since else "-inf"
        for offset in count(step=_PAGE):
            words = (newest, oldest, "BYSCORE", "REV", "LIMIT", offset, _PAGE, "WITHSCORES")
            row = self._store.command("ZRANGE", index_of(site), *words)
            for name, began in zip(row[::2], row[1::2], strict=True):
                yield datetime.fromtimestamp(float(began), UTC), name.decode()
            if len(row) < 2 * _PAGE:
                return


class Bookmark:
    """How far the worker has read Stripe's events."""

    _KEY = "hb:events-read-until"

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self) -> datetime | None:
        """The moment until which every event is accounted for, or None."""
        seconds = self._store.command("GET", self._KEY)
        return datetime.fromtimestamp(int(seconds), UTC) if seconds else None

    def set(self, until: datetime) -> None:
        """Moves the bookmark."""
        self._store.command("SET", self._KEY, int(until.timestamp()))


def _key(contribution: str) -> str:
    return f"hb:l:{{{contribution}}}"


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())
