"""A reader with the real demo: newspaper, service, sandbox and Valkey, each in its own process."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from tests.demo.waiting import until
from tests.servers import free_port

ARTICLES = (
    "/world/the-ferry-for-one",
    "/science/the-lens-that-counts-dust",
    "/culture/a-cookbook-without-numbers",
    "/culture/rehearsing-in-the-dark",
    "/world/three-towns-one-river",
    "/science/counting-swifts",
    "/opinion/in-defence-of-the-late-reply",
    "/world/poezd-kotoryi-zhdyot",
    "/culture/biblioteka-na-barzhe",
    "/science/tishina-na-dne-zaliva",
)
REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo, its folder of staff files, and what it printed."""

    port: int
    config: Path
    out: Path
    pid: int

    @property
    def paper(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox(self) -> str:
        return f"http://127.0.0.1:{self.port + 2}"

    @property
    def campaigns(self) -> Path:
        return self.config / "sites" / "daily-lantern" / "campaigns"

    @contextmanager
    def paused(self, module: str) -> Iterator[None]:
        """One of the demo's children ("service.demo.memory", …) and all it started, stopped until the block ends."""
        group = self._child(module)
        os.killpg(group, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(group, signal.SIGCONT)

    def kill(self, module: str) -> None:
        """One of the demo's children dies; the demo starts it again some seconds later."""
        os.killpg(self._child(module), signal.SIGKILL)

    def _child(self, module: str) -> int:
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(stat.read_text().rpartition(")")[2].split()[1])
                words = (stat.parent / "cmdline").read_text().split("\0")
            except OSError:  # it has ended meanwhile
                continue
            if parent == self.pid and module in words:
                return int(stat.parent.name)
        raise AssertionError(f"{module} does not run")

    def move_clock(self, seconds: int) -> None:
        (self.out.parent / "demo" / "clock").write_text(str(seconds))


@contextmanager
def running_demo(folder: Path) -> Iterator[Demo]:
    """`honestybox demo` with a copy of the sample config, in `folder`; a second one there finds what the first left."""
    config, out = folder / "config", folder / "out"
    if not config.exists():
        shutil.copytree(REPOSITORY / "config", config)
    port = free_port(neighbours=2)
    environment = {"HONESTYBOX_DEMO_DIR": str(folder / "demo"), "HONESTYBOX_CONFIG_DIR": str(config)}
    with out.open("w") as printed:
        process = subprocess.Popen(
            [sys.executable, "-m", "service.cli", "demo", "--port", str(port)],
            env={**os.environ, **environment},
            stdout=printed,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
    try:
        until(lambda: process.poll() is not None or "is out: http" in out.read_text(), seconds=60)
        assert process.poll() is None, out.read_text()
        yield Demo(port, config, out, process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(timeout=30) == 0, out.read_text()
        finally:
            process.kill()  # its children go with it; nothing happens when it has ended


def read(page: Page, demo: Demo, article: str = ARTICLES[0]) -> dict[str, Any]:
    """Opens an article; the service's answer. A busy machine is slower than readers wait for Redis: once more, then."""
    for _ in range(5):
        with page.expect_response(lambda answer: answer.url.endswith("/v1/decisions")) as asked:
            page.goto(demo.paper + article)
        answer: dict[str, Any] = asked.value.json()
        if "store_unavailable" not in answer["withheld"].values():
            break
    return answer


def appeal(page: Page) -> Locator:
    """The appeal on the page, in view."""
    box = page.locator("honesty-box")
    box.wait_for(state="attached")
    box.scroll_into_view_if_needed()
    return box


def reasons(answer: dict[str, Any]) -> set[str]:
    """Why nothing was asked, the gate aside, which only says that the article is open; empty when something was."""
    withheld = {reason for placement, reason in answer["withheld"].items() if placement != "gate"}
    return set() if answer["appeals"] else withheld
