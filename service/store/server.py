"""One server of Redis: one connection a thread, made after the fork, and a breaker."""

import os
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from redis.exceptions import (
    AskError,
    AuthenticationError,
    ClusterDownError,
    NoScriptError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TryAgainError,
)

from service.store.address import Address
from service.store.breaker import Breaker
from service.store.errors import NotMendedByWaitingError, StoreUnavailableError, UnconfirmedError
from service.store.manner import Manner
from service.store.wire import Wire, Words

log = structlog.get_logger(__name__)

_CONFIRM_MS = 200
_UNCONFIRMED_SECONDS = 30.0
CLUSTER_ANSWERS = (NoScriptError, AskError)  # MovedError is one, too
# What a server says while another takes its place.
_PASSING = (ReadOnlyError, ClusterDownError, TryAgainError)  # ClusterDownError: MASTERDOWN, too


class _Process:
    """This one, by its number: asking the system for it costs each decision a call."""

    def __init__(self) -> None:
        self.look()
        os.register_at_fork(after_in_child=self.look)

    def look(self) -> None:
        """Takes the number that it has now."""
        self.id = os.getpid()


_process = _Process()


class Server:
    """Takes commands for one server. `ask` raises StoreUnavailableError when there is no answer.

    `for_caller`: the errors among answers that are the caller's matter and no failure.
    """

    def __init__(
        self,
        address: Address,
        manner: Manner,
        on_change: Callable[[bool], None],
        for_caller: tuple[type[RedisError], ...] = (NoScriptError,),
    ) -> None:
        self._address = address
        self._manner = manner
        self._threads = threading.local()
        self._for_caller = for_caller
        self._confirmed_after = 0.0
        self.replicated = False  # those who learn who is a replica of whom say so
        self.breaker = Breaker(on_change, manner.wait_seconds, address.name)

    @property
    def available(self) -> bool:
        """False while the breaker is open."""
        return self.breaker.available

    def masters(self) -> tuple["Server"]:
        """Itself: it holds every key."""
        return (self,)

    @property
    def host(self) -> str:
        """Where it is."""
        return str(self._address.options.get("host", "localhost"))

    def ask(self, words: Words, deadline: float, *, first: bool = True) -> Any:
        """Redis's answer. A lost connection is tried once more, for a server that was restarted.

        `first`: the whole time-out lies before the deadline, so that the kernel may watch over it.
        """
        breaker = self.breaker
        if not breaker.available:
            breaker.check()
        try:
            answer = self._exchange(words, deadline, first)
        except UnconfirmedError:
            breaker.worked()
            raise
        except self._for_caller:
            breaker.worked()
            raise
        except (RedisError, OSError) as error:
            self._threads.held = None
            breaker.failed(error)
            raise _unavailable(error) from error
        if breaker.failures:
            breaker.worked()
        return answer

    def _exchange(self, words: Words, deadline: float, first: bool) -> Any:
        held: tuple[int, Wire] | None = getattr(self._threads, "held", None)
        if held is not None and held[0] == _process.id:
            try:
                if first and not self.replicated:  # nearly always, and then without a detour
                    return held[1].ask(words, deadline)
                return self._speak(held[1], words, deadline, first)
            except TimeoutError:
                raise
            except OSError:
                self._threads.held = None
        wire = self._address.dial(self._manner.timeout_seconds, deadline)
        self._threads.held = (_process.id, wire)
        return self._speak(wire, words, deadline, first=False)

    def _speak(self, wire: Wire, words: Words, deadline: float, first: bool) -> Any:
        if self.replicated and self._manner.confirmed and time.monotonic() >= self._confirmed_after:
            return self._confirmed(wire, words, deadline)
        return wire.ask(words, deadline) if first else wire.ask_within(words, deadline)

    def _confirmed(self, wire: Wire, words: Words, deadline: float) -> Any:
        """The answer, once a replica has what was written: a master that dies takes nothing with it.

        Raises UnconfirmedError: the replica hangs, or has become the master.
        """
        answer, replicas = wire.ask_both(words, ("WAIT", 1, _CONFIRM_MS), deadline)
        if not replicas:
            raise UnconfirmedError(lambda: self._settle(answer))
        return answer

    def _settle(self, answer: Any) -> Any:
        """`answer`, and for a while no waiting for a replica: the master has it, and that has to do."""
        self._confirmed_after = time.monotonic() + _UNCONFIRMED_SECONDS
        log.warning("store_unconfirmed", server=self.breaker.server)
        return answer


def _unavailable(error: RedisError | OSError) -> StoreUnavailableError:
    told = isinstance(error, (ResponseError, AuthenticationError)) and not isinstance(error, _PASSING)
    kind = NotMendedByWaitingError if told or isinstance(error, TimeoutError) else StoreUnavailableError
    return kind(f"{type(error).__name__}: {error}")
