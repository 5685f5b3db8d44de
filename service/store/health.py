"""What servers of Redis say of themselves, for `honestybox doctor`."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from redis.exceptions import RedisError

from service.store.connection import open_servers
from service.store.errors import StoreUnavailableError
from service.store.manner import Manner
from service.store.server import Server

_UNHURRIED = Manner(2.0)
_PINGS = 5


@dataclass(frozen=True, slots=True)
class Health:
    """One server. `facts`: what INFO says; `clock`: its time, when a call that takes `latency` was half-way."""

    name: str
    facts: Mapping[str, str]
    clock: datetime
    latency: timedelta


def look(url: str) -> list[Health]:
    """Every server that holds keys. Raises StoreUnavailableError, or ValueError for an option that is unknown."""
    servers, manner = open_servers(url, lambda available: None, _UNHURRIED)
    deadline = time.monotonic() + manner.timeout_seconds
    if isinstance(servers, Server):
        return [_look(servers)]
    servers.learn(deadline)
    if not servers.complete():
        raise StoreUnavailableError("some keys have no master")
    return [_look(master) for master in sorted(servers.masters(), key=lambda master: master.breaker.server)]


def _look(server: Server) -> Health:
    def ask(word: str) -> Any:
        return server.ask((word,), time.monotonic() + _UNHURRIED.timeout_seconds, first=False)

    try:
        facts = _facts(ask("INFO"))
        took = []
        for _ in range(_PINGS):
            began = time.monotonic()
            ask("PING")
            took.append(time.monotonic() - began)
        return Health(server.breaker.server, facts, _clock(ask("TIME")), timedelta(seconds=median(took)))
    except RedisError as error:
        raise StoreUnavailableError(type(error).__name__) from error


def _facts(info: bytes) -> dict[str, str]:
    rows = (line.partition(":") for line in info.decode().splitlines() if not line.startswith("#"))
    return {name: value for name, separator, value in rows if separator}


def _clock(answer: Sequence[bytes]) -> datetime:
    seconds, micros = (int(part) for part in answer)
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=micros)
