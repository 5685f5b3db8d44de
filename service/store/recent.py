"""What happened of late, by kind and slice of time, and which alarms are on."""

from datetime import datetime, timedelta

from service.domain.recent import Recent, slice_of
from service.store.connection import Store, load_script

_RECENT = load_script("recent")
_KEEP_ALARM = timedelta(days=30)  # litter collection: whoever looks puts an alarm out


class RecentCounts:
    """Counts of one sort, `kept` for so long. Every method raises StoreUnavailableError."""

    def __init__(self, store: Store, name: str, length: timedelta, kept: timedelta) -> None:
        self._store, self._name = store, name
        self._slice, self._kept = length, kept

    def add(self, scope: str, kind: str, at: datetime, now: datetime) -> Recent:
        """One more, which happened `at`; and what there is."""
        return self._asked(scope, now, kind, slice_of(at, self._slice))

    def look(self, scope: str, now: datetime) -> Recent:
        """What there is."""
        return self._asked(scope, now)

    def _asked(self, scope: str, now: datetime, *more: str | int) -> Recent:
        words = (slice_of(now, self._slice), self._kept // self._slice, int(self._kept.total_seconds()) + 60, *more)
        flat = self._store.run(_RECENT, f"hb:{self._name}:{{{scope}}}", *words)
        counts = {}
        for field, times in zip(flat[::2], flat[1::2], strict=True):
            kind, _, number = field.decode().partition("|")
            counts[kind, int(number)] = int(times)
        return Recent(self._slice, counts)


class Alarms:
    """Which alarms are on. Every method raises StoreUnavailableError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def is_on(self, alarm: str, scope: str) -> bool:
        """True while it is."""
        return bool(self._store.command("EXISTS", _key(alarm, scope)))

    def switch(self, alarm: str, scope: str, *, on: bool) -> bool:
        """True for the one who changed it: of all workers, one tells of it."""
        if on:
            return bool(self._store.command("SET", _key(alarm, scope), 1, "NX", "EX", _KEEP_ALARM // _SECOND))
        return bool(self._store.command("DEL", _key(alarm, scope)))


_SECOND = timedelta(seconds=1)


def _key(alarm: str, scope: str) -> str:
    return f"hb:alarm:{alarm}:{{{scope}}}"
