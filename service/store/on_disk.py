"""What was written is on disk: some of what readers entrust to us has no other home than Redis. Source: DESIGN §7."""

from collections.abc import Callable
from functools import partial

from redis import Redis
from redis.exceptions import RedisError, ResponseError

from service.store.errors import StoreUnavailableError

_WAIT_MS = 2500  # a server that writes once a second, and a busy disk
_SECONDS = 4.0
_MARK, _MARK_SECONDS = "hb:on-disk", 60


def wait_until_on_disk(url: str) -> None:
    """Returns once all that this server had taken when asked is on its disk, or when it cannot say: it keeps no log, or
    is older than WAITAOF (Redis 7.2). Raises StoreUnavailableError when its disk is too slow, or redis-py's errors.

    WAITAOF waits for what its own connection has written, so something is written first; the log is in one order.
    """
    with Redis.from_url(url, socket_timeout=_SECONDS, socket_connect_timeout=1.0) as server:
        pipeline = server.pipeline(transaction=False)
        pipeline.set(_MARK, 1, ex=_MARK_SECONDS)
        pipeline.execute_command("WAITAOF", 1, 0, _WAIT_MS)
        marked, waited = pipeline.execute(raise_on_error=False)
    if isinstance(marked, Exception):
        raise marked
    if isinstance(waited, ResponseError):
        return
    if isinstance(waited, Exception):
        raise waited
    if not waited[0]:
        raise StoreUnavailableError("its disk is too slow")


def waiting_for(url: str) -> Callable[[], None]:
    """What waits until what the store at `url` has taken is on disk, and raises StoreUnavailableError when that takes
    too long. Behind a Sentinel or in a Cluster the replicas are what outlives a server, and nothing is waited for."""
    return (lambda: None) if "+" in url.partition("://")[0] else partial(_wait, url)


def _wait(url: str) -> None:
    try:
        wait_until_on_disk(url)
    except RedisError as error:
        raise StoreUnavailableError("it cannot say what is on its disk") from error
