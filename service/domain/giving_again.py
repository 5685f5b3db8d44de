"""Whether a reader who wants to give has just given: two open tabs must not charge twice what was meant once."""

from datetime import datetime, timedelta

from service.domain.reader import GiftState, History

JUST_GIVEN = timedelta(hours=1)
_GIVEN = frozenset({GiftState.PENDING, GiftState.ONCE, GiftState.RECURRING})


def gave_just_now(history: History, now: datetime) -> bool:
    """True for an hour after a gift began or was paid, half-open: one exactly an hour old is no longer asked about."""
    return any(gift.state in _GIVEN and now - gift.at < JUST_GIVEN for gift in history.gifts)
