"""Lengths of time, periods and moments, as staff write them."""

import re
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from marshmallow import ValidationError

from service.catalogue.fields import ListOf, StaffField
from service.catalogue.problems import did_you_mean
from service.domain.meter import Calendar

SPAN = re.compile(r"(\d{1,5})\s*([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_MOMENT_FORMATS = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d")
_YEARS = range(2000, 2200)
# A reader's record outlives this, and no longer: what is forgotten cannot be kept to.
_LONGEST_SPAN = timedelta(days=366)


class Span(StaffField):
    """A length of time: 30m, 12h, 7d or 4w; `zero`: whether it may be none at all."""

    def __init__(
        self,
        *,
        whole_days: bool = False,
        zero: bool = True,
        least: timedelta = timedelta(),
        most: timedelta = _LONGEST_SPAN,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.whole_days, self.zero, self.least, self.most = whole_days, zero, least, most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> timedelta:
        match = SPAN.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise ValidationError(f"must be a length of time such as 12h, 7d or 4w (got {value!r})")
        span = timedelta(**{_UNITS[match[2]]: int(match[1])})
        if self.whole_days and (span.seconds or not span):
            raise ValidationError(f"must be a number of whole days such as 7d (got {value})")
        if not span and not self.zero:
            raise ValidationError(f"must be longer than nothing, such as 12h, 7d or 4w (got {value})")
        if not self.least <= span <= self.most:
            limits = f"between {self.least.days}d and {self.most.days}d" if self.least else "a year at most, 366d"
            raise ValidationError(f"must be {limits} (got {value})")
        return span


class Spans(StaffField):
    """A length of time, or a list of them for the first time, the second, and all that follow."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[timedelta, ...]:
        if isinstance(value, list):
            return tuple(ListOf(Span()).deserialize(value))
        return (Span().deserialize(value),)


class Period(StaffField):
    """month, week, or a rolling length of time such as 30d."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Calendar | timedelta:
        if value in ("month", "week"):
            return Calendar(value)
        if not isinstance(value, str) or not SPAN.fullmatch(value):
            raise ValidationError(f"must be month, week, or a length of time such as 30d (got {value!r})")
        span: timedelta = Span(zero=False).deserialize(value)
        return span


def time_zone(text: str) -> ZoneInfo:
    """An IANA time zone."""
    if text not in time_zones():
        raise ValueError(f"{text} is not a time zone; {did_you_mean(text, sorted(time_zones()))[:200]}")
    return ZoneInfo(text)


@cache  # the library goes through all its files each time: a quarter of what loading a site costs
def time_zones() -> frozenset[str]:
    """The name of every time zone."""
    return frozenset(available_timezones())


def moment(text: str) -> datetime:
    """A date and time without zone, as an editor writes it."""
    for shape in _MOMENT_FORMATS:
        try:
            read = datetime.strptime(text, shape)  # noqa: DTZ007  the site's zone is added by whoever knows the site
        except ValueError:
            continue
        if read.year not in _YEARS:
            raise ValueError(f"{text} is not in this century or the next; leave the line out for no limit")
        return read
    raise ValueError(f"{text} must be a date such as 2026-07-10 or 2026-07-10 18:00, in the site's time zone")
