"""What came of asking, as it is counted."""

from datetime import date
from typing import NamedTuple


class Count(NamedTuple):
    """How often something happened on one day (in UTC).

    `kind`: served, seen, clicked, dismissed, snoozed, never (asked again), started (pressed Continue and came to a
    Checkout), or holdback (would have been asked).
    """

    day: date
    campaign: str
    variant: str
    placement: str
    kind: str
    times: int
