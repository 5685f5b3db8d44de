"""Masters that change places, as in a Cluster or under Sentinels: who holds a key is learnt, and learnt anew."""

import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import structlog

from service.store.address import Address, Group
from service.store.breaker import Breaker
from service.store.errors import NotMendedByWaitingError, StoreUnavailableError, UnconfirmedError
from service.store.manner import Manner
from service.store.server import CLUSTER_ANSWERS, Server
from service.store.wire import Words

log = structlog.get_logger(__name__)

# A failover takes seconds; asking more often would load those that are left.
_LEARN_EVERY_SECONDS = 0.2
_LOOK_EVERY_SECONDS = 1.0


class Masters(ABC):
    """Sends each command to the master that holds its key. Each has a breaker of its own: one that is dead does not
    silence the readers of the others."""

    def __init__(self, group: Group, manner: Manner, on_change: Callable[[bool], None]) -> None:
        self.group = group
        self._manner = manner
        self._on_change, self._told = on_change, True
        self._lock = threading.Lock()
        self._learn_after, self._look_again_at = 0.0, 0.0
        self._unknown = Breaker(self._changed, manner.wait_seconds, "unknown master")
        self._servers: dict[str, Server] = {}
        self._seeds = [self.server(seed) for seed in group.seeds]
        self._sources = deque(self._seeds)

    @abstractmethod
    def owner(self, words: Words) -> Server | None:
        """Who holds the key, as far as is known."""

    @abstractmethod
    def learn_from(self, source: Server, deadline: float) -> Iterable[Server]:
        """Takes over what `source` says of the masters. Returns all that can be asked next time."""

    @abstractmethod
    def masters(self) -> frozenset[Server]:
        """All who hold keys, as far as is known."""

    @abstractmethod
    def complete(self) -> bool:
        """True when every key's master is known."""

    @property
    def available(self) -> bool:
        """False while the breaker of a master is open."""
        return self._unknown.available and all(master.available for master in self.masters())

    def ask(self, words: Words, deadline: float) -> Any:
        """The master's answer, or the new one's where another took its place."""
        looks = deadline >= self._look_again_at
        if looks:
            self._look_again(deadline)
        server = self.owner(words)
        if server is None:
            return self._first(words, deadline).ask(words, deadline, first=False)
        try:
            return server.ask(words, deadline, first=not looks)
        except NotMendedByWaitingError:
            raise
        except StoreUnavailableError as error:
            self.learn(deadline, at_once=isinstance(error, UnconfirmedError))
            other = self.owner(words)
            if other is None or other is server:
                raise
        return other.ask(words, deadline, first=False)

    def server(self, address: Address) -> Server:
        """The server there; the same one each time, so that its connections last."""
        if address.name not in self._servers:
            self._servers[address.name] = Server(address, self._manner, self._changed, CLUSTER_ANSWERS)
        return self._servers[address.name]

    def learn(self, deadline: float, *, at_once: bool = False) -> None:
        """Asks who the masters are, unless that was asked a moment ago. What cannot be learnt stays as it was."""
        if not self._lock.acquire(timeout=max(deadline - time.monotonic(), 0)):
            return
        try:
            if at_once or time.monotonic() >= self._learn_after:
                self._learn(deadline)
                self._learn_after = time.monotonic() + _LEARN_EVERY_SECONDS
        finally:
            self._lock.release()
        self._changed()

    def _look_again(self, deadline: float) -> None:
        """Learns while all is well. Sentinels tell a master only seconds later that it has been replaced."""
        first = not self._look_again_at
        self._look_again_at = deadline + _LOOK_EVERY_SECONDS
        if not first:
            self.learn(deadline - self._manner.timeout_seconds / 2)

    def _learn(self, deadline: float) -> None:
        before = self.masters()
        for _ in range(len(self._sources)):
            source = self._sources[0]
            try:
                told = self.learn_from(source, deadline)
            except StoreUnavailableError:
                self._sources.rotate(-1)
            else:
                self._keep([source, *told, *self._seeds])
                if self.complete():
                    self._unknown.worked()
                break
        if self.masters() != before:
            log.info("store_masters", masters=sorted(master.breaker.server for master in self.masters()))

    def _keep(self, servers: Iterable[Server]) -> None:
        """Forgets all others: machines that come and go would fill the memory."""
        self._sources = deque(dict.fromkeys(servers))
        self._servers = {server.breaker.server: server for server in (*self._sources, *self.masters())}

    def _first(self, words: Words, deadline: float) -> Server:
        self._unknown.check()
        self.learn(deadline)
        server = self.owner(words)
        if server is None:
            error = StoreUnavailableError("no master is known that holds the key")
            self._unknown.failed(error)
            raise error
        return server

    def _changed(self, _: bool = True) -> None:
        available = self.available
        if available != self._told:
            self._told = available
            self._on_change(available)
