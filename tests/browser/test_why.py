"""The demo's "Why?": the sentences and every rule, of the decision that the page got and not of a later state."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from .journeys import ARTICLES, Demo, appeal, read, running_demo

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(Path(tmp_path_factory.mktemp("why"))) as running:
        yield running


def why(page: Page) -> Locator:
    """The panel, opened."""
    if page.locator("#demo.closed").count():
        page.locator("#demo-toggle").click()
    page.get_by_role("button", name="Why?").click()
    return page.locator("#demo-why")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_bar_tells_why_and_unfolds_every_rule(demo: Demo, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    read(page, demo, ARTICLES[0])
    panel = why(page)
    expect(panel).to_contain_text("lights-on is shown, in the wording")
    expect(panel).to_contain_text("Nothing is shown, because it needs the page to itself, and the inline comes first")
    expect(panel).to_contain_text("winter-letter would be shown otherwise. shut_out")
    panel.get_by_text("How it was decided: inline").click()
    expect(panel.get_by_text("seen 0 of 4 appeals within 30d").filter(visible=True)).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert panel.evaluate("panel => panel.scrollWidth <= panel.clientWidth")


def test_the_explained_decision_stays_the_one_that_the_page_got(demo: Demo, page: Page) -> None:
    read(page, demo, ARTICLES[0])
    box = appeal(page)
    box.get_by_role("button", name="Remind me later").click()
    with page.expect_response(lambda answer: answer.url.endswith("/v1/snoozes")):
        box.get_by_role("button", name="in 7 days").or_(box.get_by_text("in 7 days")).first.click()
    expect(why(page)).to_contain_text("lights-on is shown, in the wording")
    read(page, demo, ARTICLES[1])
    expect(why(page)).to_contain_text("this reader asked to be reminded later; the reminder is for")
