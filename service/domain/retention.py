"""How long a site remembers its readers, and keeps its counts."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

LONGEST = timedelta(days=400)
"""As long as anything is kept; longer than any rest, snooze or window that staff can write."""


@dataclass(frozen=True)
class Retention:
    """`readers`: a record, after the reader's last visit. `counters`: a day's counts for results."""

    readers: timedelta = LONGEST
    counters: timedelta = LONGEST

    @cached_property
    def readers_ms(self) -> int:
        """`readers`, as Redis takes it."""
        return self.readers // timedelta(milliseconds=1)

    @cached_property
    def counters_seconds(self) -> int:
        """`counters`, as Redis takes it."""
        return self.counters // timedelta(seconds=1)


AS_LONG_AS_CAN_BE = Retention()


def usual_retention(_site: str) -> Retention:
    """What holds for a site whose files are not known."""
    return AS_LONG_AS_CAN_BE
