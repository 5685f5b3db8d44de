"""What Redis needs for one reader: 20 articles, 4 impressions, 1 snooze; key included. Source: DESIGN §12."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from redis import Redis
from redis.exceptions import RedisError

from benchmarks.nodes import free_port, one_server
from service.domain.access import UNMETERED, Metering
from service.store.connection import Store
from service.store.readers import Happening, ReaderStore
from service.store.record import SEEN
from service.web.tokens import new_reader

BUDGET = 400
SITE, NOW = "daily-lantern", datetime(2026, 11, 24, tzinfo=UTC)
FIVE_COUNTED = Metering(since=1, allowance=5)


def main() -> int:
    """Prints a row for each server; 1 when a reader without a meter costs more than the budget."""
    kept = True
    with one_server() as url:
        kept &= _told("Valkey", url)
    if shutil.which("redis-server"):
        with _redis() as url:
            kept &= _told("Redis", url)
    return 0 if kept else 1


def _told(name: str, url: str) -> bool:
    plain, metered = _bytes(url, UNMETERED), _bytes(url, FIVE_COUNTED)
    about = Redis.from_url(url).info("server")
    version = about.get("valkey_version", about["redis_version"])
    verdict = "kept  " if plain <= BUDGET else "MISSED"
    print(f"  {verdict} {name} {version}: {plain} bytes a reader, of {BUDGET}; {metered} with five articles metered")
    return plain <= BUDGET


def _bytes(url: str, metering: Metering) -> int:
    readers, server, reader = ReaderStore(Store(url)), Redis.from_url(url), new_reader()
    server.flushall()
    for article in range(1, 21):
        readers.record_view(SITE, reader, article, NOW, metering)
    readers.record_events(SITE, reader, [Happening(1, receipt, SEEN) for receipt in range(4)], NOW)
    readers.snooze(SITE, reader, Happening(1, 0, SEEN), NOW + timedelta(days=7), NOW)
    (key,) = server.keys()
    return int(server.memory_usage(key, samples=0) or 0)


@contextmanager
def _redis() -> Iterator[str]:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        words = ["--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--logfile", "log"]
        process = subprocess.Popen(["redis-server", *words])
        try:
            _wait_for(Redis.from_url(f"redis://127.0.0.1:{port}/0"))
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait()


def _wait_for(server: Redis) -> None:
    for _ in range(200):
        try:
            server.ping()
        except RedisError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("redis-server does not answer")


if __name__ == "__main__":
    sys.exit(main())
