"""Watches for stolen cards being tried: attempts, refusals and declines, at each site and at all of them together."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

import structlog

from service.domain.attack import (
    ALL_SITES,
    DECLINES_KEPT,
    DECLINES_SLICE,
    SLICE,
    Sign,
    declines_climb,
    kept,
    under_attack,
    usual_declines,
)
from service.domain.limit import Limit
from service.domain.recent import Recent
from service.store.connection import Store
from service.store.recent import Alarms, RecentCounts

log = structlog.get_logger(__name__)

EVERYWHERE = "*"  # no site is called so
ATTACK, DECLINES = "attack", "declines"
_HOUR = timedelta(hours=1)
# Stripe sends an event again for three days.
_KEEP_EVENT_SECONDS = 4 * 24 * 3600


# What changed, where, when, and the numbers.
Tell = Callable[[str, str, datetime, Mapping[str, float]], None]


def nobody(event: str, site: str, now: datetime, facts: Mapping[str, float]) -> None:
    """Who is told where nobody wants to know."""


class Lookout:
    """Every method raises StoreUnavailableError. What changes is logged and told once, whichever process noticed."""

    def __init__(self, store: Store, limits: Mapping[str, Limit], tell: Tell = nobody) -> None:
        self._tell = tell
        self._store, self._limits = store, limits
        self._signs = RecentCounts(store, "signs", SLICE, kept(limits))
        self._declines = RecentCounts(store, "declines", DECLINES_SLICE, DECLINES_KEPT)
        self._alarms = Alarms(store)

    def note(self, sign: Sign, site: str, at: datetime, now: datetime) -> bool:
        """One more sign, which was seen `at`; True while the site, or all of them together, seem to be under attack."""
        judged = [self._attacked(scope, self._signs.add(scope, sign, at, now), now) for scope in (site, EVERYWHERE)]
        return any(judged)

    def attacked(self, site: str) -> bool:
        """The same, and nothing more seen."""
        return self.is_on(ATTACK, site) or self.is_on(ATTACK, EVERYWHERE)

    def note_decline(self, event: str, site: str, at: datetime, now: datetime) -> bool:
        """A bank declined; False when this event of Stripe's was counted before."""
        if not self._store.command("SET", f"hb:declined:{{{event}}}", 1, "NX", "EX", _KEEP_EVENT_SECONDS):
            return False
        self.note(Sign.DECLINED, site, at, now)
        self._climbing(site, self._declines.add(site, Sign.DECLINED, at, now), now)
        return True

    def look(self, sites: Iterable[str], now: datetime) -> None:
        """Puts out what is over, also where nothing happens any more that would tell."""
        for scope in (*sites, EVERYWHERE):
            self._attacked(scope, self._signs.look(scope, now), now)
            if scope != EVERYWHERE:
                self._climbing(scope, self._declines.look(scope, now), now)

    def is_on(self, alarm: str, scope: str) -> bool:
        """True while the alarm ATTACK or DECLINES is on, as it was last judged."""
        return self._alarms.is_on(alarm, scope)

    def _attacked(self, scope: str, recent: Recent, now: datetime) -> bool:
        was, times = self._alarms.is_on(ATTACK, scope), ALL_SITES if scope == EVERYWHERE else 1
        on = under_attack(recent, self._limits, now, already=was, times=times)
        if on != was and self._alarms.switch(ATTACK, scope, on=on):
            facts = {str(sign): recent.within(sign, self._limits[f"attack.{sign}"].window, now) for sign in Sign}
            self._changed("attack_began" if on else "attack_over", scope, now, facts)
        return on

    def _climbing(self, site: str, recent: Recent, now: datetime) -> None:
        was = self._alarms.is_on(DECLINES, site)
        on = declines_climb(recent, self._limits["declines.climb"], now, already=was)
        if on != was and self._alarms.switch(DECLINES, site, on=on):
            facts = {
                "last_hour": recent.within(Sign.DECLINED, _HOUR, now),
                "usual_per_hour": round(usual_declines(recent, now), 1),
            }
            self._changed("declines_climb" if on else "declines_calm", site, now, facts)

    def _changed(self, event: str, site: str, now: datetime, facts: Mapping[str, float]) -> None:
        log.warning(event, site=site, **facts)
        self._tell(event, site, now, facts)
