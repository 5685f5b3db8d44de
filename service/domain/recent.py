"""How often things happened of late, by kind and slice of time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Recent:
    """`counts`: by kind and number of the slice, which is `slice` long; the first one began in 1970."""

    slice: timedelta
    counts: Mapping[tuple[str, int], int]

    def within(self, kind: str, span: timedelta, now: datetime) -> int:
        """How often in the last `span`, to a slice: the running one counts, one that began a span before does not."""
        last = slice_of(now, self.slice)
        return sum(self.counts.get((kind, number), 0) for number in range(last - span // self.slice + 1, last + 1))


def slice_of(at: datetime, length: timedelta) -> int:
    """The number of the slice that `at` lies in."""
    return int(at.timestamp() // length.total_seconds())
