"""Runs a WSGI application under granian, as the Procfile does, and tells what CPU it used."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Served:
    """A running server."""

    pid: int
    port: int

    def cpu_seconds(self) -> float:
        """What it and its workers have used until now."""
        return sum(_cpu(pid) for pid in _family(self.pid))


@contextmanager
def served(target: str, port: int, environment: Mapping[str, str]) -> Iterator[Served]:
    """`target` (module:factory) on `port`, two workers of two threads each."""
    command = [
        sys.executable,
        "-m",
        "granian",
        target,
        "--factory",
        "--interface",
        "wsgi",
        "--no-ws",
        "--log-level",
        "error",
    ]
    command += ["--workers", "2", "--blocking-threads", "2", "--port", str(port), "--workers-kill-timeout", "3"]
    process = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        _wait_for(port, process)
        yield Served(process.pid, port)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(2400):  # a thousand files take their time
        if process.poll() is not None:
            raise RuntimeError(f"the server stopped with {process.returncode}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nothing answers on port {port}")


def _family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from _family(int(child))


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
