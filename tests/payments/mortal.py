"""A service that dies between any two of its writes."""

from random import Random
from typing import Any

from service.store.connection import Store

READING = frozenset(["GET", "HGET", "HMGET", "ZRANGE"])


class Death(Exception):  # noqa: N818  nothing of ours catches it, as nothing survives a kill
    """The process is gone."""


class MortalStore:
    """Redis, as a process sees it that dies just before or just after its next write but `spared`."""

    def __init__(self, store: Store, chance: Random) -> None:
        self._store, self._chance = store, chance
        self._spared = -1
        self._dead = False

    def doom(self, spared: int) -> None:
        """Lets so many more writes happen."""
        self._spared = spared

    def revive(self) -> None:
        """Another process takes its place."""
        self._dead, self._spared = False, -1

    def command(self, *words: Any) -> Any:
        """See Store."""
        if words[0] in READING:
            return self._alive(lambda: self._store.command(*words))
        return self._write(lambda: self._store.command(*words))

    def run(self, *words: Any) -> Any:
        """See Store."""
        return self._write(lambda: self._store.run(*words))

    def _alive(self, act: Any) -> Any:
        if self._dead:
            raise Death
        return act()

    def _write(self, act: Any) -> Any:
        if self._dead:
            raise Death
        if self._spared != 0:
            self._spared -= 1
            return act()
        self._dead = True
        if self._chance.random() < 0.5:
            act()
        raise Death
