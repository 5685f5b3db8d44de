"""Reminders: one key for each reader who asked for a mail, and one for when each of them is due.

A process that dies between the two leaves a moment without a reminder, which means nothing, or an unconfirmed reminder
without a moment, which goes away by itself.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain

from service.domain.reminder import CONFIRM_WITHIN, PAUSE, WORTH_SENDING, Reminder, Stage
from service.store.connection import Store, load_script

_WRITE, _MOVE = load_script("reminder_write"), load_script("reminder_move")
_DROP, _DUE = load_script("reminder_drop"), load_script("reminder_due")
_MS = timedelta(milliseconds=1)
_FIELDS = ("id", "email", "url", "language", "asked_at", "due", "stage")
_DUE_KEY = "hb:reminders-due"
# Litter collection: who decides what is too late looks at the moments in the reminder.
_SPARE = timedelta(days=30)


class Reminders:
    """One for each reader at most. Every method raises StoreUnavailableError. `settle`: returns once what was written
    is on disk, where nothing but this is left of what the reader was promised."""

    def __init__(self, store: Store, settle: Callable[[], None] = lambda: None) -> None:
        self._store, self._settle = store, settle

    def put(self, wish: Reminder) -> None:
        """Keeps it in place of an earlier one; nothing is sent until it is confirmed."""
        values: tuple[str | int, ...] = (
            wish.id, wish.email, wish.url, wish.language,
            int(wish.asked_at.timestamp()), int(wish.due.timestamp()), wish.stage,
        )  # fmt: skip
        flat = chain.from_iterable(zip(_FIELDS, values, strict=True))
        self._store.run(_WRITE, _key(wish.site, wish.reader), (CONFIRM_WITHIN + _SPARE) // _MS, *flat)
        self._settle()

    def get(self, site: str, reader: str) -> Reminder | None:
        """The reader's, or None."""
        held = self._store.command("HMGET", _key(site, reader), *_FIELDS)
        if held[0] is None:
            return None
        name, email, url, language, asked_at, due, stage = [value.decode() for value in held]
        return Reminder(site, reader, name, email, url, language, _instant(asked_at), _instant(due), Stage(stage))

    def confirm(self, wish: Reminder, now: datetime) -> bool:
        """Has it sent when it is due; False when it is gone, or was replaced."""
        self._store.command("ZADD", _DUE_KEY, int(wish.due.timestamp()), _name(wish))
        moved = self._move(wish, Stage.ASKED, Stage.CONFIRMED, now)
        self._settle()
        return moved

    def begin(self, wish: Reminder, now: datetime) -> bool:
        """True for the one who may send it: from here on nobody else will."""
        return self._move(wish, Stage.CONFIRMED, Stage.SENDING, now)

    def take_back(self, wish: Reminder, now: datetime) -> None:
        """It has not been sent after all, and is to be tried again."""
        self._move(wish, Stage.SENDING, Stage.CONFIRMED, now)

    def postpone(self, wish: Reminder, until: datetime) -> None:
        """Has nobody look at it before."""
        self._store.command("ZADD", _DUE_KEY, "XX", int(until.timestamp()), _name(wish))

    def forget(self, wish: Reminder) -> bool:
        """The address and all the rest of it; one that replaced it stays. True when it was there."""
        dropped = bool(self._store.run(_DROP, _key(wish.site, wish.reader), wish.id))
        if dropped:
            self._store.command("ZREM", _DUE_KEY, _name(wish))
        return dropped

    def erase(self, site: str, reader: str) -> None:
        """Whatever there is of the reader's."""
        self._store.run(_DROP, _key(site, reader))
        self._store.command("ZREM", _DUE_KEY, f"{site}:{reader}")

    def due(self, now: datetime, most: int) -> Iterator[Reminder]:
        """Those whose moment has come, each kept from other workers for a while, so that it is tried again where this
        one dies."""
        until = now + PAUSE
        for name in self._store.run(_DUE, _DUE_KEY, int(now.timestamp()), int(until.timestamp()), most):
            site, _, reader = name.decode().partition(":")
            found = self.get(site, reader)
            if found is None:
                self._store.command("ZREM", _DUE_KEY, name)
            else:
                yield found

    def _move(self, wish: Reminder, held: Stage, then: Stage, now: datetime) -> bool:
        keep = max(wish.due - now, timedelta()) + WORTH_SENDING + _SPARE
        return bool(self._store.run(_MOVE, _key(wish.site, wish.reader), wish.id, held, then, keep // _MS))


def _key(site: str, reader: str) -> str:
    """In the slot of the reader's record."""
    return f"hb:m:{{{site}:{reader}}}"


def _name(wish: Reminder) -> str:
    return f"{wish.site}:{wish.reader}"


def _instant(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
