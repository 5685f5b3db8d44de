"""`make screenshots`: every placement on phone and desktop, light and dark, in four languages; and README's picture.

The real demo in a real Chromium, so that they show what readers see. Copy and articles in Arabic and Japanese, which
the sample newspaper lacks, are added to a copy of it. A contact sheet for each placement shows all at a glance.
They go to a folder outside the repository, or to the one that is named. Needs `chromium`.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, Route, StorageState, ViewportSize, sync_playwright

from .browsers import QUIET
from .journeys import ARTICLES as READABLE
from .journeys import REPOSITORY, Demo, read, running_demo
from .translated_samples import COPY, translate_article, translate_config

FOLDER = Path(tempfile.gettempdir()) / "honestybox-screenshots"
README_PICTURE = REPOSITORY / "service" / "demo" / "screenshot.png"
PLACEMENTS = ("overlay", "inline", "banner", "gate")
FREE_ARTICLES = 5
SIZES = {"desktop": ViewportSize(width=1280, height=900), "phone": ViewportSize(width=390, height=844)}
ENGLISH = "/science/the-lens-that-counts-dust"
ARTICLES = {"en": ENGLISH, "ru": "/culture/biblioteka-na-barzhe", **dict.fromkeys(COPY, ENGLISH)}
# An article that was translated on its way counts as one from afar, which may not ask a service on this machine.
NEARBY = "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests"
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def main(folder: Path = FOLDER) -> int:
    """Takes them all; how many is printed."""
    path = shutil.which("chromium")
    if path is None:
        print("make screenshots needs Chromium: apt install chromium", file=sys.stderr)  # noqa: T201
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    taken = 0
    with (
        tempfile.TemporaryDirectory() as work,
        running_demo(Path(work)) as demo,
        sync_playwright() as playwright,
    ):
        translate_config(demo.config)
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET, NEARBY])
        for placement in PLACEMENTS:
            _only(demo, placement)
            reader = _one_who_used_up_the_free_articles(browser, demo) if placement == "gate" else None
            names = [
                _take(browser, demo, folder, reader, placement, size, scheme, language)
                for size in SIZES
                for scheme in SCHEMES
                for language in ARTICLES
            ]
            _sheet(browser, folder, placement, names)
            taken += len(names)
        browser.close()
    print(f"{taken} pictures in {folder}, and {README_PICTURE}")  # noqa: T201
    return 0


def _only(demo: Demo, placement: str) -> None:
    """Switches the other placements off, as an editor would, and waits for the service to take it up."""
    site = demo.config / "sites" / "daily-lantern" / "site.yaml"
    sample = site.read_text().replace("switched_on: false, ", "").replace("{switched_on: false}", "{}")
    others = "|".join(name for name in PLACEMENTS if name != placement)
    site.write_text(
        re.sub(rf"(?m)^(  (?:{others}): \{{)(.*?)\}}", _switched_off, sample),
    )
    time.sleep(2)


def _switched_off(match: re.Match[str]) -> str:
    rest = f", {match[2]}" if match[2] else ""
    return f"{match[1]}switched_on: false{rest}}}"


def _take(
    browser: Browser, demo: Demo, folder: Path, reader: StorageState | None, placement: str, size: str,
    scheme: Scheme, language: str,
) -> str:  # fmt: skip
    """Takes one picture; its name. `reader`: what the browser of one who comes back has kept."""
    context = browser.new_context(
        viewport=SIZES[size], color_scheme=scheme, device_scale_factor=2, locale=language, storage_state=reader
    )
    page = context.new_page()
    if language in COPY:
        page.route(f"**{ENGLISH}", lambda route: _translated(route, language))
    answer = read(page, demo, ARTICLES[language])
    if not answer["appeals"]:
        raise RuntimeError(f"nothing to take a picture of: {answer['withheld']}")
    page.locator("honesty-box").wait_for(state="attached")
    _hide_the_demo_bar(page)
    page.locator("honesty-box").scroll_into_view_if_needed()
    page.wait_for_timeout(700)
    name = f"{placement}-{size}-{scheme}-{language}.png"
    page.screenshot(path=folder / name, scale="css")
    if name == "inline-desktop-light-en.png":
        page.screenshot(path=README_PICTURE, scale="css")
    context.close()
    return name


def _translated(route: Route, language: str) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=translate_article(answer.text(), language))


def _sheet(browser: Browser, folder: Path, placement: str, names: list[str]) -> None:
    """All pictures of a placement as one: a row for each size and scheme, a column for each language."""
    page = browser.new_page(viewport=ViewportSize(width=1640, height=900))
    page.goto(folder.as_uri() + "/")
    images = "".join(f'<img src="{name}" width="400">' for name in names)
    rows = "display:grid;grid-template-columns:repeat(4,400px);gap:8px;align-items:start"
    page.set_content(f'<body style="margin:8px;background:#888;{rows}">{images}')
    page.screenshot(path=folder / f"{placement}.png", full_page=True)
    page.close()


def _one_who_used_up_the_free_articles(browser: Browser, demo: Demo) -> StorageState:
    context = browser.new_context()
    page = context.new_page()
    for article in [path for path in READABLE if path not in ARTICLES.values()][:FREE_ARTICLES]:
        read(page, demo, article)
    kept = context.storage_state()
    context.close()
    return kept


def _hide_the_demo_bar(page: Page) -> None:
    bars = "document.querySelectorAll('[id^=demo], [class^=demo]')"
    page.evaluate(f"() => {bars}.forEach((bar) => {{ bar.hidden = true; }})")


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:2])))
