"""How often is too often: what one reader, address, e-mail address or site may ask of us before it has to wait."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` in any `window`. `name`: of what and for whom, such as `contributions.reader`."""

    name: str
    most: int
    window: timedelta


_DAY = timedelta(days=1)
_HOUR, _TEN_MINUTES, _MINUTE = timedelta(hours=1), timedelta(minutes=10), timedelta(minutes=1)

# An office, a school or a mobile network shares one address: what one address may do is meant for many readers.
LIMITS: Mapping[str, Limit] = MappingProxyType(
    {
        limit.name: limit
        for limit in (
            Limit("contributions.reader", 15, _HOUR),
            Limit("contributions.email", 15, _HOUR),
            Limit("contributions.address", 120, _HOUR),
            Limit("contributions.site", 3000, _TEN_MINUTES),
            Limit("contributions.repeats", 300, _TEN_MINUTES),
            Limit("returns.address", 600, _TEN_MINUTES),
            Limit("events.address", 6000, _MINUTE),
            Limit("snoozes.address", 1200, _MINUTE),
            Limit("links.email", 3, _HOUR),
            Limit("links.address", 60, _HOUR),
            Limit("links.site", 1000, _TEN_MINUTES),
            Limit("reminders.email", 3, _DAY),
            Limit("reminders.address", 60, _HOUR),
            Limit("reminders.site", 1000, _TEN_MINUTES),
            Limit("sign_ins.address", 20, _TEN_MINUTES),
            Limit("sign_ins.name", 60, _TEN_MINUTES),
            Limit("sign_ins.all", 300, _TEN_MINUTES),
            Limit("readers.address", 60, _TEN_MINUTES),
            Limit("newsletters.email", 3, _HOUR),
            Limit("newsletters.address", 60, _HOUR),
            Limit("newsletters.site", 1000, _TEN_MINUTES),
            Limit("attack.tried", 300, _TEN_MINUTES),
            Limit("attack.refused", 60, _TEN_MINUTES),
            Limit("attack.declined", 30, _TEN_MINUTES),
            Limit("declines.climb", 20, _HOUR),
        )
    }
)
"""By name, as they hold where the setting HONESTYBOX_LIMITS says nothing else."""
