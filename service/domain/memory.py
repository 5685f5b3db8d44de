"""A reader's record in the memory of one process: what `store/lua` keeps, without a server.

For whoever plays readers by the hundred thousand, such as the forecast. A test holds it against the Lua on a real
server, happening by happening. It never expires: that a record does is litter collection, not policy.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from service.domain.access import UNMETERED, Metering
from service.domain.reader import Gift, GiftState, History, Impression, short_key
from service.domain.site import MOST_IMPRESSIONS

SEEN, CLICKED, DISMISSED, SNOOZED, NEVER = 1, 2, 4, 8, 16
_MOST_ARTICLES, _MOST_TOPICS, _MOST_GIFTS, _MOST_NEWSLETTERS = 200, 200, 30, 20
_MOST_VISITS, _MOST_DISMISSALS = 65535, 255
_VISIT_GAP = 1800


class Memory:
    """One reader's record. Like the server's, it is made by the first thing that happens."""

    __slots__ = (
        "_articles", "_counted", "_dismissals", "_dismissed_at", "_first_seen", "_gifts", "_impressions", "_last_seen",
        "_never_again", "_newsletters", "_put_off_at", "_shown", "_snoozed_until", "_topics", "_visits",
    )  # fmt: skip

    def __init__(self) -> None:
        self._first_seen: datetime | None = None
        self._last_seen = 0
        self._visits = 0
        self._snoozed_until: datetime | None = None
        self._dismissed_at: datetime | None = None
        self._dismissals = 0
        self._never_again = False
        self._put_off_at = 0
        # Dictionaries keep the order in which rows were added, which is the server's order of rows.
        self._articles: dict[int, int] = {}
        self._counted: dict[int, int] = {}
        self._topics: dict[tuple[int, int], None] = {}
        self._shown: dict[tuple[int, int], tuple[int, int]] = {}
        self._gifts: dict[int, tuple[int, Gift]] = {}
        self._newsletters: dict[int, None] = {}
        self._impressions: Sequence[Impression] = ()

    def copy(self) -> "Memory":
        """The same record, from here on with a fate of its own."""
        other = Memory()
        for name in self.__slots__:
            value = getattr(self, name)
            setattr(other, name, value.copy() if isinstance(value, dict) else value)
        return other

    def record_view(
        self, article: int, now: datetime, metering: Metering = UNMETERED, topics: Sequence[int] = ()
    ) -> History:
        """The history, with this page view in it; as ReaderStore.record_view."""
        seconds = self._begin(now)
        if seconds - self._last_seen > _VISIT_GAP:
            self._visits = min(self._visits + 1, _MOST_VISITS)
        self._last_seen = seconds
        if article:
            self._articles.pop(article, None)
            _add(self._articles, article, seconds, _MOST_ARTICLES)
            if metering.since:
                self._count(article, seconds, metering)
            for topic in topics:
                self._topics.pop((topic, article), None)
                _add(self._topics, (topic, article), None, _MOST_TOPICS)
        return self.history(now)

    def _count(self, article: int, seconds: int, metering: Metering) -> None:
        counted = self._counted
        for key in [key for key, at in counted.items() if at < metering.since]:
            del counted[key]
        room = metering.allowance + (metering.newsletter_bonus if self._newsletters else 0)
        if article not in counted and len(counted) < room:
            counted[article] = seconds

    def history(self, now: datetime) -> History:
        """The history as it is, changing nothing; a reader of whom nothing is known has just come."""
        return History(
            self._first_seen or _whole(now),
            self._visits,
            self._snoozed_until,
            self._dismissed_at,
            self._never_again,
            self._impressions,
            [gift for _, gift in self._gifts.values()] if self._gifts else (),
            list(self._newsletters) if self._newsletters else (),
            self._dismissals,
            _instant(self._put_off_at) if self._put_off_at else None,
            list(self._articles.items()),
            list(self._counted.items()) if self._counted else (),
            list(self._topics) if self._topics else (),
        )

    def happened(
        self, campaign_key: int, receipt_key: int, flag: int, now: datetime, until: datetime | None = None
    ) -> bool:
        """What the reader did with an appeal: one of SEEN, CLICKED, …; `until` for SNOOZED. True when it is new."""
        seconds = self._begin(now)
        row = (campaign_key, receipt_key)
        at, flags = self._shown.get(row, (seconds, 0))
        new = not flags & flag
        if not new and flag != SNOOZED:
            return False
        if flag == SEEN:
            at = seconds  # an appeal counts from the moment it was seen, whatever came first
        self._shown.pop(row, None)
        _add(self._shown, row, (at, flags | flag), MOST_IMPRESSIONS)
        self._note(flag, seconds, until)
        seen = sorted((at, campaign) for (campaign, _), (at, flags) in self._shown.items() if flags & SEEN)
        self._impressions = [Impression(campaign, _instant(at)) for at, campaign in seen]
        return new

    def _note(self, flag: int, seconds: int, until: datetime | None) -> None:
        if flag == DISMISSED:
            self._dismissed_at = _instant(seconds)
            self._dismissals = min(self._dismissals + 1, _MOST_DISMISSALS)
        elif flag == SNOOZED:
            self._snoozed_until = _whole(until) if until else None
        elif flag == NEVER:
            self._never_again = True

    def put_off(self, metering: Metering, span: timedelta, now: datetime) -> datetime | None:
        """Puts the gate off for `span`: until when; None where that was done before in this period."""
        seconds, length = int(now.timestamp()), int(span.total_seconds())
        if self._put_off_at > 0 and seconds < self._put_off_at + length:
            return _instant(self._put_off_at + length)
        if self._put_off_at >= metering.since:
            return None
        self._put_off_at = self._begin(now)
        return _instant(seconds + length)

    def record_newsletter(self, newsletter: str, now: datetime, *, has: bool) -> None:
        """Remembers that the reader has this newsletter, or no longer has it."""
        self._begin(now)
        self._newsletters.pop(short_key(newsletter), None)
        if has:
            _add(self._newsletters, short_key(newsletter), None, _MOST_NEWSLETTERS)

    def record_gift(self, contribution: str, gift: Gift, fence: int, now: datetime) -> bool:
        """Remembers where a contribution stands, unless a later look at Stripe already did. True when written."""
        key = short_key(contribution)
        held = self._gifts.get(key)
        if held and held[0] > fence:
            return False
        self._begin(now)
        self._gifts.pop(key, None)
        kept = Gift(GiftState(gift.state), _whole(gift.at))
        later = [other for other, (_, held_gift) in self._gifts.items() if held_gift.at > kept.at]
        for row in [(key, (fence, kept)), *((other, self._gifts.pop(other)) for other in later)]:
            self._gifts[row[0]] = row[1]
        if len(self._gifts) > _MOST_GIFTS:  # that which lies back furthest goes, whichever was looked at last
            del self._gifts[next(iter(self._gifts))]
        return True

    def _begin(self, now: datetime) -> int:
        """The whole second of `now`, from which on the reader is known."""
        if self._first_seen is None:
            self._first_seen = _whole(now)
        return int(now.timestamp())


def _add(rows: dict[Any, Any], key: Any, value: Any, most: int) -> None:
    """Adds a row at the end; the oldest goes when there are too many."""
    if len(rows) >= most:
        del rows[next(iter(rows))]
    rows[key] = value


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _whole(moment: datetime) -> datetime:
    return _instant(int(moment.timestamp()))
