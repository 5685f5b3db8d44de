"""The limit: a WSGI function that makes a decision's Lua call through redis-py's pool and returns as many bytes."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from redis import Redis, RedisCluster

from benchmarks.sample import BEFORE_READER
from service.domain.retention import AS_LONG_AS_CAN_BE
from service.store.connection import load_script

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_FROM = len(BEFORE_READER)
_UNTIL = _FROM + 22
_VIEW = load_script("view")
# now, how long to keep the record, the article, and how the meter counts it
_ARGUMENTS = (1_790_000_000, AS_LONG_AS_CAN_BE.readers_ms, 12345, 1_789_000_000, 5, 0)


def create_bare() -> "WSGIApplication":
    """The function. BENCH_BYTES says how many bytes it answers."""
    client = _client(os.environ["HONESTYBOX_REDIS_URL"])
    client.script_load(_VIEW.text)
    answer = b"x" * int(os.environ["BENCH_BYTES"])
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))]

    def serve(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        # The reader's place in the body is known, so that nothing is parsed.
        client.evalsha(_VIEW.sha, 1, f"hb:r:{{bench:{body[_FROM:_UNTIL].decode()}}}", *_ARGUMENTS)
        start_response("200 OK", headers)
        return [answer]

    return serve


def _client(url: str) -> "Redis | RedisCluster":
    """redis-py's own, as it comes; of a Cluster it wants one node."""
    if url.startswith("redis+cluster"):
        return RedisCluster.from_url(url.replace("+cluster", "").partition(",")[0])
    return Redis.from_url(url)
