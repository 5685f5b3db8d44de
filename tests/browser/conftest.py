"""One Chromium for all browser tests of a run."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, ViewportSize, sync_playwright

from .fake_service import Fake, serving
from .reading import LISTEN

QUIET = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]
HANGS_SECONDS = 100


class Browsers:
    """One Chromium after the other, for as long as each lives."""

    def __init__(self, playwright: Playwright, program: str) -> None:
        self._playwright, self._program = playwright, program
        self._browser: Browser | None = None
        self.pid = 0

    def one(self) -> Browser:
        """The one that runs; a new one, should the last have been killed."""
        if self._browser is None or not self._browser.is_connected():
            # The back/forward cache is what readers have; Playwright turns it off.
            self._browser = self._playwright.chromium.launch(
                executable_path=self._program, args=QUIET, ignore_default_args=["--disable-back-forward-cache"]
            )
            told = self._browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
            self.pid = next(int(process["id"]) for process in told["processInfo"] if process["type"] == "browser")
        return self._browser

    def kill(self) -> None:
        """Whatever waits for it fails."""
        os.kill(self.pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def browsers() -> Iterator[Browsers]:
    """Debian's Chromium; its absence skips, except in CI, where it would hide that nothing was tested."""
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed, and CI must not pass without it: apt-get install chromium")
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browsers = Browsers(playwright, path)
        yield browsers
        browsers.one().close()


@pytest.fixture(scope="module")
def chromium(browsers: Browsers) -> Browser:
    """The browser of these tests."""
    return browsers.one()


@pytest.fixture(autouse=True)
def _ends(request: pytest.FixtureRequest) -> Iterator[None]:
    """Kills a browser that keeps a test waiting, so that the call fails: much of Playwright has no time-out."""
    if "chromium" not in request.fixturenames:
        yield
        return
    killer = threading.Timer(HANGS_SECONDS, request.getfixturevalue("browsers").kill)
    killer.daemon = True
    killer.start()
    yield
    killer.cancel()


@pytest.fixture
def fake() -> Iterator[Fake]:
    """A newspaper and a service of this test's own."""
    with serving() as fake:
        yield fake


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone in Amsterdam, with nothing remembered."""
    phone = ViewportSize(width=390, height=844)
    context = chromium.new_context(viewport=phone, locale="en-GB", timezone_id="Europe/Amsterdam")
    context.add_init_script(LISTEN)
    context.set_default_timeout(5000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which nothing may throw."""
    page = context.new_page()
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    yield page
    assert thrown == []
