"""One Chromium for all browser tests of a run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

QUIET = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; its absence skips, except in CI, where it would hide that nothing was tested."""
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed, and CI must not pass without it: apt-get install chromium")
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        # The back/forward cache is what readers have; Playwright turns it off.
        browser = playwright.chromium.launch(
            executable_path=path, args=QUIET, ignore_default_args=["--disable-back-forward-cache"]
        )
        yield browser
        browser.close()
