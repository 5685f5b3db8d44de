"""Where servers are: what HONESTYBOX_REDIS_URL says."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from redis import Redis
from redis.connection import Connection

from service.store.wire import Wire, Words, left


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is and how it is greeted. `kind` opens the socket: plain, TLS or Unix."""

    kind: type[Connection]
    options: Mapping[str, Any]

    @classmethod
    def from_url(cls, url: str) -> "Address":
        """As redis-py reads URLs, with all the options it knows. Raises ValueError for another."""
        pool = Redis.from_url(url).connection_pool
        try:
            pool.connection_class(**pool.connection_kwargs)
        except TypeError as error:
            raise ValueError(f"an option of the Redis URL is unknown: {error}") from error
        return cls(pool.connection_class, pool.connection_kwargs)

    def at(self, host: str, port: int) -> "Address":
        """The same way to another server."""
        return replace(self, options={**self.options, "host": host, "port": port})

    @property
    def name(self) -> str:
        """For logs."""
        path: str | None = self.options.get("path")
        return path or f"{self.options.get('host', 'localhost')}:{self.options.get('port', 6379)}"

    @property
    def timeout_seconds(self) -> float | None:
        """How long a call may take, where the URL says so: `?socket_timeout=0.2`."""
        seconds: float | None = self.options.get("socket_timeout")
        return seconds

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


@dataclass(frozen=True, slots=True)
class Group:
    """Servers that tell where the masters are: nodes of a Cluster, or Sentinels of the master `name`."""

    seeds: tuple[Address, ...]
    master: Address  # of no server yet: `at` makes it one's
    name: str = ""


def cluster_of(url: str) -> Group:
    """`redis+cluster://[user:password@]host:port,host:port[?option=value]`, or `rediss+cluster://` for TLS."""
    parts = urlsplit(url)
    address = Address.from_url(f"{_plain(parts)}://{_login(parts)}localhost?{parts.query}")
    return Group(tuple(address.at(host, port) for host, port in _hosts(parts, 6379)), address)


def sentinel_of(url: str) -> Group:
    """`redis+sentinel://[user:password@]host:port,host:port/master[/database][?option=value]`, or `rediss+…` for TLS.

    User and password are the master's; the Sentinels' own are `?sentinel_username=…&sentinel_password=…`.
    """
    parts = urlsplit(url)
    name, _, database = parts.path.removeprefix("/").partition("/")
    query = dict(parse_qsl(parts.query))
    own = {key: query.pop(f"sentinel_{key}") for key in ("username", "password") if f"sentinel_{key}" in query}
    base = f"{_plain(parts)}://{_login(parts)}localhost/{database}?{urlencode(query)}"
    master = Address.from_url(base)
    options = {key: value for key, value in master.options.items() if key not in ("username", "password", "db")}
    sentinel = replace(master, options=options | own)
    return Group(tuple(sentinel.at(host, port) for host, port in _hosts(parts, 26379)), master, unquote(name))


def _plain(parts: SplitResult) -> str:
    return parts.scheme.partition("+")[0]


def _login(parts: SplitResult) -> str:
    login, at, _ = parts.netloc.rpartition("@")
    return login + at


def _hosts(parts: SplitResult, default_port: int) -> list[tuple[str, int]]:
    hosts = [urlsplit(f"//{host}") for host in parts.netloc.rpartition("@")[2].split(",")]
    return [(host.hostname or "localhost", host.port or default_port) for host in hosts]
