"""The bytes of a reader's record, read. `lua/record.lua` writes them and tells the layout."""

from datetime import UTC, datetime
from struct import Struct

from service.domain.reader import Gift, GiftState, History, Impression

_HEAD = Struct("<BBHIIIIIBBBBBBB")
_PAIR = Struct("<II")
_HEAD_SIZE, _PAIR_SIZE = _HEAD.size, _PAIR.size
_SHOWN = Struct("<IIIB")
_GIFT = Struct("<IIIB")
_NEWSLETTER = Struct("<I")
SEEN, CLICKED, DISMISSED, SNOOZED, NEVER = 1, 2, 4, 8, 16
_NEVER_AGAIN = 1
_new, _at = tuple.__new__, datetime.fromtimestamp  # looked up once: every decision needs them


def history_from(raw: bytes) -> History:
    """The history in a record."""
    (_, flags, visits, first_seen, _, snoozed_until, dismissed_at, put_off_at, dismissals,
     articles, counted, topics, shown, gifts, newsletters) = _HEAD.unpack_from(raw)  # fmt: skip
    counted_from = _HEAD_SIZE + articles * _PAIR_SIZE
    topics_from = counted_from + counted * _PAIR_SIZE
    opened = list(_PAIR.iter_unpack(raw[_HEAD_SIZE:counted_from]))
    metered = list(_PAIR.iter_unpack(raw[counted_from:topics_from])) if counted else ()
    if topics_from == len(raw) and not (flags or snoozed_until or dismissed_at or put_off_at or dismissals):
        # What History(…) gives for most readers, at half the time: each decision reads one.
        begun = _instant(first_seen)
        return _new(History, (begun, visits, None, None, False, (), (), (), 0, None, opened, metered, ()))
    shown_from = topics_from + topics * _PAIR_SIZE
    gifts_from = shown_from + shown * _SHOWN.size
    newsletters_from = gifts_from + gifts * _GIFT.size
    return History(
        first_seen=_instant(first_seen),
        visits=visits,
        snoozed_until=_instant(snoozed_until) if snoozed_until else None,
        dismissed_at=_instant(dismissed_at) if dismissed_at else None,
        dismissals=dismissals,
        never_again=bool(flags & _NEVER_AGAIN),
        put_off_at=_instant(put_off_at) if put_off_at else None,
        impressions=_impressions(raw[shown_from:gifts_from]) if shown else (),
        gifts=_gifts(raw[gifts_from:newsletters_from]) if gifts else (),
        articles=opened,
        counted=metered,
        topics=list(_PAIR.iter_unpack(raw[topics_from:shown_from])) if topics else (),
        newsletters=[key for (key,) in _NEWSLETTER.iter_unpack(raw[newsletters_from:])] if newsletters else (),
    )


def _impressions(rows: bytes) -> list[Impression]:
    seen = [(at, campaign) for campaign, _, at, flags in _SHOWN.iter_unpack(rows) if flags & SEEN]
    return [Impression(campaign, _instant(at)) for at, campaign in sorted(seen)]


def _gifts(rows: bytes) -> list[Gift]:
    return [Gift(GiftState(state), _instant(at)) for _, _, at, state in _GIFT.iter_unpack(rows)]


def _instant(seconds: int) -> datetime:
    return _at(seconds, UTC)
