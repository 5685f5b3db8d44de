"""How many articles are free, in which period, and what happens when they are used up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from service.domain.page import NO_PAGES, Exclusions
from service.domain.reader import Opened

_SLICE_SECONDS = 900  # every time zone is off UTC by a multiple of a quarter of an hour


class Mode(StrEnum):
    """Whether the gate can be put off."""

    SOFT = "soft"
    HARD = "hard"


class Calendar(StrEnum):
    """A period that begins at midnight in the site's time zone."""

    DAY = "day"
    WEEK = "week"  # from Monday
    MONTH = "month"


Period: TypeAlias = "Calendar | timedelta"


@lru_cache(maxsize=1000)
def _bounds(calendar: Calendar, zone: ZoneInfo, time_slice: int) -> tuple[int, int]:
    now = datetime.fromtimestamp(time_slice * _SLICE_SECONDS, zone)
    midnight = datetime(now.year, now.month, now.day, tzinfo=zone)  # wall clock: the zone finds the offset of that day
    match calendar:
        case Calendar.DAY:
            start, end = midnight, midnight + timedelta(days=1)
        case Calendar.WEEK:
            start = midnight - timedelta(days=now.weekday())
            end = start + timedelta(days=7)
        case Calendar.MONTH:
            start = midnight.replace(day=1)
            end = (start + timedelta(days=31)).replace(day=1)
    return int(start.timestamp()), int(end.timestamp())


def calendar_bounds(calendar: Calendar, zone: ZoneInfo, now: datetime) -> tuple[int, int]:
    """The calendar period around `now`, [start, end) in seconds since 1970; 23 or 25 hours long where clocks change."""
    return _bounds(calendar, zone, int(now.timestamp()) // _SLICE_SECONDS)


@dataclass(frozen=True, slots=True)
class Meter:
    """The site's free articles. Source: DESIGN §5, `meter`."""

    allowance: int
    period: Period
    mode: Mode = Mode.SOFT
    later: timedelta = timedelta(days=1)
    """How long a soft gate stays open once it was put off."""
    newsletter_bonus: int = 0
    exempt: Exclusions = NO_PAGES
    open_on_outage: bool = True
    open_without_consent: bool = True
    markup: bool = False


class Periods:
    """The meter's periods in the site's time zone. The running one is remembered: every decision asks for it."""

    def __init__(self, meter: Meter, zone: ZoneInfo) -> None:
        self._period, self._zone = meter.period, zone
        self._running = (_EVER, _EVER, 0)  # from when until when, and the first of it in seconds

    def since(self, now: datetime) -> int:
        """The first second whose articles count now: of the calendar period, or of the window (now - period, now]."""
        if isinstance(self._period, timedelta):
            return int((now - self._period).timestamp()) + 1
        return self._at(now, self._period)[2]

    def resets_at(self, counted: Sequence[Opened], allowance: int, now: datetime) -> datetime | None:
        """When the next article is free again; None where none will be, or all still are.

        `counted`: the articles of the running period. In a calendar period all of them are forgotten at its end; a
        rolling one forgets each when it leaves the window.
        """
        if isinstance(self._period, timedelta):
            leaves = sorted([at for _, at in counted])[max(0, len(counted) - allowance) :]
            return datetime.fromtimestamp(leaves[0], UTC) + self._period if leaves else None
        return self._at(now, self._period)[1] if allowance else None

    def _at(self, now: datetime, calendar: Calendar) -> tuple[datetime, datetime, int]:
        running = self._running
        if not running[0] <= now < running[1]:
            start, end = calendar_bounds(calendar, self._zone, now)
            running = self._running = (datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC), start)
        return running


_EVER = datetime.fromtimestamp(0, UTC)
