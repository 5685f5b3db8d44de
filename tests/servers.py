"""Real servers for tests, on ports of their own."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import RedisError


def free_port() -> int:
    """A port of the loopback that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program_or_skip(name: str) -> str:
    """Where the program is; its absence skips the test, but fails it in CI."""
    program = shutil.which(name)
    if program is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is not installed, and CI must not pass without it: apt-get install {name}")
        pytest.skip(f"{name} is not installed")
    return program


class a_redis_server:  # noqa: N801  reads as what it gives
    """Debian's redis-server in `folder` while the block lasts; `aof` keeps what was written."""

    def __init__(self, folder: Path, *, aof: bool = False, port: int | None = None) -> None:
        self.folder, self.aof, self.port = folder, aof, port or free_port()

    def __enter__(self) -> str:
        program = program_or_skip("redis-server")
        words = ["--port", self.port, "--bind", "127.0.0.1", "--dir", self.folder, "--save", "", "--logfile", "log"]
        words += ["--appendonly", "yes" if self.aof else "no", "--appendfsync", "always"]
        self.process = subprocess.Popen([program, *map(str, words)])
        url = f"redis://127.0.0.1:{self.port}/0"
        wait_until(lambda: answers(url))
        return url

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()


def answers(url: str) -> bool:
    """True once the server takes commands."""
    try:
        return bool(Redis.from_url(url).ping())
    except RedisError:
        return False


def wait_until(holds: Callable[[], Any], seconds: float = 10) -> Any:
    """What `holds` returns once it is true; fails when it never is."""
    end = time.monotonic() + seconds
    while True:
        if value := holds():
            return value
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)
