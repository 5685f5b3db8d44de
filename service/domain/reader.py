"""What is known of one reader, and of the page in front of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from hashlib import blake2b

# A delayed payment (a bank debit) that has not settled after this long is no reason to keep quiet any more.
PENDING_PAYMENT = timedelta(days=14)


def short_key(text: str) -> int:
    """`text` as 32 bits: what the reader's record holds of an article, a campaign or a contribution."""
    return int.from_bytes(blake2b(text.encode(), digest_size=4).digest(), "little")


@dataclass(frozen=True, slots=True)
class Page:
    """The page that is open. Texts are as the site wrote them."""

    url: str
    section: str = ""
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    language: str = ""
    premium: bool = False
    type: str = "other"


class GiftState(IntEnum):
    """Where a contribution of this reader stands. The numbers are stored; never reuse one."""

    VOID = 0  # failed, refunded, expired: as if it had never been
    PENDING = 1
    ONCE = 2
    RECURRING = 3
    ENDED = 4


@dataclass(frozen=True, slots=True)
class Gift:
    """One contribution, as far as asking again is concerned. `at`: begun, given or ended, as the state says."""

    state: GiftState
    at: datetime


@dataclass(frozen=True, slots=True)
class Impression:
    """One appeal that was really visible."""

    campaign_key: int
    at: datetime


@dataclass(frozen=True, slots=True)
class History:
    """Everything held on one reader. Impressions are in the order they happened."""

    first_seen: datetime
    snoozed_until: datetime | None = None
    dismissed_at: datetime | None = None
    impressions: Sequence[Impression] = ()
    gifts: Sequence[Gift] = ()
    read_at: Sequence[int] = ()
    """When each distinct article was last opened, in seconds since 1970; numbers, because there may be hundreds."""

    def articles_read(self, window: timedelta, now: datetime) -> int:
        """How many distinct articles were opened in the half-open window (now - window, now]."""
        start = (now - window).timestamp()
        return sum(1 for at in self.read_at if at > start)
