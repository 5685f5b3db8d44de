"""One way to Redis for the whole service: one connection a thread, short time-outs, and a breaker."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha1
from importlib.resources import files
from typing import Any, Protocol

from redis.exceptions import NoScriptError

from service.store.address import Address, cluster_of, sentinel_of
from service.store.cluster import Cluster
from service.store.errors import NotMendedByWaitingError, PausingError, StoreUnavailableError, UnconfirmedError
from service.store.manner import HASTY, Manner
from service.store.sentinel import Sentinel
from service.store.server import Server
from service.store.wire import Argument, Words

_TRY_AGAIN_SECONDS = 0.05
_KEYS_AT_ONCE = 500


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


class Servers(Protocol):
    """One server, or those that share the keys."""

    @property
    def available(self) -> bool:
        """False while a breaker is open."""

    def ask(self, words: Words, deadline: float) -> Any:
        """The answer. Raises StoreUnavailableError, or NoScriptError."""

    def masters(self) -> Iterable[Server]:
        """All who hold keys, as far as is known."""


class Store:
    """Runs scripts and commands on Redis. Every method raises StoreUnavailableError when it cannot."""

    def __init__(
        self,
        url: str,
        on_change: Callable[[bool], None] = lambda available: None,
        manner: Manner = HASTY,
    ) -> None:
        self._servers, manner = open_servers(url, on_change, manner)
        self._timeout_seconds, self._wait_seconds = manner.timeout_seconds, manner.wait_seconds

    @property
    def available(self) -> bool:
        """False while the breaker is open; of a Cluster, while that of any master is."""
        return self._servers.available

    def run(self, script: Script, key: str, *arguments: Argument) -> Any:
        """What the script returns for `key`."""
        try:
            return self._ask(("EVALSHA", script.sha, 1, key, *arguments))
        except NoScriptError:  # a restarted server has forgotten it
            return self._ask(("EVAL", script.text, 1, key, *arguments))

    def command(self, *words: Argument) -> Any:
        """Redis's answer, or none by the time that a call may take, however often and slowly the server speaks."""
        return self._ask(words)

    def _ask(self, words: Words) -> Any:
        try:
            return self._servers.ask(words, time.monotonic() + self._timeout_seconds)
        except (PausingError, NotMendedByWaitingError):
            raise
        except StoreUnavailableError:
            if not self._wait_seconds:
                raise
        return self._wait_and_ask(words)

    def keys(self, pattern: str) -> Iterator[bytes]:
        """Every key that fits, from every master, some hundred in a call. One that comes or goes meanwhile may be
        missing, and any may come twice."""
        self.command("PING")  # who the masters are is learnt when one is first asked
        for master in self._servers.masters():
            cursor: bytes | str = "0"
            while True:
                words = ("SCAN", cursor, "MATCH", pattern, "COUNT", _KEYS_AT_ONCE)
                cursor, found = master.ask(words, time.monotonic() + self._timeout_seconds, first=False)
                yield from found
                if cursor == b"0":
                    break

    def _wait_and_ask(self, words: Words) -> Any:
        """The answer of a server that comes back, or of the one that takes its place."""
        until = time.monotonic() + self._wait_seconds
        while True:
            time.sleep(_TRY_AGAIN_SECONDS)
            try:
                return self._servers.ask(words, time.monotonic() + self._timeout_seconds)
            except (PausingError, NotMendedByWaitingError):
                raise
            except UnconfirmedError as error:
                if time.monotonic() >= until:
                    return error.settle()
            except StoreUnavailableError:
                if time.monotonic() >= until:
                    raise


def open_servers(
    url: str, on_change: Callable[[bool], None], manner: Manner
) -> tuple[Server | Cluster | Sentinel, Manner]:
    """Those that the address names; connected to when they are first asked."""
    scheme = url.partition("://")[0]
    if scheme.endswith(("+cluster", "+sentinel")):
        kind, read = (Cluster, cluster_of) if scheme.endswith("+cluster") else (Sentinel, sentinel_of)
        group = read(url)
        manner = manner.with_timeout(group.master.timeout_seconds)
        return kind(group, manner, on_change), manner
    address = Address.from_url(url)
    manner = manner.with_timeout(address.timeout_seconds)
    return Server(address, manner, on_change), manner
