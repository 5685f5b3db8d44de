"""A site's gifts in one place, as short as results need them: a year of them is read in some forty calls.

The ledger keeps each line under a key of its own, wherever in a Cluster that is; one call for each of twenty thousand
gifts would take many seconds. Here is no more than the ledger says, and no reader's id.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from service.domain.contribution import Contribution
from service.domain.experiment import place_among_readers
from service.domain.results import Giving
from service.store.connection import Store, load_script

_WRITE = load_script("gift_line")
_PAGE = 500
ANY_LATER_LOOK = 0  # what was taken from the ledger itself gives way to whatever is written


class Gifts:
    """Written beside the ledger. Every method raises StoreUnavailableError without Redis."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def write(self, line: Contribution, look: int) -> None:
        """The gift as the ledger has it since that look."""
        self._store.run(_WRITE, _key(line.attribution.site), line.id, look, _dump(line))

    def drop(self, site: str, contribution: str) -> None:
        """Until it is next read, when the ledger's own line takes its place."""
        self._store.command("HDEL", _key(site), contribution)

    def read(self, site: str, names: Sequence[str]) -> list[Giving | None]:
        """Each gift, or None where it was never written."""
        found = self._store.command("HMGET", _key(site), *names)
        # all at once: beginning anew for each would take three times as long
        rows = json.loads(b"[%s]" % b",".join(text[text.index(b" ") :] if text else b"null" for text in found))
        return [Giving(name, *row) if row else None for name, row in zip(names, rows, strict=True)]

    def names(self, site: str, first: date, last: date) -> Iterator[list[str]]:
        """The site's contributions that began from the day `first` to `last` (in UTC, both included), in batches."""
        since, until = _midnight(first), _midnight(last + timedelta(days=1))
        offset = 0
        while True:
            words = (index_of(site), since, f"({until}", "BYSCORE", "LIMIT", offset, _PAGE)
            page = [name.decode() for name in self._store.command("ZRANGE", *words)]
            if page:
                yield page
            if len(page) < _PAGE:
                return
            offset += _PAGE


def index_of(site: str) -> str:
    """The key of the site's contributions in the order in which they began."""
    return f"hb:li:{{{site}}}"


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())


def _key(site: str) -> str:
    return f"hb:lg:{{{site}}}"


def _dump(line: Contribution) -> str:
    given, paid = line.attribution, line.payments
    return json.dumps(
        [
            *(int(line.began_at.timestamp()), line.state, line.interval, line.currency, line.amount_minor),
            *(sum(one.gross_minor for one in paid), sum(one.gross_minor - one.net_minor for one in paid)),
            *(given.campaign, given.variant, given.placement, given.country, given.device, given.section),
            place_among_readers(given.site, given.reader) if given.reader else None,
        ],
        separators=(",", ":"),
    )
