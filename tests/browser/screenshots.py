"""`make screenshots`: every placement on phone and desktop, light and dark, in both languages; and README's picture.

The real demo in a real Chromium, so that they show what readers see. Needs `chromium`.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from .browsers import QUIET
from .journeys import ARTICLES as READABLE
from .journeys import REPOSITORY, Demo, read, running_demo

FOLDER = REPOSITORY / ".demo" / "screenshots"
README_PICTURE = REPOSITORY / "service" / "demo" / "screenshot.png"
PLACEMENTS = ("overlay", "inline", "banner", "gate")
FREE_ARTICLES = 5
SIZES = {"desktop": ViewportSize(width=1280, height=900), "phone": ViewportSize(width=390, height=844)}
ARTICLES = {"en": "/science/the-lens-that-counts-dust", "ru": "/culture/biblioteka-na-barzhe"}
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def main() -> int:
    """Takes them all; how many is printed."""
    path = shutil.which("chromium")
    if path is None:
        print("make screenshots needs Chromium: apt install chromium", file=sys.stderr)  # noqa: T201
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_demo(Path(folder)) as demo,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        for placement in PLACEMENTS:
            _only(demo, placement)
            for size in SIZES:
                for scheme in SCHEMES:
                    for language in ARTICLES:
                        _take(browser, demo, placement, size, scheme, language)
        browser.close()
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}, and {README_PICTURE}")  # noqa: T201
    return 0


def _only(demo: Demo, placement: str) -> None:
    """Switches the other placements off, as an editor would, and waits for the service to take it up."""
    site = demo.config / "sites" / "daily-lantern" / "site.yaml"
    sample = (REPOSITORY / "config" / "sites" / "daily-lantern" / "site.yaml").read_text()
    others = "|".join(name for name in PLACEMENTS if name != placement)
    site.write_text(
        re.sub(rf"(?m)^(  (?:{others}): \{{)(.*)\}}$", _switched_off, sample),
    )
    time.sleep(2)


def _switched_off(match: re.Match[str]) -> str:
    rest = f", {match[2]}" if match[2] else ""
    return f"{match[1]}switched_on: false{rest}}}"


def _take(browser: Browser, demo: Demo, placement: str, size: str, scheme: Scheme, language: str) -> None:
    context = browser.new_context(viewport=SIZES[size], color_scheme=scheme, device_scale_factor=2)
    page = context.new_page()
    if placement == "gate":
        _use_up_the_free_articles(page, demo)
    answer = read(page, demo, ARTICLES[language])
    if not answer["appeals"]:
        raise RuntimeError(f"nothing to take a picture of: {answer['withheld']}")
    page.locator("honesty-box").wait_for(state="attached")
    _hide_the_demo_bar(page)
    page.locator("honesty-box").scroll_into_view_if_needed()
    page.wait_for_timeout(700)
    page.screenshot(path=FOLDER / f"{placement}-{size}-{scheme}-{language}.png", scale="css")
    if (placement, size, scheme, language) == ("inline", "desktop", "light", "en"):
        page.screenshot(path=README_PICTURE, scale="css")
    context.close()


def _use_up_the_free_articles(page: Page, demo: Demo) -> None:
    for article in [path for path in READABLE if path not in ARTICLES.values()][:FREE_ARTICLES]:
        read(page, demo, article)


def _hide_the_demo_bar(page: Page) -> None:
    bars = "document.querySelectorAll('[id^=demo], [class^=demo]')"
    page.evaluate(f"() => {bars}.forEach((bar) => {{ bar.hidden = true; }})")


if __name__ == "__main__":
    sys.exit(main())
