"""Counts by country, device and section: of each day, and of each month once more, so that a year is soon read."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from service.domain.results import Among, Dimension, Share
from service.store.connection import Store, load_script

SHARES = load_script("shares")
MOST_NAMES = 50
"""Names of a dimension in one day or month; anybody may send us sections."""
_PARTS_OF_A_SHARE = 5
_DIMENSIONS = {str(dimension): dimension for dimension in Dimension}


def fields_of(site: str, day: date, among: Among, rest: str) -> Iterator[tuple[str, str]]:
    """The key and the field of each count. `rest`: campaign, placement and kind, parted by "|"."""
    for dimension, name in zip(Dimension, among, strict=True):
        for span in (day.isoformat(), f"{day:%Y-%m}"):
            yield _key(site, span), f"{dimension}|{name}|{rest}"


def words_of(counts: Mapping[str, int]) -> list[str | int]:
    """What the script takes."""
    words: list[str | int] = [MOST_NAMES]
    for field, times in counts.items():
        dimension, name, rest = field.split("|", 2)
        words += (dimension, name, rest, times)
    return words


class Shares:
    """Reads them. Raises StoreUnavailableError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, site: str, first: date, last: date) -> Iterator[Share]:
        """Those of the days from `first` to `last`, both included; a name may come more than once."""
        for span in _spans(first, last):
            flat = self._store.command("HGETALL", _key(site, span))
            for field, times in zip(flat[::2], flat[1::2], strict=True):
                parts = field.decode().split("|")
                if len(parts) == _PARTS_OF_A_SHARE:  # and no note of the script's own
                    dimension, name, campaign, placement, kind = parts
                    yield Share(_DIMENSIONS[dimension], name, campaign, placement, kind, int(times))


def _spans(first: date, last: date) -> Iterable[str]:
    """Whole months, and the days before and after them."""
    day = first
    while day <= last:
        next_month = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        if day.day == 1 and next_month - timedelta(days=1) <= last:
            yield f"{day:%Y-%m}"
            day = next_month
        else:
            yield day.isoformat()
            day += timedelta(days=1)


def _key(site: str, span: str) -> str:
    return f"hb:nb:{{{site}}}:{span}"
