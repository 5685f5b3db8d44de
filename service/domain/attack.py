"""Whether stolen cards are being tried, told by how many attempts, refusals and declines there were of late."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from service.domain.limit import Limit
from service.domain.recent import Recent


class Sign(StrEnum):
    """What tells of an attack."""

    TRIED = "tried"  # attempts that asked for a checkout, whatever became of them
    REFUSED = "refused"  # by a limit, or by the human check
    DECLINED = "declined"  # by a bank, as Stripe reports


SLICE = timedelta(minutes=1)
# It is over when three windows together have brought no more than one may: what goes up and down around the mark would
# otherwise switch the check at every attempt.
_CALM_WINDOWS = 3
# For all sites together, who have quiet and busy hours at different times.
ALL_SITES = 3

# A card dies, and a bank has a bad evening: these are not news.
_USUAL_TIMES = 4
_WEEK, _HOUR = timedelta(days=7), timedelta(hours=1)
DECLINES_SLICE, DECLINES_KEPT = timedelta(minutes=15), _WEEK + _HOUR


def under_attack(
    recent: Recent, limits: Mapping[str, Limit], now: datetime, *, already: bool, times: int = 1
) -> bool:
    """True when more of some sign was seen in its window than `times` its limit; `already`: as it was before."""
    for sign in Sign:
        limit = limits[f"attack.{sign}"]
        span = limit.window * (_CALM_WINDOWS if already else 1)
        if recent.within(sign, span, now) > limit.most * times:
            return True
    return False


def kept(limits: Mapping[str, Limit]) -> timedelta:
    """How far back `under_attack` looks."""
    return max(limits[f"attack.{sign}"].window for sign in Sign) * _CALM_WINDOWS


def usual_declines(recent: Recent, now: datetime) -> float:
    """Declines in an hour, on the average of the week before the last hour. A site that is new here has few."""
    before = recent.within(Sign.DECLINED, DECLINES_KEPT, now) - recent.within(Sign.DECLINED, _HOUR, now)
    return before / (_WEEK / _HOUR)


def declines_climb(recent: Recent, limit: Limit, now: datetime, *, already: bool) -> bool:
    """True when the last hour brought more declines than `limit`, and than four times the usual.

    `already`: so it was before; it is over when the last hour is back at half of that.
    """
    mark = max(limit.most, _USUAL_TIMES * usual_declines(recent, now))
    return recent.within(Sign.DECLINED, _HOUR, now) > (mark / 2 if already else mark)
