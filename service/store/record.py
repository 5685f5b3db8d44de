"""The bytes of a reader's record, read. `lua/record.lua` writes them and tells the layout."""

from datetime import UTC, datetime
from struct import Struct

from service.domain.reader import Gift, GiftState, History, Impression

_HEAD = Struct("<BBHIIIIBBBB")
_ARTICLE = Struct("<II")
_SHOWN = Struct("<IIIB")
_GIFT = Struct("<IIIB")
SEEN, CLICKED, DISMISSED, SNOOZED = 1, 2, 4, 8


def history_from(raw: bytes) -> History:
    """The history in a record."""
    _, _, _, first_seen, _, snoozed_until, dismissed_at, _, articles, shown, gifts = _HEAD.unpack_from(raw)
    shown_from = _HEAD.size + articles * _ARTICLE.size
    gifts_from = shown_from + shown * _SHOWN.size
    return History(
        first_seen=_instant(first_seen),
        snoozed_until=_instant(snoozed_until) if snoozed_until else None,
        dismissed_at=_instant(dismissed_at) if dismissed_at else None,
        impressions=_impressions(raw[shown_from:gifts_from]) if shown else (),
        gifts=_gifts(raw[gifts_from:]) if gifts else (),
        read_at=[at for _, at in _ARTICLE.iter_unpack(raw[_HEAD.size : shown_from])],
    )


def _impressions(rows: bytes) -> list[Impression]:
    seen = [(at, campaign) for campaign, _, at, flags in _SHOWN.iter_unpack(rows) if flags & SEEN]
    return [Impression(campaign, _instant(at)) for at, campaign in sorted(seen)]


def _gifts(rows: bytes) -> list[Gift]:
    return [Gift(GiftState(state), _instant(at)) for _, _, at, state in _GIFT.iter_unpack(rows)]


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
