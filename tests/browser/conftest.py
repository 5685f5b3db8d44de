"""One Chromium for all browser tests of a run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from .fake_service import Fake, serving
from .reading import LISTEN

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
