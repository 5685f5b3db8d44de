"""Chromium, started as every test and picture starts it."""

from __future__ import annotations

import os
import signal

from playwright.sync_api import Browser, Playwright

QUIET = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]


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
