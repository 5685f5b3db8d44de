"""What is remembered of each reader: one key, one call for each thing that happens."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from service.domain.access import UNMETERED, Metering
from service.domain.reader import Gift, History, short_key
from service.domain.retention import Retention, usual_retention
from service.store.connection import Store, load_script
from service.store.record import SNOOZED, history_from

_RECORD_NOTHING = 0

_VIEW, _EVENTS, _GIFT = load_script("view"), load_script("events"), load_script("gift")
_PUT_OFF, _NEWSLETTER, _READ = load_script("put_off"), load_script("newsletter"), load_script("read")


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to one appeal. `flag` is one of record.SEEN, CLICKED, DISMISSED, SNOOZED, NEVER."""

    campaign_key: int
    receipt_key: int
    flag: int


class ReaderStore:
    """Readers' records. `retention`: what holds for a site; where readers are forgotten is litter collection and no
    rule, since staff's files promise nothing for longer. Every method raises StoreUnavailableError without Redis."""

    def __init__(self, store: Store, retention: Callable[[str], Retention] = usual_retention) -> None:
        self._store, self._retention = store, retention

    def record_view(
        self,
        site: str,
        reader: str,
        article: int,
        now: datetime,
        metering: Metering = UNMETERED,
        topics: Sequence[int] = (),
    ) -> History:
        """The reader's history, with this page view in it.

        `article`: the article's key, 0 on other pages. `metering`: whether and how the meter counts it. `topics`: those
        of its topics that some campaign counts.
        """
        retention = self._retention
        words = (int(now.timestamp()), retention(site).readers_ms, article, *metering, *topics)
        return history_from(self._store.run(_VIEW, _key(site, reader), *words))

    def foresee_view(
        self,
        site: str,
        reader: str,
        article: int,
        now: datetime,
        metering: Metering = UNMETERED,
        topics: Sequence[int] = (),
    ) -> History:
        """What `record_view` would return, changing nothing."""
        words = (int(now.timestamp()), _RECORD_NOTHING, article, *metering, *topics)
        return history_from(self._store.run(_VIEW, _key(site, reader), *words))

    def history(self, site: str, reader: str, now: datetime) -> History:
        """The reader's history as it is, changing nothing; a reader nobody remembers has just come."""
        return history_from(self._store.run(_READ, _key(site, reader), int(now.timestamp())))

    def put_off(self, site: str, reader: str, metering: Metering, span: timedelta, now: datetime) -> datetime | None:
        """Puts the gate off for `span`: until when; None where the reader has done so before in this period."""
        words = (int(now.timestamp()), self._retention(site).readers_ms, metering.since, int(span.total_seconds()))
        until = int(self._store.run(_PUT_OFF, _key(site, reader), *words))
        return datetime.fromtimestamp(until, UTC) if until else None

    def record_newsletter(self, site: str, reader: str, newsletter: str, now: datetime, *, has: bool) -> None:
        """Remembers that the reader has this newsletter of the site, or no longer has it."""
        words = (int(now.timestamp()), self._retention(site).readers_ms, short_key(newsletter), int(has))
        self._store.run(_NEWSLETTER, _key(site, reader), *words)

    def record_events(self, site: str, reader: str, happenings: Sequence[Happening], now: datetime) -> list[bool]:
        """For each, whether it is new; one that was recorded before changes nothing."""
        words: list[int] = []
        for happening in happenings:
            words += (happening.campaign_key, happening.receipt_key, happening.flag, 0)
        first = (int(now.timestamp()), self._retention(site).readers_ms)
        news = self._store.run(_EVENTS, _key(site, reader), *first, *words)
        return [bool(new) for new in news]

    def snooze(self, site: str, reader: str, about: Happening, until: datetime, now: datetime) -> bool:
        """Nothing is asked until `until`; a later snooze replaces an earlier one. True the first time for a receipt."""
        what = (about.campaign_key, about.receipt_key, SNOOZED, int(until.timestamp()))
        words = (int(now.timestamp()), self._retention(site).readers_ms, *what)
        (new,) = self._store.run(_EVENTS, _key(site, reader), *words)
        return bool(new)

    def record_gift(self, site: str, reader: str, contribution: str, gift: Gift, fence: int, now: datetime) -> bool:
        """Remembers where a contribution stands, unless a later look at Stripe already did. True when written."""
        where = (short_key(contribution), fence, int(gift.at.timestamp()), int(gift.state))
        words = (int(now.timestamp()), self._retention(site).readers_ms, *where)
        return bool(self._store.run(_GIFT, _key(site, reader), *words))


def reader_of_key(key: bytes) -> tuple[str, str]:
    """Site and reader of a record's key."""
    site, _, reader = key.decode().partition("{")[2].rstrip("}").partition(":")
    return site, reader


def _key(site: str, reader: str) -> str:
    """The braces keep everything of one reader in one slot of a Cluster."""
    return f"hb:r:{{{site}:{reader}}}"
