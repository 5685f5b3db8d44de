"""One server of Redis: one connection a thread, made after the fork, and a breaker."""

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from redis import Redis
from redis.connection import Connection
from redis.exceptions import NoScriptError, RedisError

from service.store.breaker import Breaker
from service.store.errors import StoreUnavailableError
from service.store.wire import Wire, Words, left


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is and how it is greeted. `kind` opens the socket: plain, TLS or Unix."""

    kind: type[Connection]
    options: Mapping[str, Any]

    @classmethod
    def from_url(cls, url: str) -> "Address":
        """As redis-py reads URLs, with all the options it knows."""
        pool = Redis.from_url(url).connection_pool
        return cls(pool.connection_class, pool.connection_kwargs)

    def timeout_seconds(self, default: float) -> float:
        """How long a call may take: a URL may say otherwise, `?socket_timeout=0.2`."""
        seconds: float | None = self.options.get("socket_timeout")
        return default if seconds is None else seconds

    def dial(self, timeout_seconds: float, deadline: float) -> Wire:
        """A new connection on which commands may be sent. Raises OSError or RedisError."""
        seconds = left(deadline)
        to_connect = min(seconds, self.options.get("socket_connect_timeout") or seconds)
        limits = {"socket_timeout": seconds, "socket_connect_timeout": to_connect}
        # redis-py's greeting would wait the whole time-out for each of its answers
        connected = self.kind(**{**self.options, **limits})._connect()  # type: ignore[no-untyped-call]
        wire = Wire(connected, timeout_seconds)
        for words in self._greeting():
            wire.ask_within(words, deadline)
        return wire

    def _greeting(self) -> list[Words]:
        name, password, database = (self.options.get(key) for key in ("username", "password", "db"))
        greeting: list[Words] = []
        if password:
            greeting.append(("AUTH", name, password) if name else ("AUTH", password))
        if self.options.get("client_name"):
            greeting.append(("CLIENT", "SETNAME", self.options["client_name"]))
        if database:
            greeting.append(("SELECT", database))
        return greeting


class Server:
    """Takes commands for one server. `ask` raises StoreUnavailableError when there is no answer, or NoScriptError."""

    def __init__(self, address: Address, timeout_seconds: float, breaker: Breaker) -> None:
        self._address = address
        self._timeout_seconds = timeout_seconds
        self._threads = threading.local()
        self.breaker = breaker

    @property
    def available(self) -> bool:
        """False while the breaker is open."""
        return self.breaker.available

    def ask(self, words: Words, deadline: float) -> Any:
        """Redis's answer. A lost connection is tried once more, for a server that was restarted."""
        self.breaker.check()
        try:
            answer = self._exchange(words, deadline)
        except NoScriptError:
            self.breaker.worked()
            raise
        except (RedisError, OSError) as error:
            self._threads.held = None
            self.breaker.failed(error)
            raise StoreUnavailableError(str(error)) from error
        self.breaker.worked()
        return answer

    def _exchange(self, words: Words, deadline: float) -> Any:
        held: tuple[int, Wire] | None = getattr(self._threads, "held", None)
        if held is not None and held[0] == os.getpid():
            try:
                return held[1].ask(words, deadline)
            except TimeoutError:
                raise
            except OSError:
                self._threads.held = None
        wire = self._address.dial(self._timeout_seconds, deadline)
        self._threads.held = (os.getpid(), wire)
        return wire.ask_within(words, deadline)
