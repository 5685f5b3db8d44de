"""A whole demo, started as its README says."""

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path


class Running:
    """A demo in a folder of its own, and what it has printed."""

    def __init__(self, folder: Path, port: int) -> None:
        self.out = folder / "out"
        with self.out.open("a") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "service.cli", "demo", "--port", str(port)],
                stdout=out, stderr=subprocess.STDOUT, start_new_session=True, stdin=subprocess.DEVNULL,
                env={**os.environ, "HONESTYBOX_DEMO_DIR": str(folder / "demo")},
            )  # fmt: skip
        self.port, self.marker = port, str(folder / "demo")

    def stop(self) -> None:
        """Gently; and if it will not, with everything that works for it."""
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
            raise

    def said(self) -> str:
        return self.out.read_text()

    def is_up(self) -> bool:
        assert self.process.poll() is None, self.said()
        return "The Daily Lantern is out" in self.said()

    def family(self) -> list[int]:
        """Every process that works for this demo, itself excluded: they all know its folder."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == self.process.pid:
                continue
            try:
                about = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            except OSError:
                continue
            if self.marker.encode() in about:
                found.append(int(entry.name))
        return found

    def ask(self, path: str, part: int = 0) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port + part}{path}", timeout=5) as answer:
            return str(answer.read().decode())
