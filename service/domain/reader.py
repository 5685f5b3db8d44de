"""What is known of one reader: who they are, how they came, and what they did before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from hashlib import blake2b
from typing import NamedTuple, TypeAlias

# A delayed payment (a bank debit) that has not settled after this long is no reason to keep quiet any more.
PENDING_PAYMENT = timedelta(days=14)


def short_key(text: str) -> int:
    """`text` as 32 bits: what the reader's record holds of an article, a campaign or a contribution.

    Half a character, which JSON can smuggle into a page's tags, is text like any other.
    """
    return int.from_bytes(blake2b(text.encode(errors="surrogatepass"), digest_size=4).digest(), "little")


def topic_key(kind: str, name: str) -> int:
    """What the record holds of a section or tag that a campaign counts articles in. `kind`: "section" or "tag"."""
    return short_key(f"{kind}/{name.casefold()}")


class Visit(NamedTuple):
    """How the reader came and what the site says of them. None and empty: not known."""

    country: str | None = None
    device: str | None = None
    referrer: str = ""
    utm: Mapping[str, str] = {}
    signed_in: bool | None = None
    attributes: Mapping[str, str] = {}
    newsletters: frozenset[str] = frozenset()


class GiftState(IntEnum):
    """Where a contribution of this reader stands. The numbers are stored; never reuse one."""

    VOID = 0  # failed, refunded, expired: as if it had never been
    PENDING = 1
    ONCE = 2
    RECURRING = 3
    ENDED = 4
    PAST_DUE = 5  # gives regularly, and the last renewal did not work


# A reader with one of these gives regularly, and is a supporter for as long as that lasts.
RUNNING = frozenset({GiftState.RECURRING, GiftState.PAST_DUE})


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


# An article's key and a moment in seconds since 1970. Bare numbers, because there may be hundreds in one history.
Opened: TypeAlias = tuple[int, int]


class History(NamedTuple):
    """Everything held on one reader. Impressions are in the order they happened.

    A tuple, because every decision makes one.
    """

    first_seen: datetime
    visits: int = 1
    # From here to `newsletters` stands what one who has only read has none of.
    snoozed_until: datetime | None = None
    dismissed_at: datetime | None = None
    never_again: bool = False
    impressions: Sequence[Impression] = ()
    gifts: Sequence[Gift] = ()
    newsletters: Sequence[int] = ()
    """The short keys of the newsletters this reader has."""
    dismissals: int = 0
    put_off_at: datetime | None = None
    """When the gate was last put off."""
    articles: Sequence[Opened] = ()
    """When each distinct article was last opened, oldest first."""
    counted: Sequence[Opened] = ()
    """When the meter counted each article of the running period."""
    topics: Sequence[tuple[int, int]] = ()
    """(topic, article) keys, for the topics that some campaign counts."""

    @property
    def has_only_read(self) -> bool:
        """True for a reader who was never shown an appeal, gave nothing, said nothing to one, and has no newsletter."""
        return not any(self[_SNOOZED_UNTIL:_DISMISSALS])

    def articles_read(self, since: float, topic: int | None = None) -> int:
        """How many distinct articles were opened after `since` (seconds since 1970), all or those of one topic."""
        if topic is None:
            return sum([opened_at > since for _, opened_at in self.articles])
        among = {article for about, article in self.topics if about == topic}
        return sum(key in among and opened_at > since for key, opened_at in self.articles)


_SNOOZED_UNTIL, _DISMISSALS = History._fields.index("snoozed_until"), History._fields.index("dismissals")
