"""One Chromium for all browser tests of a run."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from .browsers import Browsers
from .fake_service import Fake, serving
from .reading import LISTEN

HANGS_SECONDS = 60


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


@pytest.fixture
def chromium(browsers: Browsers) -> Browser:
    """The browser that lives now."""
    return browsers.one()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tries a test once more whose browser died: that says nothing of what it tests."""
    for item in items:
        if "browsers" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["TargetClosedError"]))


@pytest.fixture(autouse=True)
def _ends(request: pytest.FixtureRequest) -> Iterator[None]:
    """Kills a browser that keeps a test waiting, so that the call fails: much of Playwright has no time-out."""
    if "browsers" not in request.fixturenames:
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
