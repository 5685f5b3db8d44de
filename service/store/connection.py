"""One way to Redis for the whole service: one connection a thread, short time-outs, and a breaker.

redis-py's pool costs 25 microseconds a call and its registered scripts 25 more; a decision has no use for either.
"""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha1
from importlib.resources import files
from typing import Any, TypeAlias

import structlog
from redis import Redis
from redis.connection import Connection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from service.store.errors import StoreUnavailableError

log = structlog.get_logger(__name__)

Argument: TypeAlias = str | bytes | int
# A server that hangs accepts at once and answers never; one that is unreachable never accepts. Either way a reader
# waits this long and no longer, which keeps within 100 ms; half of it made busy machines look broken.
TIMEOUT_SECONDS = 0.08
PATIENCE = 3  # one slow answer on a busy machine is not an outage
PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Script:
    """A Lua script that takes one key."""

    text: str
    sha: str


def load_script(name: str) -> Script:
    """The script `name` of this package, with the record's layout in front of it."""
    folder = files("service.store") / "lua"
    text = "".join((folder / f"{part}.lua").read_text() for part in ("record", name))
    return Script(text, sha1(text.encode(), usedforsecurity=False).hexdigest())


class Breaker:
    """Stops asking for `PAUSE_SECONDS` after `PATIENCE` failures in a row, so that an outage costs readers nothing."""

    def __init__(self, on_change: Callable[[bool], None]) -> None:
        self._on_change = on_change
        self._lock = threading.Lock()
        self._closed_until = 0.0
        self._failures = 0
        self.available = True

    def check(self) -> None:
        """Raises StoreUnavailableError while pausing."""
        if not self.available and time.monotonic() < self._closed_until:
            raise StoreUnavailableError("pausing after a failure")

    def failed(self, error: Exception) -> None:
        """Counts a failure; the last that patience bears begins a pause, and says so once."""
        self._failures += 1
        if self._failures >= PATIENCE:
            self._closed_until = time.monotonic() + PAUSE_SECONDS
            self._change(available=False, error=type(error).__name__)

    def worked(self) -> None:
        """Ends the pause; says so once."""
        self._failures = 0
        if not self.available:
            self._change(available=True)

    def _change(self, *, available: bool, **facts: str) -> None:
        with self._lock:
            if self.available == available:
                return
            self.available = available
        log.warning("store_state", available=available, **facts)
        self._on_change(available)


class Store:
    """Runs scripts and commands on Redis. Every method raises StoreUnavailableError when it cannot."""

    def __init__(
        self,
        url: str,
        on_change: Callable[[bool], None] = lambda available: None,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._timeout_seconds = timeout_seconds
        self._options = Redis.from_url(url).connection_pool.connection_kwargs
        self._class = Redis.from_url(url).connection_pool.connection_class
        self._threads = threading.local()
        self.breaker = Breaker(on_change)

    @property
    def available(self) -> bool:
        """False while the breaker is open."""
        return self.breaker.available

    def run(self, script: Script, key: str, *arguments: Argument) -> Any:
        """What the script returns for `key`."""
        try:
            return self.command("EVALSHA", script.sha, 1, key, *arguments)
        except NoScriptError:  # a restarted server has forgotten it
            return self.command("EVAL", script.text, 1, key, *arguments)

    def command(self, *words: Argument) -> Any:
        """Redis's answer. A lost connection is tried once more, for a server that was restarted."""
        self.breaker.check()
        try:
            answer = self._ask(words)
        except NoScriptError:
            self.breaker.worked()
            raise
        except (RedisError, OSError) as error:
            self._forget()
            self.breaker.failed(error)
            raise StoreUnavailableError(str(error)) from error
        self.breaker.worked()
        return answer

    def _ask(self, words: tuple[Argument, ...]) -> Any:
        try:
            return self._exchange(self._connection(), words)
        except RedisTimeoutError:
            raise
        except (RedisConnectionError, OSError):
            self._forget()
            return self._exchange(self._connection(), words)

    @staticmethod
    def _exchange(connection: Any, words: tuple[Argument, ...]) -> Any:
        connection.send_command(*words, check_health=False)
        return connection.read_response()

    def _connection(self) -> Connection:
        held: tuple[int, Connection] | None = getattr(self._threads, "held", None)
        if held is not None and held[0] == os.getpid():
            return held[1]
        connection = self._class(
            **{
                "socket_timeout": self._timeout_seconds,
                "socket_connect_timeout": self._timeout_seconds,
                **self._options,  # a URL may say otherwise: ?socket_timeout=0.2
            }
        )
        connection.connect()
        self._threads.held = (os.getpid(), connection)
        return connection  # type: ignore[no-any-return]

    def _forget(self) -> None:
        held = getattr(self._threads, "held", None)
        self._threads.held = None
        if held is not None:
            held[1].disconnect()
