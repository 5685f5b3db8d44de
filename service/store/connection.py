"""One way to Redis for the whole service: one connection a thread, short time-outs, and a breaker."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha1
from importlib.resources import files
from typing import Any

from redis.exceptions import NoScriptError

from service.store.breaker import Breaker
from service.store.server import Address, Server
from service.store.wire import Argument

# A server that hangs accepts at once and answers never; one that is unreachable never accepts. Either way a reader
# waits this long and no longer, which keeps within 100 ms; half of it made busy machines look broken.
TIMEOUT_SECONDS = 0.08


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


class Store:
    """Runs scripts and commands on Redis. Every method raises StoreUnavailableError when it cannot."""

    def __init__(
        self,
        url: str,
        on_change: Callable[[bool], None] = lambda available: None,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        address = Address.from_url(url)
        self._timeout_seconds = address.timeout_seconds(timeout_seconds)
        self._servers = Server(address, self._timeout_seconds, Breaker(on_change))

    @property
    def available(self) -> bool:
        """False while the breaker is open."""
        return self._servers.available

    def run(self, script: Script, key: str, *arguments: Argument) -> Any:
        """What the script returns for `key`."""
        try:
            return self.command("EVALSHA", script.sha, 1, key, *arguments)
        except NoScriptError:  # a restarted server has forgotten it
            return self.command("EVAL", script.text, 1, key, *arguments)

    def command(self, *words: Argument) -> Any:
        """Redis's answer, or none by the time that a call may take, however often and slowly the server speaks."""
        return self._servers.ask(words, time.monotonic() + self._timeout_seconds)
